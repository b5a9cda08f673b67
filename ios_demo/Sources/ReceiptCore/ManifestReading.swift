// The only reader of `manifest.json`: every part is exactly what the schema says.

private let schemaName = "edgekit.bundle/1"
private let dtypes = ["bool", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8"]
private let aName = "a name (lower-case letters, digits, - and _)"

extension Manifest {
    private static let keys =
        ["schema", "name", "version", "licence", "description", "sources", "stages", "files"]

    /// The manifest at the root of a document. Throws a `manifest` error for what is not exactly what the schema says.
    public init(_ root: Node) throws {
        if case .object = root.value, let schema = try root.mapping().first(where: { $0.key == "schema" })?.value {
            try checkSchema(schema)
        }
        let node = try root.members(Self.keys)
        _ = try node["schema"].oneOf([schemaName])
        name = try node["name"].matching(isName, aName)
        version = try node["version"].text()
        licence = try node["licence"].text()
        description = try node["description"].text()
        sources = try node["sources"].items().map(Source.init)
        let stages = try node["stages"].mapping().map { (try stageName($0, $1), try Stage($1)) }
        let files = try node["files"].mapping().map { (try fileName($0, $1), try FileEntry($1)) }
        self.stages = Dictionary(uniqueKeysWithValues: stages)
        self.files = Dictionary(uniqueKeysWithValues: files)
        try checkCollisions(node["files"])
        try checkGraphs(self, node["stages"])
    }
}

private func checkSchema(_ schema: Node) throws {
    if case .text(schemaName) = schema.value { return }
    var shown = writeJson(schema.value)
    if case .text(let text) = schema.value { shown = quoted(text) }
    throw schema.error("unknown schema \(shown)", "this EdgeKit reads \(schemaName); use a matching version")
}

/// `[a-z][a-z0-9_-]*`
private func isName(_ text: String) -> Bool {
    func isSmall(_ byte: UInt8) -> Bool { isAsciiLetter(byte) && byte >= UInt8(ascii: "a") }
    guard let first = text.utf8.first, isSmall(first) else { return false }
    return text.utf8.allSatisfy {
        isSmall($0) || isAsciiDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
}

/// `[0-9a-f]{64}`
private func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { isAsciiDigit($0) || (0x61...0x66).contains($0) }
}

private func stageName(_ key: String, _ node: Node) throws -> String {
    try node.named(key).matching(isName, "a stage name (lower-case letters, digits, - and _)")
}

private func fileName(_ key: String, _ node: Node) throws -> String {
    if isSafeName(key) { return key }
    let mend = "use a relative path of letters, digits, '.', '_' and '-', without '..'"
    throw node.error("unsafe file name \(quoted(key))", mend)
}

private func digest(_ node: Node) throws -> String {
    try node.matching(isDigest, "a SHA-256 digest (64 lower-case hex digits)")
}

extension Source {
    fileprivate init(_ node: Node) throws {
        let item = try node.members(["name", "package", "path", "sha256", "licence", "changes"])
        name = try item["name"].text()
        origin = try item["package"].text()
        path = try item["path"].text()
        licence = try item["licence"].text()
        changes = try item["changes"].text()
        sha256 = try digest(item["sha256"])
    }
}

extension FileEntry {
    fileprivate init(_ node: Node) throws {
        let item = try node.members(["sha256", "size"])
        sha256 = try digest(item["sha256"])
        size = try item["size"].long(0)
    }
}

extension Stage {
    fileprivate init(_ node: Node) throws {
        let item = try node.members(["graphs", "params"])
        _ = try item["params"].mapping()
        graphs = try item["graphs"].items().map(Graph.init)
        params = item["params"]
    }
}

extension Graph {
    fileprivate init(_ node: Node) throws {
        let item = try node.members(["backend", "precision", "file", "inputs", "outputs", "evidence"])
        backend = try item["backend"].matching(isName, aName)
        precision = try item["precision"].matching(isName, aName)
        file = try fileName(item["file"].text(empty: true), item["file"])
        inputs = try tensors(item["inputs"])
        outputs = try tensors(item["outputs"])
        evidence = try Evidence(item["evidence"])
    }
}

private func tensors(_ node: Node) throws -> [TensorSpec] {
    if try node.items().isEmpty { throw node.error("empty", "a graph has at least one input and one output") }
    return try node.items().map(TensorSpec.init)
}

extension TensorSpec {
    fileprivate init(_ node: Node) throws {
        let item = try node.members(["name", "dtype", "shape"])
        shape = try item["shape"].items().map { side in
            if case .text = side.value { return .named(try side.text()) }
            return .size(try side.integer(1))
        }
        name = try item["name"].text()
        dtype = try item["dtype"].oneOf(dtypes)
    }
}

extension Evidence {
    private static let keys =
        ["status", "reason", "reference", "max_abs_difference", "trial", "machine", "delegated"]

    fileprivate init(_ node: Node) throws {
        let item = try node.members(Self.keys)
        status = try item["status"].oneOf(["passed", "not run"])
        reason = try item["reason"].optional { try $0.text() }
        reference = try item["reference"].optional { try $0.text() }
        maxAbsDifference = try item["max_abs_difference"].optional { try $0.number(0) }
        trial = try item["trial"].optional(Trial.init)
        machine = try item["machine"].optional { try $0.text() }
        delegated = try item["delegated"].optional { try $0.number(0) }
        if status == "passed" && (reference == nil || maxAbsDifference == nil) {
            let problem = "passed without reference or max_abs_difference"
            throw node.error(problem, "say what it was compared with and how far off")
        }
        if status == "not run" && (reason == nil || maxAbsDifference != nil || trial != nil) {
            let mend = "give the reason, and null for what was not measured"
            throw node.error("not run, but no reason or with numbers", mend)
        }
    }
}

extension Trial {
    private static let keys =
        ["data", "pictures", "character_reference", "character_error", "field_f1", "bytes", "latency_ratio"]

    fileprivate init(_ node: Node) throws {
        let item = try node.members(Self.keys)
        data = try item["data"].text()
        pictures = try item["pictures"].integer(1)
        characterReference = try item["character_reference"].text()
        characterError = try Change(item["character_error"])
        fieldF1 = try Change(item["field_f1"])
        bytes = try Change(item["bytes"])
        latencyRatio = try item["latency_ratio"].optional { try $0.number(0) }
    }
}

extension Change {
    fileprivate init(_ node: Node) throws {
        let item = try node.members(["before", "after"])
        before = try item["before"].number(0)
        after = try item["after"].number(0)
    }
}

private func checkCollisions(_ node: Node) throws {
    guard let (first, second) = collision(try node.mapping().map(\.key)) else { return }
    let problem = "\(quoted(first)) and \(quoted(second)) cannot both exist on every disk"
    throw node.error(problem, "rename one of them")
}

private func checkGraphs(_ manifest: Manifest, _ node: Node) throws {
    for (name, stage) in try node.mapping() {
        var seen: Set<[String]> = []
        let graphs = manifest.stages[name]?.graphs ?? []
        let items = try stage.members(["graphs", "params"])["graphs"].items()
        for (graph, item) in zip(graphs, items) {
            if manifest.files[graph.file] == nil {
                let file = try item.mapping().first { $0.key == "file" }?.value ?? item
                throw file.error("\(quoted(graph.file)) is not in files", "list it there")
            }
            if !seen.insert([graph.backend, graph.precision]).inserted {
                throw item.error("a second graph for \(graph.backend) \(graph.precision)", "keep one of them")
            }
        }
    }
}

// Strict JSON: every value is checked where it is read, and an error names the path of the value at fault.

private let longest = 60  // characters of a wrong value that an error shows

/// The root of a JSON document; `place` names it in errors.
///
/// Throws a `manifest` error for anything that is not UTF-8 JSON, and for what JSON parsers read differently: a
/// duplicate key, NaN or infinity, a number beyond the range of a 64-bit float, half of a surrogate pair.
public func loadJson(_ data: [UInt8], _ place: String) throws -> Node {
    guard let text = decodedText(data) else {
        let node = Node(.null, path: "", place: place)
        throw node.error("not UTF-8 (byte \(firstMalformed(data)))", "save the file as UTF-8")
    }
    return try loadJson(text, place)
}

/// The root of a JSON document that is decoded already.
public func loadJson(_ text: String, _ place: String) throws -> Node {
    do {
        return Node(try parseJson(text), path: "", place: place)
    } catch let error as StrictError {
        throw Node(.null, path: "", place: place).error(error.problem, error.mend)
    } catch let error as JsonError {
        throw Node(.null, path: "", place: place).error("not JSON (\(error.message))", "write valid JSON")
    }
}

/// The text that UTF-8 bytes are; nil where they are none.
func decodedText(_ data: [UInt8]) -> String? {
    firstMalformed(data) < data.count ? nil : String(decoding: data, as: UTF8.self)
}

/// Where UTF-8 ends to be UTF-8.
private func firstMalformed(_ data: [UInt8]) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var bytes = data.makeIterator()
    var at = 0
    while case .valid(let scalar) = parser.parseScalar(from: &bytes) { at += scalar.count }
    return at
}

/// A JSON value, its path in the document (`stages.detect.graphs[0].file`) and the document's name.
public struct Node: Sendable {
    public let value: Json
    private let path: String
    private let place: String

    init(_ value: Json, path: String, place: String) {
        self.value = value
        self.path = path
        self.place = place
    }

    /// The error to throw: document, path, what is wrong, how to mend it.
    public func error(_ problem: String, _ mend: String) -> EdgeKitError {
        EdgeKitError(.manifest, "\(path.isEmpty ? place : "\(place): \(path)"): \(problem); \(mend)")
    }

    /// The members of an object that has exactly these keys, or some of `mayHave`, too.
    public func members(_ keys: [String], mayHave: [String] = []) throws -> Members {
        let found = try mapping()
        let known = keys + mayHave
        for (key, node) in found where !known.contains(key) {
            throw node.error("unknown key", "remove it (known keys: \(known.joined(separator: ", ")))")
        }
        let nodes = Dictionary(uniqueKeysWithValues: found.map { ($0.key, $0.value) })
        for key in keys where nodes[key] == nil { throw child(key, .null).error("missing", "add this key") }
        return Members(nodes: nodes)
    }

    /// The members of an object with keys of its own choice, in their order.
    public func mapping() throws -> [(key: String, value: Node)] {
        guard case .object(let object) = value else { throw wrong("an object") }
        return object.members.map { ($0.key, child($0.key, $0.value)) }
    }

    /// The items of an array.
    public func items() throws -> [Node] {
        guard case .list(let items) = value else { throw wrong("an array") }
        return items.enumerated().map { Node($1, path: "\(path)[\($0)]", place: place) }
    }

    /// A string, not empty unless `empty`.
    public func text(empty: Bool = false) throws -> String {
        guard case .text(let text) = value else { throw wrong("a string") }
        if text.isEmpty && !empty { throw error("empty string", "write at least one character") }
        return text
    }

    /// A string that `matches` accepts; `what` names it.
    func matching(_ matches: (String) -> Bool, _ what: String) throws -> String {
        if !matches(try text(empty: true)) { throw wrong(what) }
        return try text()
    }

    /// One of the given strings.
    public func oneOf(_ choices: [String]) throws -> String {
        let text = try text(empty: true)
        if !choices.contains(text) { throw wrong("one of \(choices.joined(separator: ", "))") }
        return text
    }

    /// An integer of 64 bits; true, false and 1.0 are not.
    public func long(_ minimum: Int? = nil) throws -> Int {
        if case .huge(let digits) = value { throw error("\(digits) is too large", "write at most \(Int.max)") }
        guard case .integer(let number) = value else { throw wrong("an integer") }
        if let minimum, number < minimum { throw error("\(number) is too small", "write at least \(minimum)") }
        return number
    }

    /// An integer of 32 bits.
    public func integer(_ minimum: Int? = nil) throws -> Int {
        let number = try long(minimum)
        if number > Int32.max { throw error("\(number) is too large", "write at most \(Int32.max)") }
        if number < Int32.min { throw error("\(number) is too small", "write at least \(Int32.min)") }
        return number
    }

    /// A finite number; an integer is taken as a float.
    public func number(_ minimum: Double? = nil) throws -> Double {
        let number: Double
        switch value {
        case .integer(let whole): number = Double(whole)
        case .huge(let digits): number = Double(digits) ?? .infinity
        case .number(let float): number = float
        default: throw wrong("a number")
        }
        if number.isInfinite { throw error("not a finite number", "write one that a 64-bit float can hold") }
        if let minimum, number < minimum {
            let least = minimum == minimum.rounded() ? String(Int(minimum)) : "\(minimum)"
            throw error("\(floatText(number)) is too small", "write at least \(least)")
        }
        return number
    }

    /// Numbers in an array.
    public func numbers() throws -> [Double] { try items().map { try $0.number() } }

    /// true or false.
    public func flag() throws -> Bool {
        guard case .flag(let flag) = value else { throw wrong("true or false") }
        return flag
    }

    /// nil for null, else what `read` makes of it.
    public func optional<Value>(_ read: (Node) throws -> Value) rethrows -> Value? {
        if case .null = value { return nil }
        return try read(self)
    }

    /// The name that this value has, as a value of its own at the same place.
    func named(_ key: String) -> Node { Node(.text(key), path: path, place: place) }

    private func child(_ key: String, _ value: Json) -> Node {
        if !isPlainKey(key) { return Node(value, path: "\(path)[\(quoted(key))]", place: place) }
        return Node(value, path: path.isEmpty ? key : "\(path).\(key)", place: place)
    }

    private func wrong(_ expected: String) -> EdgeKitError {
        let shown = shown(value)
        let scalars = shown.unicodeScalars
        let short = scalars.count <= longest ? shown : String(scalars.prefix(longest - 3)) + "..."
        return error("\(short) is not \(expected)", "write \(expected)")
    }
}

/// The members of an object whose keys are known.
public struct Members: Sendable {
    fileprivate let nodes: [String: Node]

    /// A member; `key` must be one of those that were asked for.
    public subscript(key: String) -> Node {
        guard let node = nodes[key] else { preconditionFailure("\(key) is not among the keys asked for") }
        return node
    }

    /// A member that there may be.
    func ifPresent(_ key: String) -> Node? { nodes[key] }
}

/// `[A-Za-z_][A-Za-z0-9_-]*`
private func isPlainKey(_ key: String) -> Bool {
    guard let first = key.utf8.first, isAsciiLetter(first) || first == UInt8(ascii: "_") else { return false }
    return key.utf8.allSatisfy {
        isAsciiLetter($0) || isAsciiDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
}

/// A value as Python shows it.
private func shown(_ value: Json) -> String {
    switch value {
    case .null: "None"
    case .flag(let flag): flag ? "True" : "False"
    case .integer(let number): String(number)
    case .huge(let digits): digits
    case .number(let number): floatText(number)
    case .text(let text): quoted(text)
    case .list(let items): "[\(items.map(shown).joined(separator: ", "))]"
    case .object(let object): "{\(object.members.sorted { $0.key < $1.key }.map(shownMember).joined(separator: ", "))}"
    }
}

private func shownMember(_ key: String, _ value: Json) -> String { "\(quoted(key)): \(shown(value))" }

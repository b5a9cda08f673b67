import Foundation

// Opening a bundle: a folder, or a zip of it, whose every file is the one its manifest lists.

private let mostManifestBytes = 4 << 20  // a manifest of a few stages has some ten thousand
private let mostBytes = 512 << 20  // of all files together: far above what a phone would load

/// The stages of a reader: graphs, constants and word lists, all read from one verified place.
///
/// Immutable, and so safe to use from several threads at once.
public struct ReceiptBundle: Sendable {
    /// The folder or the zip.
    public let path: String
    public let manifest: Manifest
    /// SHA-256 (hex) of the manifest's bytes. The manifest lists the digests of all else, so this names it all.
    public let digest: String
    /// Bytes of all files, unpacked, with the manifest.
    public let size: Int
    private let store: any Store

    /// Opens a folder or a zip and verifies every file in it.
    ///
    /// Throws a `manifest` error where the manifest breaks the schema, an `integrity` error where a file is missing,
    /// altered or not listed, or is no plain file, a `bundle` error where the path cannot be read at all.
    public init(_ location: URL) throws {
        path = location.relativePath
        store = try opened(path)
        let data = try readManifest(store, path)
        manifest = try Manifest(loadJson(data, "\(path): \(manifestName)"))
        digest = sha256(data)
        var size = data.count
        for entry in manifest.files.values {
            let (sum, tooLarge) = size.addingReportingOverflow(entry.size)
            size = tooLarge ? .max : sum
        }
        self.size = size
        try checkListing()
        for name in manifest.files.keys.sorted() { _ = try read(name) }
    }

    /// The bytes of a listed file, verified. Throws an `integrity` error where they are not the listed ones.
    public func read(_ name: String) throws -> [UInt8] {
        guard let entry = manifest.files[name] else {
            let mend = "name one that its manifest lists"
            throw EdgeKitError(.integrity, "\(path): \(quoted(name)) is not a file of this bundle; \(mend)")
        }
        let data = try store.read(name, entry.size)
        if data.count != entry.size { throw altered("\(path): \(name)", "its size is not the listed one") }
        if sha256(data) != entry.sha256 { throw altered("\(path): \(name)", "its SHA-256 is not the listed one") }
        return data
    }

    /// A listed file as UTF-8 text, line ends as they are. Throws an `integrity` error as `read` does.
    public func readText(_ name: String) throws -> String {
        guard let text = decodedText(try read(name)) else {
            throw EdgeKitError(.bundle, "\(path): \(name): not UTF-8 text; export the bundle again")
        }
        return text
    }

    /// A stage by name. Throws a `manifest` error where the bundle has none of this name.
    public func stage(_ name: String) throws -> Stage {
        guard let stage = manifest.stages[name] else { throw EdgeKitError(.manifest, noStage(name)) }
        return stage
    }

    /// The graph asked for; where the stage has none, that of the precision which its constants name, if they do; never
    /// another instead. Throws a `missingGraph` error that names what there is.
    public func graph(_ stage: String, backend: String, precision: String) throws -> Graph {
        guard let found = manifest.stages[stage] else { throw EdgeKitError(.missingGraph, noStage(stage)) }
        let own = found.precision ?? precision
        for one in [precision, own] {
            for graph in found.graphs where graph.backend == backend && graph.precision == one { return graph }
        }
        let problem = "\(path): stage \(quoted(stage)) has no graph for \(backend) \(own)"
        throw EdgeKitError(.missingGraph, "\(problem): \(has(found.graphs.map { "\($0.backend) \($0.precision)" }))")
    }

    private func noStage(_ name: String) -> String {
        "\(path): no stage \(quoted(name)): \(has(manifest.stages.keys.sorted()))"
    }

    private func checkListing() throws {
        let present = store.sizes
        let extra = present.keys.filter { manifest.files[$0] == nil && $0 != manifestName }
        if !extra.isEmpty {
            let problem = "\(path): not listed in the manifest: \(few(extra.sorted()))"
            throw EdgeKitError(.integrity, "\(problem); remove or list them")
        }
        let missing = manifest.files.keys.filter { present[$0] == nil }
        if !missing.isEmpty {
            throw EdgeKitError(.integrity, "\(path): missing: \(few(missing.sorted())); get the bundle again")
        }
        for (name, entry) in manifest.files.sorted(by: { $0.key < $1.key }) {
            if let size = present[name], size != entry.size {
                throw altered("\(path): \(name)", "\(size) bytes, not \(entry.size)")
            }
        }
        if size > mostBytes {
            throw EdgeKitError(.bundle, "\(path): \(size) bytes in all; a bundle may have at most \(mostBytes)")
        }
    }
}

private func opened(_ path: String) throws -> any Store {
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
        throw EdgeKitError(.bundle, "\(path): no such bundle; give the folder of a bundle or a zip of it")
    }
    return isFolder.boolValue ? try FolderStore(path) : try ZipStore(path, most: mostBytes)
}

private func readManifest(_ store: any Store, _ path: String) throws -> [UInt8] {
    guard let size = store.sizes[manifestName] else {
        let mend = "give the folder of a bundle or a zip of it"
        throw EdgeKitError(.bundle, "\(path): has no \(manifestName); \(mend)")
    }
    if size > mostManifestBytes {
        let problem = "\(path): \(manifestName) has \(size) bytes"
        throw EdgeKitError(.manifest, "\(problem); at most \(mostManifestBytes) are read")
    }
    let data = try store.read(manifestName, size)
    if data.count != size { throw altered("\(path): \(manifestName)", "it changed while it was read") }
    return data
}

private func altered(_ place: String, _ reason: String) -> EdgeKitError {
    EdgeKitError(.integrity, "\(place) was altered (\(reason)); get the bundle again")
}

private func has(_ names: [String]) -> String {
    names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
}

private func few(_ names: [String]) -> String {
    let shown = names.prefix(3).map(quoted).joined(separator: ", ")
    return names.count <= 3 ? shown : "\(shown) and \(names.count - 3) more"
}

import Foundation

// Where the files of a bundle lie: a folder or a zip. Names and sizes first, bytes on demand.
//
// Both refuse what could reach beyond the bundle: links, unsafe names, two entries of one name. Neither believes a
// declared size: `read` never returns more than one byte above it.

private let plainOnly = "a bundle holds plain files only, replace it by the file itself"

protocol Store: Sendable {
    /// Bytes of every file found, the manifest included, as the disk or the archive declares them.
    var sizes: [String: Int] { get }

    /// The bytes of a file of `sizes`; at most `size` + 1 of them, so that an excess shows.
    func read(_ name: String, _ size: Int) throws -> [UInt8]
}

/// A folder of plain files.
struct FolderStore: Store {
    private let root: String
    let sizes: [String: Int]

    init(_ root: String) throws {
        self.root = root
        var found: [String: Int] = [:]
        try Self.list(root, prefix: "", &found)
        sizes = found
    }

    func read(_ name: String, _ size: Int) throws -> [UInt8] {
        let path = "\(root)/\(name)"
        _ = try Self.plainSize(path)
        return try contents(path, most: size + 1)
    }

    private static func list(_ folder: String, prefix: String, _ found: inout [String: Int]) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw EdgeKitError(.bundle, "\(folder): cannot be read; check the path and its permissions")
        }
        for name in names {
            let path = "\(folder)/\(name)"
            if try kind(path) == .typeDirectory {
                try list(path, prefix: "\(prefix)\(name)/", &found)
            } else {
                found[prefix + name] = try plainSize(path)
            }
        }
    }

    /// What lies at a path itself, links not followed.
    private static func kind(_ path: String) throws -> FileAttributeType? {
        try attributes(path)[.type] as? FileAttributeType
    }

    private static func attributes(_ path: String) throws -> [FileAttributeKey: Any] {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw EdgeKitError(.integrity, "\(path): is missing; get the bundle again")
        }
    }

    private static func plainSize(_ path: String) throws -> Int {
        switch try kind(path) {
        case .typeRegular?: return (try attributes(path)[.size] as? NSNumber)?.intValue ?? 0
        case .typeSymbolicLink?: throw EdgeKitError(.integrity, "\(path): is a symbolic link; \(plainOnly)")
        default: throw EdgeKitError(.integrity, "\(path): is not a plain file; \(plainOnly)")
        }
    }
}

/// A zip whose files lie at its root or under one top folder.
struct ZipStore: Store {
    private let path: String
    private let archive: Zip
    private let entryOf: [String: Zip.Entry]

    init(_ path: String, most: Int) throws {
        self.path = path
        let data = try contents(path, most: most + 1)
        if data.count > most { throw EdgeKitError(.bundle, "\(path): a zip may have at most \(most) bytes") }
        do {
            archive = try Zip(data)
        } catch let error as ZipError {
            let mend = "give the folder of a bundle or a zip of it"
            throw EdgeKitError(.bundle, "\(path): not a zip (\(error)); \(mend)")
        }
        let files = try Self.files(archive.entries, path)
        let top = topFolder(files.map(\.name))
        entryOf = Dictionary(uniqueKeysWithValues: files.map { (String($0.name.dropFirst(top.count)), $0) })
    }

    var sizes: [String: Int] { entryOf.mapValues(\.size) }

    func read(_ name: String, _ size: Int) throws -> [UInt8] {
        guard let entry = entryOf[name] else {
            throw EdgeKitError(.integrity, "\(path): \(name) is missing; get the bundle again")
        }
        do {
            return try archive.read(entry, most: size + 1)
        } catch let error as ZipError {
            throw EdgeKitError(.integrity, "\(path): \(name) was altered (\(error)); get the bundle again")
        }
    }

    private static func files(_ entries: [Zip.Entry], _ path: String) throws -> [Zip.Entry] {
        var seen: Set<String> = []
        for entry in entries {
            let name = entry.isFolder ? String(entry.name.dropLast()) : entry.name
            var problem: String?
            if !isPortable(name) {
                problem = "has an unsafe name"
            } else if entry.isFolder && entry.size > 0 {
                problem = "is a folder with contents"
            } else if !seen.insert(entry.name.lowercased()).inserted {
                problem = "appears twice"
            }
            if let problem {
                throw EdgeKitError(.integrity, "\(path): entry \(quoted(entry.name)) \(problem); pack the bundle again")
            }
        }
        return entries.filter { !$0.isFolder }
    }
}

/// What precedes the names of all files: "" or "folder/".
private func topFolder(_ names: [String]) -> String {
    let tops = Set(names.map { name in name.split(separator: "/").first.map { "\($0)/" } ?? "" })
    guard tops.count == 1, let top = tops.first, names.contains(top + manifestName) else { return "" }
    return top
}

/// The bytes of a file, at most `most`.
private func contents(_ path: String, most: Int) throws -> [UInt8] {
    do {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return Array(try file.read(upToCount: most) ?? Data())
    } catch {
        let reason = error.localizedDescription
        throw EdgeKitError(.bundle, "\(path): cannot be read (\(reason)); check the path and its permissions")
    }
}

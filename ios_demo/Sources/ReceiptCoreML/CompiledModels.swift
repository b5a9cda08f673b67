import CoreML
import Foundation
import ReceiptCore

/// The bundle's models in the form that Core ML loads, compiled once and kept.
///
/// They lie in a folder named after the bundle's digest, so that another bundle never gets these; folders of other
/// bundles are removed.
struct CompiledModels {
    let folder: URL

    /// - Parameter parent: a folder of the app's own that is not backed up.
    init(digest: String, in parent: URL) throws {
        folder = parent.appending(path: digest, directoryHint: .isDirectory)
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        for other in try files.contentsOfDirectory(at: parent, includingPropertiesForKeys: nil)
        where other.lastPathComponent != digest {
            try? files.removeItem(at: other)
        }
    }

    /// Where the compiled model of a package lies, or will.
    func place(of package: ModelPackage) -> URL {
        folder.appending(path: "\(package.name).mlmodelc", directoryHint: .isDirectory)
    }

    func has(_ package: ModelPackage) -> Bool { FileManager.default.fileExists(atPath: place(of: package).path) }

    func forget(_ package: ModelPackage) { try? FileManager.default.removeItem(at: place(of: package)) }

    /// Compiles a package from verified bytes and puts it in its place.
    func compile(_ package: ModelPackage) async throws {
        let files = FileManager.default
        let staging = try files.url(
            for: .itemReplacementDirectory, in: .userDomainMask, appropriateFor: folder, create: true)
        defer { try? files.removeItem(at: staging) }
        let written = try package.write(into: staging)
        let compiled = try await MLModel.compileModel(at: written)
        forget(package)
        try files.moveItem(at: compiled, to: place(of: package))
    }
}

/// A `.mlpackage` inside a bundle: a folder of three files, which the bundle's manifest lists one by one.
struct ModelPackage: Sendable {
    static let entry = "Manifest.json"
    static let members = [
        "Data/com.apple.CoreML/model.mlmodel", "Data/com.apple.CoreML/weights/weight.bin", entry,
    ]

    /// Without its ending: "detect_fp16".
    let name: String
    private let files: [String: Data]

    /// - Parameters:
    ///   - file: of the graph: `NAME.mlpackage/Manifest.json`.
    ///   - read: verified bytes of the bundle's files.
    init(file: String, read: (String) throws -> Data) throws {
        let parts = file.split(separator: "/")
        guard parts.count == 2, parts[1] == Self.entry, parts[0].hasSuffix(".mlpackage") else {
            let mend = "export the bundle with --app ios"
            throw EdgeKitError(.bundle, "\(file): is no .mlpackage that is laid out as a folder; \(mend)")
        }
        name = String(parts[0].dropLast(".mlpackage".count))
        var files: [String: Data] = [:]
        for member in Self.members { files[member] = try read("\(parts[0])/\(member)") }
        self.files = files
    }

    /// The package as a folder in another; returns its place.
    func write(into folder: URL) throws -> URL {
        let package = folder.appending(path: "\(name).mlpackage", directoryHint: .isDirectory)
        for (member, data) in files {
            let place = package.appending(path: member, directoryHint: .notDirectory)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: place)
        }
        return package
    }
}

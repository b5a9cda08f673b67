import Foundation
@testable import ReceiptCore
import TestSupport

/// A bundle laid out as `python -m export receipt --app ios` does, its models being their own names: made of the
/// default bundle, each graph replaced. The folder is removed with it.
package final class IosBundle {
    static let members = [
        "Data/com.apple.CoreML/model.mlmodel", "Data/com.apple.CoreML/weights/weight.bin", "Manifest.json",
    ]

    package let folder: URL
    package let bundle: ReceiptBundle
    /// For compiled models.
    package var store: URL { folder.appendingPathComponent("store") }

    package init(from source: URL) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        let place = folder.appendingPathComponent("edgekit")
        let manifest = try read(source.appendingPathComponent("manifest.json"))
        var files: [String: Data] = [:]
        for (name, _) in manifest.at("files").members where !name.hasSuffix(".onnx") {
            files[name] = try Data(contentsOf: source.appendingPathComponent(name))
        }
        let stages = manifest.at("stages").members.map { stage, value in
            guard let graph = value.at("graphs").items.first else { return (stage, value) }
            let precision = stage == "reread" ? "int8" : "fp16"  // reading again has a precision of its own
            let package = "\(stage)_\(precision).mlpackage"
            for member in Self.members { files["\(package)/\(member)"] = Data("\(stage) \(member)".utf8) }
            let other = graph.with([
                "backend": .text("coreml"), "precision": .text(precision), "file": .text("\(package)/Manifest.json"),
            ])
            return (stage, value.with(["graphs": .list([other])]))
        }
        let entries = files.sorted { $0.key < $1.key }.map { name, data in
            (key: name, value: ["sha256": .text(sha256([UInt8](data))), "size": .integer(data.count)] as Json)
        }
        files["manifest.json"] = Data(
            writeJson(
                manifest.with([
                    "stages": .object(JsonObject(stages.map { (key: $0.0, value: $0.1) })),
                    "files": .object(JsonObject(entries)),
                ])
            ).utf8)
        for (name, data) in files {
            let file = place.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
        bundle = try ReceiptBundle(place)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}

extension Json {
    fileprivate var members: [(key: String, value: Json)] {
        if case .object(let object) = self { object.members } else { [] }
    }

    fileprivate var items: [Json] {
        if case .list(let items) = self { items } else { [] }
    }

    /// The same object with other values for some of its keys.
    fileprivate func with(_ changes: [String: Json]) -> Json {
        .object(JsonObject(members.map { (key: $0.key, value: changes[$0.key] ?? $0.value) }))
    }
}

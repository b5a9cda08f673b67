import Foundation
import TestSupport

@testable import ReceiptCore

/// The pure functions of the golden cases but those of texts, from plain JSON to plain JSON; constants are those of the
/// default bundle.
struct Functions {
    private let bundle: ReceiptBundle
    private let charset: [String]
    private let detect: DetectParams
    private let recognize: RecognizeParams
    private let layout: LayoutParams
    private let image: DecodeParams

    init(_ bundle: ReceiptBundle) throws {
        self.bundle = bundle
        charset = try ReceiptCore.charset(of: bundle)
        detect = try DetectParams(bundle.stage("detect").params)
        recognize = try RecognizeParams(bundle.stage("recognize").params)
        layout = try LayoutParams(bundle.stage("layout").params)
        image = try DecodeParams(bundle.stage("image").params)
    }

    /// By the name of the case file.
    var all: [(name: String, run: (Json) throws -> any Plain)] {
        [
            ("quads", quads),
            ("resize", { resize($0.at("picture").picture, $0.at("width").int, $0.at("height").int) }),
            ("turn", { turn($0.at("picture").picture, $0.at("degrees").int) }),
            ("reduce", { reduce($0.at("picture").picture, $0.at("factor").int) }),
            (
                "crop",
                { crop($0.at("picture").picture, $0.at("quad").quad, $0.at("width").int, $0.at("height").int) }
            ),
            ("photo", reduced),
            ("heat", heat),
            (
                "input_size",
                { size in
                    let found = inputSize(size.at("width").double, size.at("height").double, detect)
                    return [found.width, found.height]
                }
            ),
            ("view", view),
            ("tiles", tiles),
            ("finer", finer),
            ("probes", { probesFirst($0.at("quads").list.map(\.quad), layout) }),
            ("ctc", ctc),
            ("batches", batches),
            ("layout", { rows($0.at("lines").list.map(\.line), layout) }),
            ("manifest", manifest),
        ]
    }

    private func quads(_ given: Json) -> any Plain {
        let found = given.at("quads").list.map(\.quad)
        let size = given.at("size").ints
        let point = Point(given.at("point").doubles[0], given.at("point").doubles[1])
        let there = homography(size[0], size[1], found[0])
        let degrees = given.at("degrees").double
        let sides = quadSize(found[0])
        let turned = [0, 90, 180, 270].map { turnPoint(point, $0, width: size[0], height: size[1]) }
        return [
            "size": [sides.along, sides.across].plain,
            "tilt": tilt(found[0]).plain,
            "skew": skew(found).plain,
            "turned": turned.plain,
            "rotated": rotated(point, degrees).plain,
            "bounding": boundingQuad(found, degrees, 2.5).plain,
            "homography": there.plain,
            "projected": project(point, there).plain,
            "flipped": found[0].flipped().plain,
            "list": found[0].toList().plain,
        ] as Json
    }

    private func reduced(_ given: Json) -> any Plain {
        let found = Photo(drawn(given.at("width").int, given.at("height").int) { _, _ in 0xffffff }, image)
        return [
            "width": found.width.plain,
            "height": found.height.plain,
            "factor": found.factor.plain,
            "size": [found.picture.width, found.picture.height].plain,
        ] as Json
    }

    private func heat(_ given: Json) -> any Plain {
        let (width, height) = (given.at("width").int, given.at("height").int)
        let heat = given.at("heat").bytes.map { Float($0) / 255 }
        let parts = findComponents(heat, width, height, threshold: detect.threshold)
        let tilts = parts.map { $0.tilt() }
        let reaches = zip(parts, tilts).map { $0.extents($1) }
        let found = findLines(heat, width, height, detect)
        return [
            "means": parts.map(\.mean).plain,
            "tilts": tilts.plain,
            "extents": [
                reaches.map(\.left), reaches.map(\.top), reaches.map(\.right), reaches.map(\.bottom),
            ].plain,
            "quads": found.quads.plain,
            "upright": found.upright.plain,
            "height": found.height.plain,
            "clear": found.clear.plain,
        ] as Json
    }

    private func view(_ given: Json) -> any Plain {
        let size = InputSize(width: given.at("width").int, height: given.at("height").int)
        let seen = Viewport(given.at("area").quad, size)
        return ["scale": seen.scale.plain, "pixels": shown(given.at("picture").picture, seen).plain] as Json
    }

    private func tiles(_ given: Json) -> any Plain {
        let (width, height) = (given.at("width").int, given.at("height").int)
        let counted = drawn(width, height) { x, y in UInt32((y * width + x) % 251) * 0x10101 }
        var seen: [[Int]] = []
        let whole = inTiles(counted, most: 4096, margin: 16, multiple: 32) { tile in
            seen.append([tile.height, tile.width, Int(tile.pixels[0] & 0xff)])
            return tile.pixels.map { Float($0 & 0xff) + 1000 * Float(seen.count) }
        }
        let sum = whole.reduce(0) { $0 + Double($1) }
        return ["tiles": seen.plain, "sum": sum.plain, "corner": whole[whole.count - 1].plain] as Json
    }

    private func finer(_ given: Json) -> any Plain {
        let (width, height) = (given.at("width").int, given.at("height").int)
        let factor = image.factor(width, height)
        let seen = Photo(picture: drawn(1, 1) { _, _ in 0 }, width: width, height: height, factor: factor)
        return ["factor": factor, "finer": image.finer(seen, given.at("text").double)]
    }

    private func ctc(_ given: Json) -> any Plain {
        let steps = given.at("steps").ints.map(Int32.init)
        let chances = given.at("chances").doubles.map(Float.init)
        let found = decode(steps[...], chances[...], charset, blank: recognize.blank)
        return ["text": found.text.plain, "confidence": found.confidence.plain] as Json
    }

    private func batches(_ given: Json) -> any Plain {
        plan(given.at("quads").list.map(\.quad), recognize).map { [$0.width.plain, $0.members.plain] as Json }
    }

    private func manifest(_ given: Json) throws -> any Plain {
        do {
            var text = ""
            if case .object(let members) = given, case .text(let whole)? = members["text"] {
                text = whole
            } else {
                text = try changed(given)
            }
            _ = try Manifest(loadJson(text, manifestName))
            return Json.null
        } catch let error as EdgeKitError where error.isOfBundle {
            return "\(error.kind.rawValue): \(withoutPlace(error.message))"
        }
    }

    /// A message that does not say where a text stops being JSON: parsers say so in words of their own.
    private func withoutPlace(_ message: String) -> String {
        guard let start = message.range(of: "not JSON ("), let end = message.range(of: ");", options: .backwards) else {
            return message
        }
        return message[..<start.lowerBound] + "not JSON;" + message[end.upperBound...]
    }

    private func changed(_ given: Json) throws -> String {
        let path = URL(fileURLWithPath: bundle.path).appendingPathComponent(manifestName)
        let good = String(decoding: try Data(contentsOf: path), as: UTF8.self)
        let (old, new) = (given.at("old").string, given.at("new").string)
        if old.isEmpty { return new + good }
        guard let place = good.range(of: old, options: .literal) else { return good }
        return good.replacingCharacters(in: place, with: new)
    }
}

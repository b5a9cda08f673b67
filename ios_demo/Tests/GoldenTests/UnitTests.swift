import Foundation
import TestSupport

@testable import ReceiptCore

/// What golden cases cannot say: bundles that are damaged on disk, limits, orientation, errors.
func unitTests(_ suite: Suite, _ bundle: ReceiptBundle) async throws {
    try await bundles(suite, bundle)
    try await pictures(suite, bundle)
    await texts(suite)
    await suite.test("a difference is found") {
        try check(difference([1.0.plain, "x".plain, 2.plain], [1.0000001.plain, "x".plain, 2.plain], 1e-6) == nil)
        let pairs: [(Json, Json)] = [
            (1.plain, 2.plain), (1.plain, 1.0.plain), ("a".plain, "b".plain), ([1].plain, [1, 2].plain),
            (true.plain, 1.plain), ("\u{e9}".plain, "e\u{301}".plain),
        ]
        for (a, b) in pairs { try check(difference(a, b, 1e-6) != nil, "\(a) and \(b)") }
    }
}

private func bundles(_ suite: Suite, _ bundle: ReceiptBundle) async throws {
    let source = URL(fileURLWithPath: bundle.path)
    await suite.test("a zip of a bundle is that bundle") {
        let names = try FileManager.default.contentsOfDirectory(atPath: bundle.path).sorted()
        let files = try names.map { ($0, [UInt8](try Data(contentsOf: source.appendingPathComponent($0)))) }
        let zip = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).zip")
        defer { try? FileManager.default.removeItem(at: zip) }
        let packed = stored(files.map { ("inside/\($0)", $1) })
        try Data(packed).write(to: zip)
        try check(ReceiptBundle(zip).digest == bundle.digest)
        try Data(packed.prefix(1000)).write(to: zip)
        try refused(.bundle, "not a zip") { _ = try ReceiptBundle(zip) }
        try Data(stored(files.map { ("inside/../\($0)", $1) })).write(to: zip)
        try refused(.integrity, "unsafe name") { _ = try ReceiptBundle(zip) }
    }
    await suite.test("what was deflated is had again") {
        let words = [UInt8](String(repeating: "total 12.50 ", count: 400).utf8)
        let packed = [  // the words by zlib at level 9: with the fixed codes, and with codes of their own
            "K8kvScxRMDTSMzVQKBllj7JH2aPsUfYoe5Q9yh5lj7JH2aPsUfYoe5Q9yh5lj7IHGRsA",
            "7caxCQAgEASwVX4CUcGB7AWb2x/XsEiq5GafGrOtXnF3d3d3d3d3d//sDw==",
        ]
        for packed in packed {
            guard let data = Data(base64Encoded: packed).map({ [UInt8]($0) }) else { throw Failure("no base64") }
            try check(inflated(data[...], most: 9999) == words)
            try check(inflated(data[...], most: 50) == Array(words.prefix(50)))
            do {
                _ = try inflated(data.dropLast(4), most: 9999)
                throw Failure("a stream that is cut short was taken")
            } catch is InflateError {}
        }
    }
    let damages: [(name: String, kind: EdgeKitError.Kind, said: String, damage: (URL) throws -> Void)] = [
        (
            "an altered file", .integrity, "SHA-256",
            { folder in
                let file = folder.appendingPathComponent("lexicon.json")
                var data = try Data(contentsOf: file)
                data[20] = UInt8(ascii: "x")
                try data.write(to: file)
            }
        ),
        (
            "a file cut short", .integrity, "bytes, not",
            { try Data("a\n".utf8).write(to: $0.appendingPathComponent("charset.txt")) }
        ),
        (
            "a missing file", .integrity, "missing: 'NOTICE'",
            { try FileManager.default.removeItem(at: $0.appendingPathComponent("NOTICE")) }
        ),
        (
            "a file not listed", .integrity, "not listed in the manifest: 'more.txt'",
            { try Data("more".utf8).write(to: $0.appendingPathComponent("more.txt")) }
        ),
        (
            "a link", .integrity, "symbolic link",
            { folder in
                let link = folder.appendingPathComponent("NOTICE")
                try FileManager.default.removeItem(at: link)
                let target = source.appendingPathComponent("NOTICE").absoluteURL
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
            }
        ),
        (
            "no manifest", .bundle, "has no manifest.json",
            { try FileManager.default.removeItem(at: $0.appendingPathComponent(manifestName)) }
        ),
        (
            "bytes that are no text", .manifest, "not UTF-8 (byte 1)",
            { try Data([UInt8(ascii: "{"), 0xff, 0xfe]).write(to: $0.appendingPathComponent(manifestName)) }
        ),
    ]
    for (name, kind, said, damage) in damages {
        await suite.test("a bundle with \(name) is refused") {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
            defer { try? FileManager.default.removeItem(at: folder) }
            try FileManager.default.copyItem(at: source, to: folder)
            try damage(folder)
            try refused(kind, said) { _ = try ReceiptBundle(folder) }
        }
    }
    await suite.test("no bundle") {
        try refused(.bundle, "no such bundle") { _ = try ReceiptBundle(URL(fileURLWithPath: "nowhere")) }
    }
    await suite.test("a graph that is not there") {
        let problem = "stage 'detect' has no graph for onnxruntime int4: it has onnxruntime fp32"
        try refused(.missingGraph, problem) {
            _ = try bundle.graph("detect", backend: "onnxruntime", precision: "int4")
        }
        try refused(.manifest, "no stage 'x'") { _ = try bundle.stage("x") }
        try refused(.integrity, "'x' is not a file of this bundle") { _ = try bundle.read("x") }
    }
}

func refused(_ kind: EdgeKitError.Kind, _ said: String, _ run: () throws -> Void) throws {
    do {
        try run()
    } catch let error as EdgeKitError {
        try check(error.kind == kind, "\(kind) was expected, not \(error.kind): \(error)")
        return try check(error.message.contains(said), "\"\(error)\" does not say \"\(said)\"")
    }
    throw Failure("\(kind) was expected, nothing was thrown")
}

private func pictures(_ suite: Suite, _ bundle: ReceiptBundle) async throws {
    let params = try DecodeParams(bundle.stage("image").params)
    // Where each EXIF orientation says that the pixels of `ab / cd / ef`, as stored, are shown.
    let expected = [
        "ab cd ef", "ba dc fe", "fe dc ba", "ef cd ab", "ace bdf", "eca fdb", "fdb eca", "bdf ace", "ab cd ef",
    ]
    let letters = Array("abcdef".utf8)
    for (orientation, expected) in zip(1..., expected) {
        await suite.test("orientation \(orientation)") {
            let stored = drawn(2, 3) { x, y in UInt32(letters[y * 2 + x]) }
            let found = Photo(stored, params, orientation: orientation)
            try check(rows(found.picture) == expected, rows(found.picture))
            try check(found.width == found.picture.width && found.height == found.picture.height)
        }
    }
    await suite.test("a picture over the limits") {
        try refused(.imageTooLarge, "x.jpg: over the limit of 67,108,864 bytes") {
            try params.check("x.jpg", bytes: 1 << 27, width: 1, height: 1)
        }
        try refused(.imageTooLarge, "20,000 x 20,000 pixels") {
            try params.check("x.jpg", bytes: 9, width: 20000, height: 20000)
        }
        try params.check("x.jpg", bytes: 1 << 20, width: 4000, height: 3000)
    }
    await suite.test("a picture has as many pixels as it says") {
        try check(Picture(width: 2, height: 2, pixels: [0, 0, 0]) == nil)
        try check(Picture(width: 0, height: 0, pixels: []) == nil)
        try check(Picture(width: .max, height: 2, pixels: [0]) == nil)
        try check(Picture(width: 1, height: 1, pixels: [7])?.pixels == [7])
    }
}

private func rows(_ picture: Picture) -> String {
    let letters = picture.pixels.map { Character(Unicode.Scalar(UInt8($0))) }
    return stride(from: 0, to: letters.count, by: picture.width)
        .map { String(letters[$0..<$0 + picture.width]) }.joined(separator: " ")
}

private func texts(_ suite: Suite) async {
    await suite.test("floats are spelt as Python spells them") {
        let spelt: [(Double, String)] = [
            (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (123456789012345.6, "123456789012345.6"),
            (1e-4, "0.0001"), (1.5e-5, "1.5e-05"), (.leastNonzeroMagnitude, "5e-324"),
            (0.30000000000000004, "0.30000000000000004"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (2e-3, "0.002"), (100, "100.0"),
            (12_345_678_901_234_568, "1.2345678901234568e+16"), (9_007_199_254_740_992, "9007199254740992.0"),
            (-1234.5, "-1234.5"), (1e22, "1e+22"), (0.00012, "0.00012"),
        ]
        for (value, text) in spelt { try check(floatText(value) == text, "\(floatText(value)) is not \(text)") }
    }
    await suite.test("decimals keep their zeros") {
        let numbers = ["5", "5.00", "-0.50", "1234567890123456789012345678.10", "0.00"]
        for text in numbers { try check(ExactDecimal(text)?.description == text, "\(text)") }
        for text in ["", "-", "1e5", "--1", " 1", "1,0"] { try check(ExactDecimal(text) == nil, text) }
        guard let five = ExactDecimal("5.00"), let half = ExactDecimal("0.5") else { throw Failure("no number") }
        let made = [five + half, half - five, five * half, -five]
        try check(made.map(\.description) == ["5.50", "-4.50", "2.500", "-5.00"], "\(made)")
        try check(five == ExactDecimal(5) && half < five && -five < half && !(-ExactDecimal.zero).isNegative)
        try check(Set([five, ExactDecimal(5), half]).count == 2)
    }
    await suite.test("numbers are rounded by their exact value, half to even") {
        let rounded = [(0.25, 1, 0.2), (0.35, 1, 0.3), (2.675, 2, 2.67), (-0.04, 1, -0.0), (1e15, 4, 1e15)]
        for (value, decimals, expected) in rounded {
            let found = ReceiptCore.rounded(value, decimals)
            try check(found == expected && found.sign == expected.sign, "\(value): \(found)")
        }
    }
    let broken = [
        ("[1, 2", "not JSON"), ("[01]", "not JSON"), ("{\"a\": 1,}", "not JSON"), ("[1] 2", "not JSON"),
        ("\"\u{1}\"", "not JSON"), ("[1e999]", "1e999 is not a finite number"),
        ("{\"a\": 1, \"a\": 2}", "'a' appears twice"), ("\"\\ud800\"", "half of a surrogate pair"),
        ("\"\\ud800x\"", "half of a surrogate pair"), ("\"\\udc00\"", "half of a surrogate pair"),
        (String(repeating: "[", count: 9999), "nested too deeply"), ("", "not JSON"), ("\u{feff}1", "not JSON"),
    ]
    for (text, said) in broken {
        await suite.test("JSON: \(text.prefix(20))") {
            try refused(.manifest, said) { _ = try loadJson(text, "x.json") }
        }
    }
    await suite.test("JSON is read and written") {
        let text = "{\"a\": [1, -2.5, 1e+20, true, null, \"\\\"\\\\\\n\u{e9}\u{1f9fe}\\u0001\"], \"e\u{301}\": {}}"
        let written = try writeJson(parseJson(text))
        try check(written == text, written)
        try check(parseJson("\"\\ud83e\\uddfe\\u00e9\"") == .text("\u{1f9fe}\u{e9}"))
    }
    await suite.test("a rung that is not there") {
        try refused(.usage, "extractor='x': choose one of rules, classical, network, joint") { _ = try Rung("x") }
        for error in [0, 1, Double.nan] {
            try refused(.usage, "give a share") { _ = try How(reviewError: error) }
        }
    }
}

/// A zip of files that are stored as they are, as a bundle is packed.
private func stored(_ files: [(name: String, data: [UInt8])]) -> [UInt8] {
    func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for (name, data) in files {
        let sizes = bytes(0, 4) + bytes(data.count, 4) + bytes(data.count, 4) + bytes(name.utf8.count, 2) + bytes(0, 2)
        directory += bytes(0x0201_4b50, 4) + bytes(0, 12) + sizes + bytes(0, 10) + bytes(out.count, 4) + name.utf8
        out += bytes(0x0403_4b50, 4) + bytes(0, 10) + sizes + name.utf8 + data
    }
    let counts = bytes(files.count, 2) + bytes(files.count, 2)
    return out + directory + bytes(0x0605_4b50, 4) + bytes(0, 4) + counts + bytes(directory.count, 4)
        + bytes(out.count, 4) + bytes(0, 2)
}

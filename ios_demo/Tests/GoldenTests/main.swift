import Foundation
import TestSupport

@testable import ReceiptCore

// Runs every golden case and every unit test; prints what failed, and `N passed, N failed`.
//
// Arguments: the folder of the golden cases, the folder of the bundle.

private final class Run {
    let golden: URL
    let bundle: ReceiptBundle
    let tolerance: Double
    let suite = Suite()
    private(set) var ran: [String: Int] = [:]

    init(_ golden: URL, _ bundle: ReceiptBundle, tolerance: Double) {
        self.golden = golden
        self.bundle = bundle
        self.tolerance = tolerance
    }

    func functions() async throws {
        for (name, function) in try Functions(bundle).all + TextFunctions(bundle).all {
            let cases = try read(golden.appendingPathComponent("cases/\(name).json")).list
            for (number, golden) in cases.enumerated() {
                await suite.test("\(name)[\(number)] \(writeJson(golden.at("in")).prefix(80))") {
                    try expect(function(golden.at("in")).plain, golden.at("out"), tolerance)
                }
            }
            ran["cases/\(name)"] = cases.count
        }
    }

    func steps() async throws {
        let papers = try read(golden.appendingPathComponent("papers.json")).list
        for (name, step) in try Steps(bundle).all {
            let cases = try read(golden.appendingPathComponent("cases/\(name).json")).list
            for golden in cases {
                let paper = golden.at("paper").int
                await suite.test("\(name) of paper \(paper)") {
                    try expect(step(papers[paper]).plain, golden.at("out"), tolerance)
                }
            }
            ran["cases/\(name)"] = cases.count
        }
    }

    func receipts() async throws {
        for picture in try pictures(golden) {
            let name = picture.deletingPathExtension().lastPathComponent
            await suite.test("receipt \(name) from its tape") {
                let golden = try read(picture.deletingPathExtension().appendingPathExtension("json"))
                let found = try await replayed(bundle, picture, golden)
                try expect(parseJson(found), golden.at("taped"), 0)
                try check(Spelling(found) == Spelling(writeJson(golden.at("taped"))), "the JSON is spelt otherwise")
            }
            ran["receipts/\(name)"] = 1
        }
    }
}

private func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw Failure("give the folder of the golden cases, and that of the bundle") }
    let golden = URL(fileURLWithPath: arguments[1])
    let bundle = try ReceiptBundle(URL(fileURLWithPath: arguments[2]))
    let manifest = try read(golden.appendingPathComponent("manifest.json"))
    let run = Run(golden, bundle, tolerance: manifest.at("tolerance").double)
    await run.suite.test("the cases were made with this bundle") {
        try check(manifest.at("bundle").string == bundle.digest, "they were not: python tests/golden/write.py")
    }
    try await run.functions()
    try await run.steps()
    try await run.receipts()
    let ran = run.ran
    await run.suite.test("every case ran") { try expect(ran.plain, manifest.at("cases"), 0) }
    try await unitTests(run.suite, bundle)
    try await extractionUnits(run.suite, bundle)
    await rereadUnits(run.suite, bundle)
    print("golden cases: \(ran.values.reduce(0, +))")
    run.suite.end()
}

do {
    try await main()
} catch {
    print("FAILED: \(error)")
    exit(2)
}

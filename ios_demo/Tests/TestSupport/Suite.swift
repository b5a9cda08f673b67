import Foundation

@testable import ReceiptCore

/// What a test found to be wrong.
package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Throws a `Failure` where something does not hold.
package func check(_ holds: Bool, _ problem: @autoclosure () -> String = "it does not hold") throws {
    if !holds { throw Failure(problem()) }
}

/// Counts tests that pass and fail; an error fails one.
package final class Suite {
    package private(set) var passed = 0
    package private(set) var failed = 0

    package init() {}

    package func test(_ name: String, _ run: () async throws -> Void) async {
        do {
            try await run()
            passed += 1
        } catch {
            failed += 1
            print("FAILED \(name): \(error)")
        }
    }

    /// Says how many passed and failed, and ends the process: 0 where all did.
    package func end(expected: Int? = nil) -> Never {
        print("\(passed) passed, \(failed) failed")
        exit(failed == 0 && passed > 0 && (expected ?? passed) == passed ? 0 : 1)
    }
}

package func read(_ file: URL) throws -> Json {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    do {
        return try parseJson(text)
    } catch {
        throw Failure("\(file.path): \(error)")
    }
}

/// The pictures of the golden receipts, in order.
package func pictures(_ golden: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
        at: golden.appendingPathComponent("receipts"), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "png" }.sorted { $0.path < $1.path }
}

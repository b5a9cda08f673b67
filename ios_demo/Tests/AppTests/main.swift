import Foundation
import TestSupport

// What of the app needs no framework of Apple's, and the adapter for Core ML with a stand-in in Core ML's place.
//
//     swift run appchecks EXAMPLE.json BUNDLE
//
// EXAMPLE.json: what the bench is to write of an invented measurement. BUNDLE: edgekit/bundles/default.

guard CommandLine.arguments.count == 3 else { fatalError("give a result of the bench, and a bundle") }
let suite = Suite()
await testDisplays(suite)
await testMeasurements(suite, example: URL(fileURLWithPath: CommandLine.arguments[1]))
await testSizes(suite)
await testAdapter(suite, bundle: URL(fileURLWithPath: CommandLine.arguments[2]))
suite.end()

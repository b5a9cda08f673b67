// swift-tools-version: 6.0
import Foundation
import PackageDescription

// `ReceiptCore` is Foundation only, so nothing here is fetched. ONNX Runtime is the one part that comes from outside:
// ONNXRUNTIME_DIR names a folder with `include/onnxruntime/onnxruntime_c_api.h` and `lib/` (Linux), or
// `Frameworks/onnxruntime.xcframework` lies beside this file (iOS, macOS). Without either there is no `ReceiptOrt`.
let folder = Context.environment["ONNXRUNTIME_DIR"]
let framework = "Frameworks/onnxruntime.xcframework"
let hasFramework = FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(framework)")
let hasOrt = folder != nil || hasFramework

let package = Package(
    name: "EdgeKit",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "ReceiptCore", targets: ["ReceiptCore"])],
    targets: [
        .target(name: "ReceiptCore"),
        .target(name: "TestSupport", dependencies: ["ReceiptCore"], path: "Tests/TestSupport"),
        .executableTarget(
            name: "golden", dependencies: ["ReceiptCore", "TestSupport"], path: "Tests/GoldenTests"),
    ]
)

if hasOrt {
    let include = folder.map { "-I\($0)/include" }
    let library = folder.map { ["-L\($0)/lib", "-Xlinker", "-rpath", "-Xlinker", "\($0)/lib", "-lonnxruntime"] }
    let clang: [SwiftSetting]? = include.map { [.unsafeFlags(["-Xcc", $0])] }
    package.products.append(.library(name: "ReceiptOrt", targets: ["ReceiptOrt"]))
    package.targets += [
        .target(
            name: "COnnxRuntime", dependencies: hasFramework ? ["onnxruntime"] : [],
            cSettings: include.map { [.unsafeFlags([$0])] }),
        .target(
            name: "ReceiptOrt", dependencies: ["ReceiptCore", "COnnxRuntime"], swiftSettings: clang,
            linkerSettings: library.map { [.unsafeFlags($0)] }),
        .executableTarget(
            name: "pixels", dependencies: ["ReceiptCore", "ReceiptOrt", "TestSupport"], path: "Tests/PixelTests",
            swiftSettings: clang),
    ]
}
if hasFramework {
    package.targets.append(.binaryTarget(name: "onnxruntime", path: framework))
}

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
    platforms: [.iOS(.v17), .macOS(.v14)],
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

// The adapter for Core ML, the app, and what of it needs no framework of Apple's.
package.products.append(.library(name: "ReceiptApp", targets: ["ReceiptApp"]))
package.targets += [
    .target(name: "ReceiptBench", dependencies: ["ReceiptCore"]),
    .target(name: "ReceiptDisplay", dependencies: ["ReceiptCore"]),
    .target(name: "ReceiptCoreML", dependencies: ["ReceiptCore"]),
    .target(name: "ReceiptApp", dependencies: ["ReceiptBench", "ReceiptCore", "ReceiptCoreML", "ReceiptDisplay"]),
]

// On Linux there are no such frameworks: modules of their names declare what is used of them, to check types against.
#if os(Linux)
    let shims = [
        "AppleFoundation": [], "CoreVideo": ["AppleFoundation"], "CoreML": ["AppleFoundation", "CoreVideo"],
        "CoreGraphics": ["AppleFoundation"], "Darwin": [], "ImageIO": ["CoreGraphics"], "UIKit": ["CoreGraphics"],
        "SwiftUI": ["CoreGraphics", "UIKit"], "PhotosUI": ["SwiftUI"],
    ]
    let uses = [
        "ReceiptCoreML": ["CoreML", "CoreVideo"],
        "ReceiptApp": ["CoreGraphics", "Darwin", "ImageIO", "PhotosUI", "SwiftUI", "UIKit"],
    ]
    for target in package.targets {
        target.dependencies += uses[target.name, default: []].map { .init(stringLiteral: $0) }
    }
    package.targets += shims.map { name, modules in
        .target(name: name, dependencies: modules.map { .init(stringLiteral: $0) }, path: "Shims/\(name)")
    }
    package.targets += [
        .target(
            name: "Receipts", dependencies: ["ReceiptApp", "SwiftUI"], path: "App/Receipts",
            exclude: ["Assets.xcassets", "InfoPlist.xcstrings", "Localizable.xcstrings", "PrivacyInfo.xcprivacy"]),
        .executableTarget(
            name: "appchecks",
            dependencies: [
                "AppSupport", "CoreML", "CoreVideo", "ReceiptBench", "ReceiptCore", "ReceiptCoreML", "ReceiptDisplay",
                "TestSupport",
            ],
            path: "Tests/AppTests", exclude: ["bench.json"]),
        .target(name: "AppSupport", dependencies: ["ReceiptCore", "TestSupport"], path: "Tests/AppSupport"),
    ]
    if let folder {
        package.targets.append(
            .executableTarget(
                name: "adapter",
                dependencies: [
                    "AppSupport", "CoreML", "CoreVideo", "ReceiptCore", "ReceiptCoreML", "ReceiptOrt", "TestSupport",
                ],
                path: "Tests/AdapterTests", swiftSettings: [.unsafeFlags(["-Xcc", "-I\(folder)/include"])]))
    }

    // What is only checked here, and not timed, compiles faster without being optimised.
    let optimised = ["COnnxRuntime", "ReceiptCore", "ReceiptCoreML", "ReceiptOrt", "TestSupport", "adapter"]
    for target in package.targets where !optimised.contains(target.name) {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-Onone"])]
    }
#endif

/// What ReceiptApp uses of Apple's UIKit, for Linux: declarations, to check types against.
@_exported import CoreGraphics

@MainActor open class UIResponder: NSObject { public override nonisolated init() {} }
@MainActor open class UIViewController: UIResponder {}
@MainActor open class UINavigationController: UIViewController {}

@MainActor public protocol UINavigationControllerDelegate: AnyObject {}

@MainActor public protocol UIImagePickerControllerDelegate: AnyObject {
    func imagePickerController(
        _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any])
    func imagePickerControllerDidCancel(_ picker: UIImagePickerController)
}

@MainActor open class UIImagePickerController: UINavigationController {
    public enum SourceType: Int, Sendable { case photoLibrary, camera, savedPhotosAlbum }

    public struct InfoKey: Hashable, RawRepresentable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let originalImage = InfoKey(rawValue: "UIImagePickerControllerOriginalImage")
    }

    open class func isSourceTypeAvailable(_ sourceType: SourceType) -> Bool { false }
    open var sourceType = SourceType.photoLibrary
    open weak var delegate: (any UIImagePickerControllerDelegate & UINavigationControllerDelegate)?
}

open class UIImage: NSObject, @unchecked Sendable {
    open func jpegData(compressionQuality: CGFloat) -> Data? { nil }
}

@MainActor open class UIDevice: NSObject {
    public enum BatteryState: Int, Sendable { case unknown, unplugged, charging, full }
    nonisolated override init() {}
    open class var current: UIDevice { UIDevice() }
    open var isBatteryMonitoringEnabled = false
    open var batteryState: BatteryState { .unknown }
}

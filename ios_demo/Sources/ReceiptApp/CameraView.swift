#if canImport(UIKit)
    import SwiftUI
    import UIKit

    /// The system's camera for one photo.
    struct CameraView: UIViewControllerRepresentable {
        /// A photo has some 12 million pixels; at this quality print stays clean.
        private static let quality = 0.95

        static var isAvailable: Bool { UIImagePickerController.isSourceTypeAvailable(.camera) }

        /// Called with a JPEG, its orientation in EXIF.
        let take: (Data) -> Void
        @Environment(\.dismiss) private var dismiss

        func makeUIViewController(context: Context) -> UIImagePickerController {
            let camera = UIImagePickerController()
            camera.sourceType = .camera
            camera.delegate = context.coordinator
            return camera
        }

        func updateUIViewController(_ controller: UIImagePickerController, context: Context) {}

        func makeCoordinator() -> Coordinator { Coordinator(self) }

        @MainActor final class Coordinator: NSObject, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
            private let camera: CameraView

            init(_ camera: CameraView) { self.camera = camera }

            func imagePickerController(
                _ picker: UIImagePickerController,
                didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
            ) {
                let image = info[.originalImage] as? UIImage
                if let data = image?.jpegData(compressionQuality: CameraView.quality) { camera.take(data) }
                camera.dismiss()
            }

            func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { camera.dismiss() }
        }
    }
#endif

import PhotosUI
import SwiftUI

/// Choose or take a photo, and see what was read.
struct ReadView: View {
    let model: ReadModel
    let engine: Engine
    @State private var picked: PhotosPickerItem?
    @State private var takesPhoto = false

    var body: some View {
        NavigationStack {
            content
                .navigationTitle("Receipt")
                .toolbar { buttons }
        }
        .onChange(of: picked) { _, item in
            guard let item else { return }
            picked = nil
            model.read(with: engine) { try await item.loadTransferable(type: Data.self) }
        }
        #if canImport(UIKit)
            .fullScreenCover(isPresented: $takesPhoto) {
                CameraView { data in model.read(with: engine) { data } }
                .ignoresSafeArea()
            }
        #endif
    }

    @ViewBuilder private var content: some View {
        switch model.phase {
        case .empty:
            ContentUnavailableView(
                "No receipt yet", systemImage: "doc.text.viewfinder",
                description: Text("Choose or take a photo. It is read on this device and goes nowhere else."))
        case .reading:
            ProgressView("Reading")
        case .read(let found):
            ResultView(found: found).id(found.id)
        case .failed(let reason):
            ContentUnavailableView(
                "This photo cannot be read", systemImage: "exclamationmark.triangle",
                description: Text(verbatim: reason))
        }
    }

    @ToolbarContentBuilder private var buttons: some ToolbarContent {
        ToolbarItem(placement: .primaryAction) {
            PhotosPicker(selection: $picked, matching: .images, preferredItemEncoding: .current) {
                Label("Choose a photo", systemImage: "photo.on.rectangle")
            }
        }
        #if canImport(UIKit)
            ToolbarItem(placement: .primaryAction) {
                Button {
                    takesPhoto = true
                } label: {
                    Label("Take a photo", systemImage: "camera")
                }
                .disabled(!CameraView.isAvailable)
            }
        #endif
    }
}

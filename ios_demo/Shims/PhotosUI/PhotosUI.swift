/// What ReceiptApp uses of Apple's PhotosUI, for Linux: declarations, to check types against.
import SwiftUI

public protocol Transferable: Sendable {}
extension Data: Transferable {}

public struct PHPickerFilter: Sendable { public static let images = PHPickerFilter() }

public struct PhotosPickerItem: Hashable, Sendable {
    public struct EncodingDisambiguationPolicy: Sendable {
        public static let current = EncodingDisambiguationPolicy()
    }

    public func loadTransferable<T: Transferable>(type: T.Type) async throws -> T? { nil }
}

public struct PhotosPicker<Label: View>: View {
    public init(
        selection: Binding<PhotosPickerItem?>, matching filter: PHPickerFilter? = nil,
        preferredItemEncoding: PhotosPickerItem.EncodingDisambiguationPolicy, @ViewBuilder label: () -> Label
    ) {}

    public init(
        selection: Binding<[PhotosPickerItem]>, maxSelectionCount: Int? = nil, matching filter: PHPickerFilter? = nil,
        preferredItemEncoding: PhotosPickerItem.EncodingDisambiguationPolicy, @ViewBuilder label: () -> Label
    ) {}

    public var body: some View { EmptyView() }
}

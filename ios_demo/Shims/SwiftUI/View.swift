// swift-format-ignore-file: names and initialisers are those of Apple

/// What ReceiptApp uses of Apple's SwiftUI, for Linux: declarations, to check types against. Nothing is shown.
@_exported import CoreGraphics
@_exported import Observation

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View { public var body: Never { fatalError("no view") } }

extension Optional: View where Wrapped: View { public typealias Body = Never }

public struct EmptyView: View {
    public nonisolated init() {}
    public typealias Body = Never
}

/// What modifiers and builders make.
public struct ModifiedContent<Content>: View {
    public typealias Body = Never
    nonisolated init() {}
}

public struct TupleView<T>: View {
    public typealias Body = Never
    nonisolated init() {}
}

public struct _ConditionalContent<TrueContent, FalseContent>: View {
    public typealias Body = Never
    nonisolated init() {}
}

@resultBuilder public struct ViewBuilder {
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<
        (repeat each Content)
    > {
        TupleView()
    }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<First: View, Second: View>(first: First) -> _ConditionalContent<First, Second> {
        _ConditionalContent()
    }
    public static func buildEither<First: View, Second: View>(second: Second) -> _ConditionalContent<First, Second> {
        _ConditionalContent()
    }
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
}

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: Scene {}

@resultBuilder public struct SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
    public static func buildExpression<Content: Scene>(_ content: Content) -> Content { content }
}

public struct WindowGroup<Content: View>: Scene {
    public nonisolated init(@ViewBuilder content: () -> Content) {}
    public var body: Never { fatalError("no scene") }
}

@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
    @MainActor @preconcurrency init()
}

extension App { @MainActor public static func main() {} }

@MainActor @preconcurrency public protocol ToolbarContent {}

@resultBuilder public struct ToolbarContentBuilder {
    public static func buildBlock<each Content: ToolbarContent>(
        _ content: repeat each Content
    ) -> some ToolbarContent { Tools() }
    public static func buildExpression<Content: ToolbarContent>(_ content: Content) -> Content { content }
}

struct Tools: ToolbarContent { nonisolated init() {} }

public struct ToolbarItemPlacement: Sendable { public static let primaryAction = ToolbarItemPlacement() }

public struct ToolbarItem<ID, Content: View>: ToolbarContent {}
extension ToolbarItem where ID == () {
    public nonisolated init(placement: ToolbarItemPlacement, @ViewBuilder content: () -> Content) {}
}

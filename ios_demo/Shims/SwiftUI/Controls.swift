public struct Label<Title: View, Icon: View>: View { public typealias Body = Never }

extension Label where Title == Text, Icon == Image {
    public init(_ titleKey: LocalizedStringKey, systemImage name: String) {}
}

public struct ButtonRole: Sendable { public static let cancel = ButtonRole() }

public struct Button<Label: View>: View {
    public typealias Body = Never
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {}
}

extension Button where Label == Text {
    public init(_ titleKey: LocalizedStringKey, action: @escaping @MainActor () -> Void) {}
    public init(_ titleKey: LocalizedStringKey, role: ButtonRole?, action: @escaping @MainActor () -> Void) {}
}

public struct Picker<Label: View, SelectionValue: Hashable, Content: View>: View { public typealias Body = Never }

extension Picker where Label == Text {
    public init(
        _ titleKey: LocalizedStringKey, selection: Binding<SelectionValue>, @ViewBuilder content: () -> Content
    ) {}
}

public struct LabeledContent<Label: View, Content: View>: View {
    public typealias Body = Never
    public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label) {}
}

public struct DisclosureGroup<Label: View, Content: View>: View { public typealias Body = Never }

extension DisclosureGroup where Label == Text {
    public init(_ titleKey: LocalizedStringKey, @ViewBuilder content: @escaping () -> Content) {}
}

public struct ShareLink<Label: View>: View {
    public typealias Body = Never
    public init(item: String, @ViewBuilder label: () -> Label) {}
    public init(item: URL, @ViewBuilder label: () -> Label) {}
}

public struct ProgressView<Label: View>: View {
    public typealias Body = Never
    public init<V: BinaryFloatingPoint>(value: V?, total: V = 1.0, @ViewBuilder label: () -> Label) {}
}

extension ProgressView where Label == Text { public init(_ titleKey: LocalizedStringKey) {} }

public struct ContentUnavailableView<Label: View, Description: View, Actions: View>: View {
    public typealias Body = Never
    public init(
        @ViewBuilder label: () -> Label, @ViewBuilder description: () -> Description,
        @ViewBuilder actions: () -> Actions
    ) {}
}

extension ContentUnavailableView where Label == SwiftUI.Label<Text, Image>, Description == Text?, Actions == EmptyView {
    public init(_ title: LocalizedStringKey, systemImage name: String, description: Text? = nil) {}
}

/// Modifiers of SwiftUI's views, with its signatures; what they return says nothing.
extension View {
    private func changed() -> ModifiedContent<Self> { ModifiedContent() }

    public func task<T: Equatable>(
        id value: T, priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: @escaping @Sendable () async -> Void
    ) -> some View { changed() }
    public func onChange<V: Equatable>(
        of value: V, initial: Bool = false, _ action: @escaping (_ oldValue: V, _ newValue: V) -> Void
    ) -> some View { changed() }
    public func onTapGesture(count: Int = 1, perform action: @escaping (CGPoint) -> Void) -> some View { changed() }
    public func fullScreenCover<Content: View>(
        isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> Content
    ) -> some View { changed() }

    public func tabItem<V: View>(@ViewBuilder _ label: () -> V) -> some View { changed() }
    public func toolbar<Content: ToolbarContent>(@ToolbarContentBuilder content: () -> Content) -> some View {
        changed()
    }
    public func navigationTitle(_ titleKey: LocalizedStringKey) -> some View { changed() }
    public func navigationTitle(_ title: Text) -> some View { changed() }
    public func disabled(_ disabled: Bool) -> some View { changed() }
    public func id<ID: Hashable>(_ id: ID) -> some View { changed() }
    public func tag<V: Hashable>(_ tag: V) -> some View { changed() }

    public func padding(_ length: CGFloat) -> some View { changed() }
    public func padding() -> some View { changed() }
    public func frame(maxWidth: CGFloat? = nil) -> some View { changed() }
    public func ignoresSafeArea() -> some View { changed() }
    public func aspectRatio(_ aspectRatio: CGFloat? = nil, contentMode: ContentMode) -> some View { changed() }
    public func overlay<V: View>(@ViewBuilder content: () -> V) -> some View { changed() }
    public func contentShape<S: Shape>(_ shape: S) -> some View { changed() }
    public func listRowInsets(_ insets: EdgeInsets?) -> some View { changed() }
    public func listRowBackground<V: View>(_ view: V?) -> some View { changed() }

    public func font(_ font: Font?) -> some View { changed() }
    public func bold(_ isActive: Bool = true) -> some View { changed() }
    public func monospacedDigit() -> some View { changed() }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { changed() }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { changed() }
    public func textSelection<S: TextSelectability>(_ selectability: S) -> some View { changed() }
}

public protocol TextSelectability {}
public struct EnabledTextSelectability: TextSelectability {}
extension TextSelectability where Self == EnabledTextSelectability {
    public static var enabled: EnabledTextSelectability { EnabledTextSelectability() }
}

public struct AccessibilityChildBehavior: Sendable {
    public static let ignore = AccessibilityChildBehavior()
    public static let combine = AccessibilityChildBehavior()
}

public struct AccessibilityTraits: SetAlgebra, Sendable {
    public static let isButton = AccessibilityTraits()
    public static let isSelected = AccessibilityTraits()
    public static let isImage = AccessibilityTraits()
    private var traits: Set<Int> = []
    public init() {}
    public func contains(_ member: AccessibilityTraits) -> Bool { traits.isSuperset(of: member.traits) }
    public func union(_ other: AccessibilityTraits) -> AccessibilityTraits { self }
    public func intersection(_ other: AccessibilityTraits) -> AccessibilityTraits { self }
    public func symmetricDifference(_ other: AccessibilityTraits) -> AccessibilityTraits { self }
    public mutating func insert(
        _ newMember: AccessibilityTraits
    ) -> (inserted: Bool, memberAfterInsert: AccessibilityTraits) { (true, newMember) }
    public mutating func remove(_ member: AccessibilityTraits) -> AccessibilityTraits? { nil }
    public mutating func update(with newMember: AccessibilityTraits) -> AccessibilityTraits? { nil }
    public mutating func formUnion(_ other: AccessibilityTraits) {}
    public mutating func formIntersection(_ other: AccessibilityTraits) {}
    public mutating func formSymmetricDifference(_ other: AccessibilityTraits) {}
}

extension View {
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View { self }
    public func accessibilityLabel(_ label: Text) -> some View { self }
    public func accessibilityLabel(_ labelKey: LocalizedStringKey) -> some View { self }
    public func accessibilityValue(_ value: Text) -> some View { self }
    public func accessibilityValue(_ valueKey: LocalizedStringKey) -> some View { self }
    public func accessibilityHint(_ hintKey: LocalizedStringKey) -> some View { self }
    public func accessibilityHidden(_ hidden: Bool) -> some View { self }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }
}

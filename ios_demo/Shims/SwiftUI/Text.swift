// swift-format-ignore-file: names and initialisers are those of Apple

public struct LocalizedStringKey: Equatable, ExpressibleByStringInterpolation {
    public init(_ value: String) {}
    public init(stringLiteral value: String) {}
    public init(stringInterpolation: StringInterpolation) {}

    public struct StringInterpolation: StringInterpolationProtocol {
        public init(literalCapacity: Int, interpolationCount: Int) {}
        public mutating func appendLiteral(_ literal: String) {}
        public mutating func appendInterpolation(_ string: String) {}
        public mutating func appendInterpolation<T: _FormatSpecifiable>(_ value: T) {}
        public mutating func appendInterpolation<F: FormatStyle>(_ input: F.FormatInput, format: F)
        where F.FormatInput: Equatable, F.FormatOutput == String {}
    }
}

public protocol _FormatSpecifiable: Equatable {}
extension Int: _FormatSpecifiable {}
extension Double: _FormatSpecifiable {}

public struct Text: View {
    public init(
        _ key: LocalizedStringKey, tableName: String? = nil, bundle: Bundle? = nil, comment: StaticString? = nil
    ) {}
    public init(verbatim content: String) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ content: S) {}
    public init<F: FormatStyle>(_ input: F.FormatInput, format: F)
    where F.FormatInput: Equatable, F.FormatOutput == String {}
    public typealias Body = Never

    public func font(_ font: Font?) -> Text { self }
    public func bold() -> Text { self }
    public func monospacedDigit() -> Text { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> Text { self }
}

public struct Font: Sendable {
    public static let largeTitle = Font()
    public static let footnote = Font()
    public static let caption = Font()
    public func monospaced() -> Font { self }
}

public protocol ShapeStyle: Sendable {}

public struct Color: ShapeStyle, View {
    nonisolated init() {}
    public nonisolated static var gray: Color { Color() }
    public nonisolated static var green: Color { Color() }
    public nonisolated static var orange: Color { Color() }
    public nonisolated static var red: Color { Color() }
    public nonisolated static var accentColor: Color { Color() }
    public nonisolated func opacity(_ opacity: Double) -> Color { self }
    public typealias Body = Never
}

extension ShapeStyle where Self == Color {
    public static var orange: Color { Color() }
    public static var red: Color { Color() }
}

public struct HierarchicalShapeStyle: ShapeStyle {
    public static let primary = HierarchicalShapeStyle()
    public static let secondary = HierarchicalShapeStyle()
}

extension ShapeStyle where Self == HierarchicalShapeStyle {
    public static var primary: HierarchicalShapeStyle { .primary }
    public static var secondary: HierarchicalShapeStyle { .secondary }
}

public struct TintShapeStyle: ShapeStyle { init() {} }
extension ShapeStyle where Self == TintShapeStyle { public static var tint: TintShapeStyle { TintShapeStyle() } }

public struct Image: View {
    public init(systemName: String) {}
    public init(decorative cgImage: CGImage, scale: CGFloat) {}
    public func resizable() -> Image { self }
    public typealias Body = Never
}

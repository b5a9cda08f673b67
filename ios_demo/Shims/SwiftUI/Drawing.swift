public struct Path: Sendable {
    public init(_ callback: (inout Path) -> Void) {}
    public mutating func addLines(_ lines: [CGPoint]) {}
    public mutating func closeSubpath() {}
}

public struct StrokeStyle: Equatable, Sendable {
    public init(lineWidth: CGFloat = 1, dash: [CGFloat] = []) {}
}

public struct GraphicsContext {
    public struct Shading: Sendable { public static func color(_ color: Color) -> Shading { Shading() } }
    public func fill(_ path: Path, with shading: Shading) {}
    public func stroke(_ path: Path, with shading: Shading, style: StrokeStyle) {}
}

public struct Canvas: View {
    public typealias Body = Never
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) {}
}

public protocol Shape: Sendable, View {}
public struct Rectangle: Shape {
    public typealias Body = Never
    public init() {}
}

public struct EdgeInsets: Equatable, Sendable { public init() {} }
public enum ContentMode: Sendable { case fit, fill }
public enum TextAlignment: Sendable { case leading, center, trailing }

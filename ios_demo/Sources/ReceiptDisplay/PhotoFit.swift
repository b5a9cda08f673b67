import Foundation
import ReceiptCore

/// Where a photo lies in a frame that shows it whole: as large as fits, in the middle.
public struct PhotoFit: Sendable, Equatable {
    /// Points of the frame by pixel of the photo.
    public let scale: Double
    /// The photo's first corner in the frame.
    public let origin: CGPoint

    /// - Parameters:
    ///   - width: of the photo, in pixels.
    ///   - height: of the photo, in pixels.
    public init(width: Int, height: Int, in frame: CGSize) {
        let sides = (max(Double(width), 1), max(Double(height), 1))
        scale = max(min(Double(frame.width) / sides.0, Double(frame.height) / sides.1), 0)
        origin = CGPoint(
            x: (Double(frame.width) - sides.0 * scale) / 2, y: (Double(frame.height) - sides.1 * scale) / 2)
    }

    public func place(_ point: Point) -> CGPoint {
        CGPoint(x: Double(origin.x) + point.x * scale, y: Double(origin.y) + point.y * scale)
    }

    /// The corners of a quad in the frame.
    public func corners(_ quad: Quad) -> [CGPoint] { quad.points.map(place) }

    /// The pixel of the photo at a place of the frame; outside of the photo there is none, and numbers go on.
    public func pixel(_ place: CGPoint) -> Point {
        guard scale > 0 else { return Point(0, 0) }
        return Point(Double(place.x - origin.x) / scale, Double(place.y - origin.y) / scale)
    }
}

/// The number of the line under a finger: of those around a point the smallest; nil where there is none.
public func line(at point: Point, of lines: [TextLine]) -> Int? {
    lines.indices
        .filter { contains(lines[$0].quad, point) }
        .min { area(lines[$0].quad) < area(lines[$1].quad) }
}

/// Whether a point lies inside or on a quad without dents, either way round.
func contains(_ quad: Quad, _ point: Point) -> Bool {
    let corners = quad.points
    let sides = corners.indices.map { i in
        let (a, b) = (corners[i], corners[(i + 1) % 4])
        return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
    }
    return sides.allSatisfy { $0 >= 0 } || sides.allSatisfy { $0 <= 0 }
}

/// Pixels inside a quad (shoelace formula).
func area(_ quad: Quad) -> Double {
    let corners = quad.points
    let twice = corners.indices.reduce(0.0) { sum, i in
        let (a, b) = (corners[i], corners[(i + 1) % 4])
        return sum + a.x * b.y - b.x * a.y
    }
    return abs(twice) / 2
}

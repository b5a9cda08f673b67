import Foundation

// Geometry of quads: sizes, tilts, turns, and the map between a rectangle and a quad.

/// Pixels: of the sides along the text, and of those across it.
struct Size: Sendable {
    let along: Double
    let across: Double
}

func distance(_ a: Point, _ b: Point) -> Double { hypot(a.x - b.x, a.y - b.y) }

func radians(_ degrees: Double) -> Double { degrees * (Double.pi / 180) }

func degrees(_ radians: Double) -> Double { radians * (180 / Double.pi) }

/// Mean length of the sides along the text, and of those across it, in pixels.
func quadSize(_ quad: Quad) -> Size {
    let along = distance(quad.topLeft, quad.topRight) + distance(quad.bottomLeft, quad.bottomRight)
    let across = distance(quad.topLeft, quad.bottomLeft) + distance(quad.topRight, quad.bottomRight)
    return Size(along: along / 2, across: across / 2)
}

/// Direction of a quad's text in degrees, -180..180, clockwise positive from the x axis.
func tilt(_ quad: Quad) -> Double {
    let (p0, p1, p2, p3) = (quad.topLeft, quad.topRight, quad.bottomRight, quad.bottomLeft)
    return degrees(atan2((p1.y - p0.y) + (p2.y - p3.y), (p1.x - p0.x) + (p2.x - p3.x)))
}

/// Median tilt of quads in degrees, each weighing its length; 0 without quads.
func skew(_ quads: [Quad]) -> Double {
    let tilts = quads.map { (tilt($0), distance($0.topLeft, $0.topRight)) }.sorted(by: <)
    var half = tilts.reduce(0) { $0 + $1.1 } / 2
    for (angle, length) in tilts {
        half -= length
        if half <= 0 { return angle }
    }
    return 0
}

/// Where a point of a picture lands when that is turned clockwise by 0, 90, 180 or 270 degrees.
func turnPoint(_ point: Point, _ degrees: Int, width: Int, height: Int) -> Point {
    switch degrees {
    case 0: point
    case 90: Point(Double(height) - point.y, point.x)
    case 180: Point(Double(width) - point.x, Double(height) - point.y)
    case 270: Point(point.y, Double(width) - point.x)
    default: preconditionFailure("\(degrees) is no quarter turn")
    }
}

/// A point turned clockwise about the origin.
func rotated(_ point: Point, _ degrees: Double) -> Point {
    let cosine = cos(radians(degrees))
    let sine = sin(radians(degrees))
    return Point(point.x * cosine - point.y * sine, point.x * sine + point.y * cosine)
}

/// The smallest rectangle tilted by some degrees around quads (at least one), widened by `margin` pixels.
func boundingQuad(_ quads: [Quad], _ degrees: Double, _ margin: Double) -> Quad {
    var (left, top) = (Double.infinity, Double.infinity)
    var (right, bottom) = (-Double.infinity, -Double.infinity)
    for point in quads.flatMap(\.points).map({ rotated($0, -degrees) }) {
        left = min(left, point.x)
        right = max(right, point.x)
        top = min(top, point.y)
        bottom = max(bottom, point.y)
    }
    (left, right, top, bottom) = (left - margin, right + margin, top - margin, bottom + margin)
    return Quad(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
        .map { rotated($0, degrees) }
}

/// Coefficients a..h with `x = (a u + b v + c) / (g u + h v + 1)`, `y = (d u + e v + f) / (g u + h v + 1)`.
///
/// They take the rectangle 0...width x 0...height onto the quad: the closed form of Heckbert, "Fundamentals of Texture
/// Mapping and Image Warping" (1989), section 2.2.3.
func homography(_ width: Int, _ height: Int, _ quad: Quad) -> [Double] {
    let (p0, p1, p2, p3) = (quad.topLeft, quad.topRight, quad.bottomRight, quad.bottomLeft)
    let sx = p0.x - p1.x + p2.x - p3.x
    let sy = p0.y - p1.y + p2.y - p3.y
    let dx1 = p1.x - p2.x
    let dx2 = p3.x - p2.x
    let dy1 = p1.y - p2.y
    let dy2 = p3.y - p2.y
    let product = dx1 * dy2 - dx2 * dy1
    let area = product == 0 ? 1e-9 : product  // an empty quad samples one point instead of dividing by zero
    let g = (sx * dy2 - dx2 * sy) / area
    let h = (dx1 * sy - sx * dy1) / area
    let a = p1.x - p0.x + g * p1.x
    let b = p3.x - p0.x + h * p3.x
    let d = p1.y - p0.y + g * p1.y
    let e = p3.y - p0.y + h * p3.y
    let (w, t) = (Double(width), Double(height))
    return [a / w, b / t, p0.x, d / w, e / t, p0.y, g / w, h / t]
}

/// Where a homography takes a point of its rectangle.
func project(_ point: Point, _ k: [Double]) -> Point {
    let w = k[6] * point.x + k[7] * point.y + 1
    return Point((k[0] * point.x + k[1] * point.y + k[2]) / w, (k[3] * point.x + k[4] * point.y + k[5]) / w)
}

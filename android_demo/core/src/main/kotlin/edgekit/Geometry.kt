package edgekit

import kotlin.math.PI
import kotlin.math.atan2
import kotlin.math.cos
import kotlin.math.hypot
import kotlin.math.sin

/*
 * Geometry of quads: sizes, tilts, turns, and the map between a rectangle and a quad.
 */

/** [along]: of the sides along the text; [across]: of those across it; in pixels. */
data class Size(val along: Double, val across: Double)

fun distance(a: Point, b: Point): Double = hypot(a.x - b.x, a.y - b.y)

fun radians(degrees: Double): Double = degrees * (PI / 180.0)

fun degrees(radians: Double): Double = radians * (180.0 / PI)

/** Mean length of the sides along the text, and of those across it, in pixels. */
fun quadSize(quad: Quad): Size {
    val (a, b, c, d) = quad
    return Size((distance(a, b) + distance(d, c)) / 2, (distance(a, d) + distance(b, c)) / 2)
}

/** Direction of a quad's text in degrees, -180..180, clockwise positive from the x axis. */
fun tilt(quad: Quad): Double {
    val (p0, p1, p2, p3) = quad
    return degrees(atan2((p1.y - p0.y) + (p2.y - p3.y), (p1.x - p0.x) + (p2.x - p3.x)))
}

/** Median tilt of quads in degrees, each weighing its length; 0 without quads. */
fun skew(quads: List<Quad>): Double {
    val tilts = quads.map { Pair(tilt(it), distance(it.topLeft, it.topRight)) }
        .sortedWith(compareBy({ it.first }, { it.second }))
    var half = tilts.sumOf { it.second } / 2
    for ((angle, length) in tilts) {
        half -= length
        if (half <= 0) return angle
    }
    return 0.0
}

/** Where a point of a [width] x [height] picture lands when that is turned clockwise by 0, 90, 180 or 270 degrees. */
fun turnPoint(point: Point, degrees: Int, width: Int, height: Int): Point = when (degrees) {
    0 -> point
    90 -> Point(height - point.y, point.x)
    180 -> Point(width - point.x, height - point.y)
    270 -> Point(point.y, width - point.x)
    else -> throw IllegalArgumentException("$degrees is no quarter turn")
}

/** A point turned clockwise about the origin. */
fun rotated(point: Point, degrees: Double): Point {
    val cos = cos(radians(degrees))
    val sin = sin(radians(degrees))
    return Point(point.x * cos - point.y * sin, point.x * sin + point.y * cos)
}

/** The smallest rectangle tilted by [degrees] around some quads (at least one), widened by [margin] pixels. */
fun boundingQuad(quads: List<Quad>, degrees: Double, margin: Double): Quad {
    val level = quads.flatMap { quad -> quad.points.map { rotated(it, -degrees) } }
    val left = level.minOf { it.x } - margin
    val right = level.maxOf { it.x } + margin
    val top = level.minOf { it.y } - margin
    val bottom = level.maxOf { it.y } + margin
    return Quad(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
        .map { rotated(it, degrees) }
}

/**
 * Coefficients a..h with `x = (a u + b v + c) / (g u + h v + 1)`, `y = (d u + e v + f) / (g u + h v + 1)`.
 *
 * They take the rectangle 0..[width] x 0..[height] onto the quad: the closed form of Heckbert, "Fundamentals of Texture
 * Mapping and Image Warping" (1989), section 2.2.3.
 */
fun homography(width: Int, height: Int, quad: Quad): DoubleArray {
    val (p0, p1, p2, p3) = quad
    val sx = p0.x - p1.x + p2.x - p3.x
    val sy = p0.y - p1.y + p2.y - p3.y
    val dx1 = p1.x - p2.x
    val dx2 = p3.x - p2.x
    val dy1 = p1.y - p2.y
    val dy2 = p3.y - p2.y
    val product = dx1 * dy2 - dx2 * dy1
    val area = if (product == 0.0) 1e-9 else product // an empty quad samples one point instead of dividing by zero
    val g = (sx * dy2 - dx2 * sy) / area
    val h = (dx1 * sy - sx * dy1) / area
    val a = p1.x - p0.x + g * p1.x
    val b = p3.x - p0.x + h * p3.x
    val d = p1.y - p0.y + g * p1.y
    val e = p3.y - p0.y + h * p3.y
    return doubleArrayOf(a / width, b / height, p0.x, d / width, e / height, p0.y, g / width, h / height)
}

/** Where a [homography] takes a point of its rectangle. */
fun project(point: Point, coefficients: DoubleArray): Point {
    val k = coefficients
    val w = k[6] * point.x + k[7] * point.y + 1
    return Point((k[0] * point.x + k[1] * point.y + k[2]) / w, (k[3] * point.x + k[4] * point.y + k[5]) / w)
}

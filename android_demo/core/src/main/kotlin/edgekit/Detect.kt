package edgekit

import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.cos
import kotlin.math.max
import kotlin.math.min
import kotlin.math.sin
import kotlin.math.sqrt

/*
 * Text detection: a picture in, the quads of its lines out.
 *
 * The network is a Differentiable Binarization detector (Liao et al., "Real-time Scene Text Detection with
 * Differentiable Binarization", 2020): a heat map of shrunken text regions. What follows the network is arithmetic of
 * runs: regions are runs of hot pixels joined to components, a component's moments give its tilt, its extents along that
 * tilt give its box, and the box is grown back by the ratio by which training shrank it (Vatti offset of a rectangle:
 * every side moves out by the same distance).
 */

/**
 * Constants of detection.
 *
 * [multiple]: sides given to the network are multiples of this. [maxPixels]: and their product is at most this.
 * [shortSide]: the short side aimed at; a smaller picture is enlarged, a larger one reduced. [threshold]: heat above
 * which a pixel is text. [minScore]: least mean heat of a region. [minSide]: least thickness of a region in heat-map
 * pixels. [unclip]: growth ratio. [elongated]: length by thickness from which a region's own tilt is trusted.
 * [maxTilt]: degrees by which a region may tilt away from the page before its own tilt is distrusted. [lookTilt]:
 * degrees of skew from which the text is looked at again, level. [lookShare]: so it is where the rectangle around it
 * covers at most this share of the picture. [lookMargin]: line heights left free around it.
 */
class DetectParams(node: Node) {
    private val members = node.members(
        listOf(
            "multiple", "max_pixels", "short_side", "threshold", "min_score", "min_side", "unclip", "elongated",
            "max_tilt", "look_tilt", "look_share", "look_margin",
        ),
    )
    val multiple = members.getValue("multiple").integer()
    val maxPixels = members.getValue("max_pixels").integer()
    val shortSide = members.getValue("short_side").integer()
    val threshold = members.getValue("threshold").number()
    val minScore = members.getValue("min_score").number()
    val minSide = members.getValue("min_side").number()
    val unclip = members.getValue("unclip").number()
    val elongated = members.getValue("elongated").number()
    val maxTilt = members.getValue("max_tilt").number()
    val lookTilt = members.getValue("look_tilt").number()
    val lookShare = members.getValue("look_share").number()
    val lookMargin = members.getValue("look_margin").number()
}

/** [quads]: of the lines, in pixels of the picture given. [upright]: false where most text runs down or up it. */
class Detection(val quads: List<Quad>, val upright: Boolean)

/** Finds the lines of text in a picture. */
class Detector(private val session: Session, private val params: DetectParams) {
    /**
     * Quads of all lines, unordered; each starts at its left end unless [Detection.upright] is false.
     *
     * Where the first look shows that the text is tilted, or is only a small part of the picture, a second one takes
     * the rectangle around the text, level and at full input size. A receipt that fills its photo pays nothing.
     */
    fun detect(picture: Picture): Detection {
        val size = inputSize(picture.width.toDouble(), picture.height.toDouble(), params)
        val right = picture.width.toDouble()
        val bottom = picture.height.toDouble()
        val whole = Quad(Point(0.0, 0.0), Point(right, 0.0), Point(right, bottom), Point(0.0, bottom))
        val found = look(resize(picture, size.width, size.height), whole)
        if (!found.upright || found.quads.isEmpty()) return found
        val area = textArea(found.quads)
        val (along, across) = quadSize(area)
        val small = along * across <= params.lookShare * picture.width * picture.height
        if (!small && abs(skew(found.quads)) < params.lookTilt) return found
        val closer = inputSize(along, across, params)
        return look(crop(picture, area, closer.width, closer.height), area)
    }

    /** Lines in a view of an area, in the coordinates of that area's corners. */
    private fun look(view: Picture, area: Quad): Detection {
        val given = Tensor.Bytes(intArrayOf(1, view.height, view.width, 3), view.toBytes())
        val (heat) = session.run(given)
        if (!heat.shape.contentEquals(intArrayOf(1, view.height, view.width))) {
            throw BackendError("stage 'detect': a heat map of another size than the picture; export the bundle again")
        }
        val found = findLines(heat.floats("detect"), view.width, view.height, params)
        val there = homography(view.width, view.height, area)
        return Detection(found.quads.map { quad -> quad.map { project(it, there) } }, found.upright)
    }

    private fun textArea(quads: List<Quad>): Quad {
        val thickness = quads.map { quadSize(it).across }.sorted()[quads.size / 2]
        return boundingQuad(quads, skew(quads), params.lookMargin * thickness)
    }
}

/** Pixels. */
data class InputSize(val width: Int, val height: Int)

/** Width and height at which an area of this size is given to the network. */
fun inputSize(width: Double, height: Double, params: DetectParams): InputSize {
    val multiple = params.multiple
    val scale = min(params.shortSide / min(width, height), sqrt(params.maxPixels / (width * height)))
    val short = max(1, whole(min(width, height) * scale / multiple)) * multiple
    val most = params.maxPixels / (short * multiple) // a strip of a picture is squeezed rather than let grow
    val long = max(1, min(whole(max(width, height) * scale / multiple), most)) * multiple
    return if (width <= height) InputSize(short, long) else InputSize(long, short)
}

/** A number rounded half to even. */
internal fun whole(value: Double): Int = Math.rint(value).toInt()

/** A region: centre, tilt in radians, length along the tilt and thickness across it, in heat-map pixels. */
private class Box(val x: Double, val y: Double, val tilt: Double, val length: Double, val thickness: Double)

/** Lines in a heat map [height] x [width] of 0..1; quads in pixels of the map. */
fun findLines(heat: FloatArray, width: Int, height: Int, params: DetectParams): Detection {
    val parts = findComponents(heat, width, height, params.threshold)
    if (parts.isEmpty()) return Detection(emptyList(), true)
    val tilts = parts.map { it.tilt() }
    val reaches = parts.zip(tilts) { part, tilt -> part.extents(tilt) }
    val lengths = reaches.map { it.right - it.left }
    val long = parts.indices.map { lengths[it] >= params.elongated * max(reaches[it].bottom - reaches[it].top, 1e-6) }
    val steep = parts.indices.filter { long[it] && abs(tilts[it]) > PI / 4 }
    val level = parts.indices.filter { long[it] && abs(tilts[it]) <= PI / 4 }
    val upright = steep.sumOf { lengths[it] } <= level.sumOf { lengths[it] }
    val page = pageTilt(parts.indices.filter { long[it] }, tilts, lengths, upright)
    val quads = ArrayList<Quad>()
    for (i in parts.indices) {
        val near = abs(wrapped(tilts[i] - page)) <= radians(params.maxTilt)
        val box = box(parts[i], if (long[i] && near) tilts[i] else page)
        val thick = min(box.length, box.thickness) >= params.minSide
        if (thick && parts[i].mean >= params.minScore) quads.add(grownQuad(box, params.unclip))
    }
    return Detection(quads, upright)
}

/** An angle of an undirected axis into -pi/2 .. pi/2. */
private fun wrapped(angle: Double): Double {
    val rest = (angle + PI / 2) % PI
    return (if (rest < 0) rest + PI else rest) - PI / 2
}

/** Median tilt of the elongated regions, each weighing its length; 0 (or a quarter turn) where there is none. */
private fun pageTilt(long: List<Int>, tilts: List<Double>, lengths: List<Double>, upright: Boolean): Double {
    val axis = if (upright) 0.0 else PI / 2
    val use = long.filter { abs(wrapped(tilts[it] - axis)) <= PI / 4 }.sortedBy { wrapped(tilts[it] - axis) }
    if (use.isEmpty()) return axis
    val half = use.fold(0.0) { sum, i -> sum + lengths[i] } / 2
    var weight = 0.0
    for (i in use) {
        weight += lengths[i]
        if (weight >= half) return wrapped(tilts[i] - axis) + axis
    }
    return wrapped(tilts[use.last()] - axis) + axis
}

private fun box(part: Component, tilt: Double): Box {
    val reach = part.extents(tilt)
    val u = (reach.left + reach.right) / 2
    val v = (reach.top + reach.bottom) / 2
    val cos = cos(tilt)
    val sin = sin(tilt)
    return Box(u * cos - v * sin, u * sin + v * cos, tilt, reach.right - reach.left, reach.bottom - reach.top)
}

private fun grownQuad(box: Box, unclip: Double): Quad {
    val grow = box.length * box.thickness * unclip / (2 * (box.length + box.thickness))
    val halfU = box.length / 2 + grow
    val halfV = box.thickness / 2 + grow
    val cos = cos(box.tilt)
    val sin = sin(box.tilt)
    return Quad(Point(-halfU, -halfV), Point(halfU, -halfV), Point(halfU, halfV), Point(-halfU, halfV))
        .map { Point(box.x + it.x * cos - it.y * sin, box.y + it.x * sin + it.y * cos) }
}

package edgekit

import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.ceil
import kotlin.math.cos
import kotlin.math.floor
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
 * [multiple]: sides of a look are multiples of this. [maxPixels]: and their product is at most this. [tilePixels]: what
 * has more is given to the network in tiles of about so many, each with [tileMargin] pixels of its neighbours.
 * [glancePixels]: at most, of the first look. [shortSide]: the short side aimed at where the height of the text is not
 * known, and [unclearPixels]: the most pixels then; a smaller picture is enlarged, a larger one reduced. [threshold]:
 * heat above which a pixel is text. [minScore]: least mean heat of a region. [minSide]: least thickness of a region in
 * heat-map pixels. [unclip]: growth ratio. [elongated]: length by thickness from which a region's own tilt is trusted.
 * [maxTilt]: degrees by which a region may tilt away from the page before its own tilt is distrusted. [blur]: by how
 * much regions are higher than the text they stand for. [clear]: share of the length of all regions that must be
 * elongated, [clearLines]: how many, and [clearHeight]: their least height (area by length, less blur), for a look to
 * tell skew and height of the text. [height]: the height aimed at, in heat-map pixels. [leastHeight]: lower text is
 * looked at again. [lookTilt]: degrees of skew from which text is looked at level. [lookShare]: where it is not clear,
 * text is looked at again if the rectangle around it covers at most this share of the picture. [lookMargin]: line
 * heights left free around it, [tiltedMargin]: around tilted text, where no rim of the picture cuts them off.
 */
class DetectParams(node: Node) {
    private val members = node.members(
        listOf(
            "multiple", "max_pixels", "tile_pixels", "tile_margin", "glance_pixels", "unclear_pixels", "short_side",
            "threshold", "min_score", "min_side", "unclip", "elongated", "max_tilt", "blur", "clear", "clear_lines",
            "clear_height", "height", "least_height", "look_tilt", "look_share", "look_margin", "tilted_margin",
        ),
    )
    val multiple = members.getValue("multiple").integer()
    val maxPixels = members.getValue("max_pixels").integer()
    val tilePixels = members.getValue("tile_pixels").integer()
    val tileMargin = members.getValue("tile_margin").integer()
    val glancePixels = members.getValue("glance_pixels").integer()
    val unclearPixels = members.getValue("unclear_pixels").integer()
    val shortSide = members.getValue("short_side").integer()
    val threshold = members.getValue("threshold").number()
    val minScore = members.getValue("min_score").number()
    val minSide = members.getValue("min_side").number()
    val unclip = members.getValue("unclip").number()
    val elongated = members.getValue("elongated").number()
    val maxTilt = members.getValue("max_tilt").number()
    val blur = members.getValue("blur").number()
    val clear = members.getValue("clear").number()
    val clearLines = members.getValue("clear_lines").integer()
    val clearHeight = members.getValue("clear_height").number()
    val height = members.getValue("height").number()
    val leastHeight = members.getValue("least_height").number()
    val lookTilt = members.getValue("look_tilt").number()
    val lookShare = members.getValue("look_share").number()
    val lookMargin = members.getValue("look_margin").number()
    val tiltedMargin = members.getValue("tilted_margin").number()
}

/**
 * What was found.
 *
 * [quads]: of the lines, in pixels of the picture given. [upright]: false where most text runs down or up it. [height]:
 * median height of the lines' shrunken regions, in the same pixels; 0 without lines. [clear]: whether enough regions are
 * elongated for skew and height to be trusted.
 */
data class Detection(
    val quads: List<Quad>,
    val upright: Boolean,
    val height: Double = 0.0,
    val clear: Boolean = false,
)

/** Finds the lines of text in a picture. */
class Detector(private val session: Session, private val params: DetectParams) {
    /**
     * Quads of all lines, unordered; each starts at its left end unless [Detection.upright] is false.
     *
     * A glance at the whole picture, much reduced, tells where the text is, how it tilts and how high it is; then the
     * rectangle around the text is looked at, level, at the size that suits it. What that look shows to be still too
     * small or tilted is looked at once more. Text that runs down or up the picture ends the search at once.
     * [known]: what another copy of the picture showed, in this one's pixels and upright; it stands for the glance.
     * [settled]: the picture has been turned already; lines across it do not end the search.
     */
    fun detect(picture: Picture, known: Detection? = null, settled: Boolean = false): Detection {
        var view = all(picture, params.glancePixels)
        var found = known ?: look(picture, view)
        for (enough in listOf(params.height, params.leastHeight)) {
            if (!found.upright && !settled && known == null) return found
            view = next(picture, view, found, enough) ?: return found
            found = look(picture, view)
        }
        return found
    }

    private fun all(picture: Picture, most: Int = params.unclearPixels): View =
        View(frame(picture), inputSize(picture.width.toDouble(), picture.height.toDouble(), params, most))

    /** The view that shows better what was found; null where it was seen well. [enough]: height of text in a view. */
    private fun next(picture: Picture, view: View, found: Detection, enough: Double): View? {
        val glance = view.size.width * view.size.height <= params.glancePixels
        if (glance && !found.clear) return all(picture) // it may show a part of small text only
        val lean = if (found.clear) skew(found.quads) else 0.0
        val away = abs(lean - tilt(view.area))
        if (found.clear && found.height * view.scale >= enough && away < params.lookTilt) return null
        val area = textArea(picture, found.quads, if (abs(lean) >= params.lookTilt) lean else 0.0)
        val (along, across) = quadSize(area)
        if (!found.clear) {
            val small = along * across <= params.lookShare * picture.width * picture.height
            return if (small) View(area, inputSize(along, across, params)) else null
        }
        val scale = min(params.height / max(found.height, 1e-6), sqrt(params.maxPixels / (along * across)))
        return View(area, roundedSize(along, across, scale, params.maxPixels, params))
    }

    private fun textArea(picture: Picture, quads: List<Quad>, degrees: Double): Quad {
        if (quads.isEmpty()) return frame(picture)
        val thickness = quads.map { quadSize(it).across }.sorted()[quads.size / 2]
        val margin = if (degrees != 0.0) params.tiltedMargin else params.lookMargin
        val area = boundingQuad(quads, degrees, margin * thickness)
        if (degrees != 0.0) return area
        val left = max(0.0, floor(area.topLeft.x))
        val top = max(0.0, floor(area.topLeft.y))
        val right = min(picture.width.toDouble(), ceil(area.bottomRight.x))
        val bottom = min(picture.height.toDouble(), ceil(area.bottomRight.y))
        return Quad(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
    }

    /** Lines in a view, in pixels of the picture. */
    private fun look(picture: Picture, view: View): Detection {
        val pixels = shown(picture, view)
        val heat = inTiles(pixels, params.tilePixels, params.tileMargin, params.multiple, ::heat)
        val found = findLines(heat, view.size.width, view.size.height, params)
        val there = homography(view.size.width, view.size.height, view.area)
        val quads = found.quads.map { quad -> quad.map { project(it, there) } }
        return Detection(quads, found.upright, found.height / view.scale, found.clear)
    }

    private fun heat(pixels: Picture): FloatArray {
        val given = Tensor.Bytes(intArrayOf(1, pixels.height, pixels.width, 3), pixels.toBytes())
        val (heat) = session.run(given)
        if (!heat.shape.contentEquals(intArrayOf(1, pixels.height, pixels.width))) {
            throw BackendError("stage 'detect': a heat map of another size than the picture; export the bundle again")
        }
        return heat.floats("detect")
    }
}

private fun frame(picture: Picture): Quad {
    val right = picture.width.toDouble()
    val bottom = picture.height.toDouble()
    return Quad(Point(0.0, 0.0), Point(right, 0.0), Point(right, bottom), Point(0.0, bottom))
}

/** Pixels. */
data class InputSize(val width: Int, val height: Int)

/** Width and height at which an area of this size is given to the network; at most [most] pixels. */
fun inputSize(width: Double, height: Double, params: DetectParams, most: Int = params.unclearPixels): InputSize {
    val scale = min(params.shortSide / min(width, height), sqrt(most / (width * height)))
    return roundedSize(width, height, scale, most, params)
}

private fun roundedSize(width: Double, height: Double, scale: Double, most: Int, params: DetectParams): InputSize {
    val multiple = params.multiple
    val short = max(1, whole(min(width, height) * scale / multiple)) * multiple
    val longest = max(1, most / (short * multiple)) // a strip is squeezed rather than let grow
    val long = max(1, min(whole(max(width, height) * scale / multiple), longest)) * multiple
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
    val kept = ArrayList<Int>()
    for (i in parts.indices) {
        val near = abs(wrapped(tilts[i] - page)) <= radians(params.maxTilt)
        val box = box(parts[i], if (long[i] && near) tilts[i] else page)
        val thick = min(box.length, box.thickness) >= params.minSide
        if (!thick || parts[i].mean < params.minScore) continue
        quads.add(grownQuad(box, params.unclip))
        kept.add(i)
    }
    val lines = kept.filter { long[it] }
    val heights = lines.map { parts[it].runs.sumOf { run -> run.stop - run.start } / lengths[it] }
    val height = max(median(heights) - params.blur, 0.0)
    val share = lines.sumOf { lengths[it] } / max(kept.sumOf { lengths[it] }, 1e-6)
    val clear = lines.size >= params.clearLines && share >= params.clear && height >= params.clearHeight
    return Detection(quads, upright, height, clear)
}

/** The middle value, or the mean of the two in the middle; 0 without any. */
private fun median(values: List<Double>): Double {
    if (values.isEmpty()) return 0.0
    val sorted = values.sorted()
    return (sorted[(sorted.size - 1) / 2] + sorted[sorted.size / 2]) / 2
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

package edgekit

import kotlin.math.abs

/*
 * From pixels to lines in rows, whichever way up the page lies.
 */

/** [lines]: those with text, in pixels of the picture turned clockwise by [rotation]. [skew]: degrees, clockwise. */
class Scan(val lines: List<TextLine>, val rows: List<List<Int>>, val rotation: Int, val skew: Double)

/** Where lines are. [picture]: turned clockwise by [rotation], 0 or 90, so that they run along it. */
class Found(val picture: Picture, val detection: Detection, val rotation: Int)

/**
 * Detection, orientation, recognition and layout.
 *
 * Orientation needs no model of its own: lines that run up or down the picture say that it lies on its side, and a
 * recogniser that is unsure of a few lines, and surer of them upside down, says that it stands on its head. An upright
 * page pays nothing.
 */
class Scanner(
    private val detector: Detector,
    private val recognizer: Recognizer,
    private val params: LayoutParams,
    private val rereader: Rereader? = null,
) {
    /** The lines of a picture. [coarse]: what a reduced copy of it showed. */
    fun find(picture: Picture, coarse: Found? = null): Found {
        if (coarse != null) {
            val image = turn(picture, coarse.rotation)
            val known = enlarged(coarse.detection, image.width.toDouble() / coarse.picture.width)
            return Found(image, detector.detect(image, known), coarse.rotation)
        }
        val detection = detector.detect(picture)
        if (detection.upright) return Found(picture, detection, 0)
        val image = turn(picture, 90)
        val again = detector.detect(image, if (detection.clear) turned(detection, picture.height) else null)
        if (again.upright) return Found(image, again, 90)
        return Found(picture, detector.detect(picture, settled = true), 0) // neither way: it may as well be upright
    }

    /** The text of lines, and their rows; the first ones are read again where a rereader is given. */
    fun read(found: Found): Scan {
        val image = found.picture
        var rotation = found.rotation
        var quads = probesFirst(found.detection.quads, params)
        val (probe, over) = wayUp(quads.take(params.probeLines), params) { recognizer.read(image, it) }
        if (over) quads = quads.map { it.flipped() }
        val lines = (probe + recognizer.read(image, quads.drop(probe.size))).filter { it.text.isNotEmpty() }
        var upright = lines.map { it.quad }
        if (over) {
            rotation += 180
            upright = upright.map { quad -> quad.map { turnPoint(it, 180, image.width, image.height) } }
        }
        val printed = rows(placed(lines, upright), params)
        val read = rereader?.read(image, lines, printed.flatten()) ?: lines
        return Scan(placed(read, upright), printed, rotation, skew(upright))
    }

    /** Runs the graphs once, on the shapes of a blank page with one line. */
    fun warmUp() {
        val page = drawn(480, 640) { _, _ -> 0xffffff }
        detector.detect(page)
        val line = Quad(Point(0.0, 0.0), Point(240.0, 0.0), Point(240.0, 24.0), Point(0.0, 24.0))
        recognizer.read(page, listOf(line))
        rereader?.read(page, listOf(TextLine("", line, 0.0)), listOf(0))
    }
}

/**
 * The first of some lines, or all, as they [read] the right way up, and whether they stand on their head.
 *
 * One line is tried first: where it is much surer one way up than the other, the others need not be.
 */
internal fun wayUp(
    quads: List<Quad>,
    params: LayoutParams,
    read: (List<Quad>) -> List<TextLine>,
): Pair<List<TextLine>, Boolean> {
    var lines = emptyList<TextLine>()
    var over = emptyList<TextLine>()
    for (some in listOf(quads.take(1), quads.drop(1))) {
        lines = lines + read(some)
        if (confidence(lines) >= params.uprightConfidence) continue
        over = over + read(quads.subList(over.size, lines.size).map { it.flipped() })
        if (abs(confidence(over) - confidence(lines)) >= params.uprightMargin) break
    }
    val upsideDown = over.size == lines.size && confidence(over) > confidence(lines)
    return if (upsideDown) over to true else lines to false
}

/** Lines of a picture [height] pixels high that run down or up it, once it is turned clockwise by 90 degrees. */
private fun turned(detection: Detection, height: Int): Detection {
    val quads = detection.quads.map { quad -> quad.map { turnPoint(it, 90, 0, height) } }
    return detection.copy(quads = quads.map { if (abs(tilt(it)) > 90) it.flipped() else it }, upright = true)
}

private fun placed(lines: List<TextLine>, quads: List<Quad>): List<TextLine> =
    lines.zip(quads) { line, quad -> line.copy(quad = quad) }

private fun enlarged(detection: Detection, times: Double): Detection {
    val quads = detection.quads.map { quad -> quad.map { Point(it.x * times, it.y * times) } }
    return detection.copy(quads = quads, height = detection.height * times)
}

/**
 * Longest first, but before them the `probe_lines` by which the way up is told.
 *
 * These are nearest to `probe_length` heights long and to the usual height: long ones take long to try, short ones tell
 * little, and the highest are logos.
 */
internal fun probesFirst(quads: List<Quad>, params: LayoutParams): List<Quad> {
    val order = quads.sortedBy { -quadSize(it).along }
    val heights = quads.map { quadSize(it).across }.sorted()
    val probes = order.sortedBy {
        val (along, across) = quadSize(it)
        times(along, params.probeLength * across) * times(across, heights[heights.size / 2])
    }.take(params.probeLines)
    return probes + order.filter { it !in probes }
}

/** How many times the larger of two lengths is the smaller. */
private fun times(a: Double, b: Double): Double = maxOf(a, b) / maxOf(minOf(a, b), 1e-6)

private fun confidence(lines: List<TextLine>): Double = lines.sumOf { it.confidence } / maxOf(lines.size, 1)

package edgekit

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
        val image = turn(picture, 90) // a glance at text that runs across tells its direction, and little else
        return Found(image, detector.detect(image, settled = true), 90)
    }

    /** The text of lines, and their rows; the first ones are read again where a rereader is given. */
    fun read(found: Found): Scan {
        val image = found.picture
        var rotation = found.rotation
        var quads = probesFirst(found.detection.quads, params)
        var probe = recognizer.read(image, quads.take(params.probeLines))
        val over = upsideDown(image, probe)
        if (over.isNotEmpty()) {
            quads = quads.map { it.flipped() }
            probe = over
        }
        val lines = (probe + recognizer.read(image, quads.drop(probe.size))).filter { it.text.isNotEmpty() }
        var upright = lines.map { it.quad }
        if (over.isNotEmpty()) {
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

    /** The lines as they read upside down, if they read better so; else none. */
    private fun upsideDown(image: Picture, probe: List<TextLine>): List<TextLine> {
        if (confidence(probe) >= params.uprightConfidence) return emptyList()
        val flipped = recognizer.read(image, probe.map { it.quad.flipped() })
        return if (confidence(flipped) > confidence(probe)) flipped else emptyList()
    }
}

private fun placed(lines: List<TextLine>, quads: List<Quad>): List<TextLine> =
    lines.zip(quads) { line, quad -> line.copy(quad = quad) }

private fun enlarged(detection: Detection, times: Double): Detection {
    val quads = detection.quads.map { quad -> quad.map { Point(it.x * times, it.y * times) } }
    return detection.copy(quads = quads, height = detection.height * times)
}

/** Longest first, but before them the `probe_lines` by which the way up is told: they are not too long to try. */
internal fun probesFirst(quads: List<Quad>, params: LayoutParams): List<Quad> {
    val order = quads.sortedBy { -quadSize(it).along }
    val short = order.filter { quadSize(it).along <= params.probeLength * quadSize(it).across }
    val probes = short.take(params.probeLines)
    return probes + order.filter { it !in probes }
}

private fun confidence(lines: List<TextLine>): Double = lines.sumOf { it.confidence } / maxOf(lines.size, 1)

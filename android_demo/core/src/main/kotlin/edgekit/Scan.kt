package edgekit

/*
 * From pixels to lines in rows, whichever way up the page lies.
 */

/** [lines]: those with text, in pixels of the picture turned clockwise by [rotation]. [skew]: degrees, clockwise. */
class Scan(val lines: List<TextLine>, val rows: List<List<Int>>, val rotation: Int, val skew: Double)

/**
 * Detection, orientation, recognition and layout.
 *
 * Orientation needs no model of its own: lines that run up or down the picture say that it lies on its side, and a
 * recogniser that is unsure of the longest lines, and surer of them upside down, says that it stands on its head. An
 * upright page pays nothing.
 */
class Scanner(
    private val detector: Detector,
    private val recognizer: Recognizer,
    private val params: LayoutParams,
) {
    /** All lines of a picture. */
    fun scan(picture: Picture, timings: Timings): Scan {
        var image = picture
        var rotation = 0
        var detection = detector.detect(image)
        if (!detection.upright) {
            rotation = 90
            image = turn(image, 90)
            detection = detector.detect(image)
        }
        timings.lap("detect")
        var quads = longestFirst(detection.quads)
        var probe = recognizer.read(image, quads.take(params.probeLines))
        if (upsideDown(image, probe)) {
            rotation += 180
            image = turn(image, 180)
            quads = longestFirst(detector.detect(image).quads)
            probe = emptyList()
        }
        val lines = probe + recognizer.read(image, quads.drop(probe.size))
        timings.lap("recognize")
        val found = lines.filter { it.text.isNotEmpty() }
        return Scan(found, rows(found, params), rotation, skew(found.map { it.quad }))
    }

    /** Runs both graphs once, on the shapes of a blank page with one line. */
    fun warmUp() {
        val page = drawn(480, 640) { _, _ -> 0xffffff }
        detector.detect(page)
        val line = Quad(Point(0.0, 0.0), Point(240.0, 0.0), Point(240.0, 24.0), Point(0.0, 24.0))
        recognizer.read(page, listOf(line))
    }

    private fun upsideDown(image: Picture, probe: List<TextLine>): Boolean {
        if (confidence(probe) >= params.uprightConfidence) return false
        val flipped = recognizer.read(image, probe.map { it.quad.flipped() })
        return confidence(flipped) > confidence(probe)
    }
}

private fun longestFirst(quads: List<Quad>): List<Quad> = quads.sortedBy { -quadSize(it).along }

private fun confidence(lines: List<TextLine>): Double = lines.sumOf { it.confidence } / maxOf(lines.size, 1)

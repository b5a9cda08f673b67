package edgekit.golden

import edgekit.Bundle
import edgekit.BundleError
import edgekit.Calibration
import edgekit.DecodeParams
import edgekit.DetectParams
import edgekit.InputSize
import edgekit.LayoutParams
import edgekit.MANIFEST_NAME
import edgekit.Photo
import edgekit.Picture
import edgekit.RecognizeParams
import edgekit.View
import edgekit.boundingQuad
import edgekit.crop
import edgekit.decode
import edgekit.drawn
import edgekit.extract.ExtractParams
import edgekit.extract.Lexicon
import edgekit.findComponents
import edgekit.findLines
import edgekit.homography
import edgekit.inTiles
import edgekit.inputSize
import edgekit.loadJson
import edgekit.parseManifest
import edgekit.parsing.Range
import edgekit.parsing.findAmounts
import edgekit.parsing.findDates
import edgekit.parsing.findTimes
import edgekit.parsing.fold
import edgekit.parsing.skeleton
import edgekit.parsing.squash
import edgekit.photo
import edgekit.plan
import edgekit.probesFirst
import edgekit.project
import edgekit.quadSize
import edgekit.reduce
import edgekit.resize
import edgekit.rotated
import edgekit.rows
import edgekit.shown
import edgekit.skew
import edgekit.tilt
import edgekit.turn
import edgekit.turnPoint
import java.io.File
import java.util.Base64

/*
 * The pure functions of the golden cases, from plain JSON to plain JSON; constants are those of the default bundle.
 */
class Functions(private val bundle: Bundle) {
    private val params = ExtractParams(bundle.stage("extract").params)
    private val lexicon = Lexicon(bundle.readText("lexicon.json"), "lexicon.json")
    private val charset = bundle.readText("charset.txt").removeSuffix("\n").split("\n")
    private val detect = DetectParams(bundle.stage("detect").params)
    private val recognize = RecognizeParams(bundle.stage("recognize").params)
    private val layout = LayoutParams(bundle.stage("layout").params)
    private val image = DecodeParams(bundle.stage("image").params)

    /** By the name of the case file. */
    val all: Map<String, (Any?) -> Any?> = mapOf(
        "amounts" to { text -> findAmounts(text as String, lexicon.marks) },
        "dates" to { text -> findDates(text as String, lexicon.months, params.years) },
        "times" to { text -> findTimes(text as String) },
        "folding" to ::folding,
        "anchors" to ::anchors,
        "quads" to ::quads,
        "resize" to { case ->
            pictureTo(resize(pictureOf(case.at("picture")), case.at("width").int(), case.at("height").int()))
        },
        "turn" to { case -> pictureTo(turn(pictureOf(case.at("picture")), case.at("degrees").int())) },
        "reduce" to { case -> pictureTo(reduce(pictureOf(case.at("picture")), case.at("factor").int())) },
        "crop" to { case ->
            val picture = pictureOf(case.at("picture"))
            pictureTo(crop(picture, quadOf(case.at("quad")), case.at("width").int(), case.at("height").int()))
        },
        "photo" to ::reduced,
        "heat" to ::heat,
        "input_size" to { case ->
            val size = inputSize(case.at("width").double(), case.at("height").double(), detect)
            listOf(size.width, size.height)
        },
        "view" to ::view,
        "tiles" to ::tiles,
        "finer" to ::finer,
        "probes" to { case -> probesFirst(case.at("quads").list().map { quadOf(it) }, layout) },
        "ctc" to ::ctc,
        "batches" to { case ->
            plan(case.at("quads").list().map { quadOf(it) }, recognize).map { listOf(it.width, it.members) }
        },
        "layout" to { case -> rows(case.at("lines").list().map { lineOf(it) }, layout) },
        "calibration" to ::calibration,
        "manifest" to ::manifest,
    )

    private fun masked(case: Any?): List<Range> =
        case.at("masked").list().map { Range(it.list()[0].int(), it.list()[1].int()) }

    private fun folding(case: Any?): Any {
        val text = case.at("text") as String
        return mapOf("fold" to fold(text), "squash" to squash(text), "skeleton" to skeleton(text, masked(case)))
    }

    private fun anchors(case: Any?): Any {
        val text = case.at("text") as String
        val groups = mapOf(
            "money" to lexicon.money,
            "dates" to lexicon.dates,
            "names" to lexicon.names,
            "region_words" to lexicon.regionWords,
        )
        return groups.mapValues { it.value.find(text, masked(case)) }
    }

    private fun quads(case: Any?): Any {
        val found = case.at("quads").list().map { quadOf(it) }
        val (width, height) = case.at("size").list().map { it.int() }
        val point = case.at("point").list().map { it.double() }.let { edgekit.Point(it[0], it[1]) }
        val there = homography(width, height, found[0])
        val degrees = case.at("degrees").double()
        return mapOf(
            "size" to quadSize(found[0]).let { listOf(it.along, it.across) },
            "tilt" to tilt(found[0]),
            "skew" to skew(found),
            "turned" to listOf(0, 90, 180, 270).map { turnPoint(point, it, width, height) },
            "rotated" to rotated(point, degrees),
            "bounding" to boundingQuad(found, degrees, 2.5),
            "homography" to there,
            "projected" to project(point, there),
            "flipped" to found[0].flipped(),
            "list" to found[0].toList(),
        )
    }

    private fun reduced(case: Any?): Any {
        val blank = drawn(case.at("width").int(), case.at("height").int()) { _, _ -> 0xffffff }
        val found = photo(blank, image)
        return mapOf(
            "width" to found.width,
            "height" to found.height,
            "factor" to found.factor,
            "size" to listOf(found.picture.width, found.picture.height),
        )
    }

    private fun heat(case: Any?): Any {
        val width = case.at("width").int()
        val height = case.at("height").int()
        val bytes = Base64.getDecoder().decode(case.at("heat") as String)
        val heat = FloatArray(bytes.size) { (bytes[it].toInt() and 0xff) / 255f }
        val parts = findComponents(heat, width, height, detect.threshold)
        val tilts = parts.map { it.tilt() }
        val reaches = parts.zip(tilts) { part, tilt -> part.extents(tilt) }
        val found = findLines(heat, width, height, detect)
        return mapOf(
            "means" to parts.map { it.mean },
            "tilts" to tilts,
            "extents" to listOf(
                reaches.map { it.left }, reaches.map { it.top }, reaches.map { it.right }, reaches.map { it.bottom },
            ),
            "quads" to found.quads,
            "upright" to found.upright,
            "height" to found.height,
            "clear" to found.clear,
        )
    }

    private fun view(case: Any?): Any {
        val seen = View(quadOf(case.at("area")), InputSize(case.at("width").int(), case.at("height").int()))
        return mapOf("scale" to seen.scale, "pixels" to pictureTo(shown(pictureOf(case.at("picture")), seen)))
    }

    private fun tiles(case: Any?): Any {
        val width = case.at("width").int()
        val height = case.at("height").int()
        val counted = drawn(width, height) { x, y -> (y * width + x) % 251 * 0x10101 }
        val seen = ArrayList<List<Int>>()
        val whole = inTiles(counted, 4096, 16, 32) { tile ->
            seen.add(listOf(tile.height, tile.width, tile.pixels[0] and 0xff))
            FloatArray(tile.pixels.size) { (tile.pixels[it] and 0xff) + 1000f * seen.size }
        }
        return mapOf("tiles" to seen, "sum" to whole.sumOf { it.toDouble() }, "corner" to whole.last())
    }

    private fun finer(case: Any?): Any {
        val width = case.at("width").int()
        val height = case.at("height").int()
        val photo = Photo(Picture(1, 1, IntArray(1)), width, height, image.factor(width, height))
        return mapOf("factor" to photo.factor, "finer" to image.finer(photo, case.at("text").double()))
    }

    private fun ctc(case: Any?): Any {
        val steps = case.at("steps").list().map { it.int() }.toIntArray()
        val chances = case.at("chances").list().map { it.double().toFloat() }.toFloatArray()
        val found = decode(steps, chances, charset, recognize.blank)
        return mapOf("text" to found.text, "confidence" to found.confidence)
    }

    private fun calibration(case: Any?): Any {
        val calibrated = Calibration(params.calibration.getValue(case.at("rung") as String))
        val field = case.at("field") as String
        val threshold = calibrated.reviewThreshold(field, case.at("review_error").double())
        return mapOf(
            "probability" to calibrated.probability(field, case.at("raw").double()),
            "threshold" to if (threshold == Double.POSITIVE_INFINITY) "never" else threshold,
        )
    }

    private fun manifest(case: Any?): Any? = try {
        parseManifest(loadJson(case.at("text") as String? ?: changed(case), MANIFEST_NAME))
        null
    } catch (error: BundleError) {
        val said = error.message.orEmpty().replace(Regex("not JSON \\(.*\\);"), "not JSON;")
        "${error.javaClass.simpleName}: $said"
    }

    private fun changed(case: Any?): String {
        val good = File(bundle.path, MANIFEST_NAME).readText()
        val old = case.at("old") as String
        val new = case.at("new") as String
        return if (old.isEmpty()) new + good else good.replaceFirst(old, new)
    }
}

package edgekit

import edgekit.extract.CLASSICAL
import edgekit.extract.ExtractParams
import edgekit.extract.Extractor
import edgekit.extract.How
import edgekit.extract.Lexicon
import edgekit.extract.NETWORKED
import edgekit.extract.RULES
import java.io.File

/*
 * The reader: opens a bundle once, then turns pictures into receipts.
 */

/**
 * How a reader is opened.
 *
 * [precision]: of the graphs, but as [Stage.precision] says. [threads]: cores that one read uses.
 * [extractor]: the rung that chooses fields; null: the bundle's own choice, which without an extraction network is
 * "classical". [reviewError]: the share of answers that may be wrong among those that need no review. It holds for
 * receipts like those the bundle was calibrated on, and where its calibration knows the field.
 */
class Options(
    val precision: String = "fp32",
    val threads: Int = 1,
    val extractor: String? = null,
    val reviewError: Double = 0.02,
) {
    init {
        if (threads < 1) throw UsageError("threads=$threads: give 1 or more")
    }
}

/**
 * Reads receipts. Safe to use from several threads; the same picture gives the same receipt every time.
 *
 * Throws [BundleError] where the bundle is altered, incomplete, or without this backend, precision or rung,
 * [BackendError] and [UsageError].
 */
class ReceiptReader(val bundle: Bundle, backend: Backend, options: Options = Options()) {
    /** Limits that a file is checked against before it is decoded. */
    val decodeParams = DecodeParams(bundle.stage("image").params)
    private val layout = LayoutParams(bundle.stage("layout").params)
    private val scanner: Scanner
    private val extractor: Extractor

    /** How fields are chosen: one of [edgekit.extract.RUNGS]. */
    val rung: String get() = extractor.how.rung

    init {
        val detect = openSession(bundle, "detect", backend, options.precision, options.threads)
        val recognize = openSession(bundle, "recognize", backend, options.precision, threads = 1)
        scanner = Scanner(
            Detector(detect, DetectParams(bundle.stage("detect").params)),
            recognizer(bundle, recognize, options),
            layout,
            rereader(bundle, backend, options),
        )
        extractor = extractor(bundle, backend, options)
    }

    constructor(bundle: File, backend: Backend, options: Options = Options()) : this(Bundle(bundle), backend, options)

    /**
     * Reads one picture. A picture without text gives a receipt without lines.
     *
     * [finer]: the same photo, reduced at most by what it is given; asked where text is too low in [photo].
     */
    fun read(photo: Photo, timings: Timings = Timings(), finer: ((Int) -> Photo)? = null): Receipt {
        var seen = photo
        var found = scanner.find(seen.picture)
        val factor = decodeParams.finer(seen, found.detection.height)
        if (finer != null && factor < seen.factor) {
            seen = finer(factor)
            found = scanner.find(seen.picture, found)
        }
        timings.lap("detect")
        val scan = scanner.read(found)
        timings.lap("recognize")
        val receipt = assembled(seen, scan)
        timings.lap("layout")
        val extracted = extractor.extract(receipt.lines, receipt.rows)
        timings.lap("extract")
        return receipt.copy(fields = extracted.fields, items = extracted.items)
    }

    /** Reads decoded pixels, the right way up. */
    fun read(picture: Picture): Receipt =
        read(photo(picture, decodeParams), finer = { photo(picture, decodeParams, most = it) })

    /**
     * The receipt that lines, in any order, amount to; for lines that something else read.
     *
     * [width], [height]: of the picture that their quads refer to, in pixels.
     */
    fun extract(lines: List<TextLine>, width: Int, height: Int): Receipt {
        val found = rows(lines, layout)
        val ordered = found.flatten().map { lines[it] }
        val printed = renumbered(found)
        val extracted = extractor.extract(ordered, printed)
        return Receipt(ordered, printed, width, height, extracted.fields, items = extracted.items)
    }

    /** Runs the graphs of a scan once on a blank page, so that the first real read is as quick as the next. */
    fun warmUp() = scanner.warmUp()
}

/** The receipt, still without fields: lines in reading order, quads in pixels of the upright picture. */
private fun assembled(photo: Photo, scan: Scan): Receipt {
    val onSide = scan.rotation % 180 != 0
    val width = if (onSide) photo.picture.height else photo.picture.width
    val height = if (onSide) photo.picture.width else photo.picture.height
    fun restored(point: Point): Point {
        val there = turnPoint(point, (360 - scan.rotation) % 360, width, height)
        return Point(there.x * photo.factor, there.y * photo.factor)
    }
    return Receipt(
        lines = scan.rows.flatten().map { scan.lines[it] }.map { it.copy(quad = it.quad.map(::restored)) },
        rows = renumbered(scan.rows),
        width = photo.width,
        height = photo.height,
        rotation = scan.rotation,
        skew = scan.skew,
        warnings = photo.warnings,
    )
}

/** Rows of lines that are in reading order already. */
private fun renumbered(rows: List<List<Int>>): List<List<Int>> {
    var next = 0
    return rows.map { row -> row.map { next++ } }
}

private fun recognizer(bundle: Bundle, session: Session, options: Options, batch: Int? = null): Recognizer {
    val charset = bundle.readText("charset.txt").removeSuffix("\n").split("\n")
    return Recognizer(session, RecognizeParams(bundle.stage("recognize").params, batch), charset, options.threads)
}

/** What reads doubtful lines again, where a bundle has that stage; it takes and gives what the recogniser does. */
private fun rereader(bundle: Bundle, backend: Backend, options: Options): Rereader? {
    val params = RereadParams((bundle.manifest.stages[REREAD] ?: return null).params)
    val session = openSession(bundle, REREAD, backend, options.precision, threads = 1)
    return Rereader(recognizer(bundle, session, options, params.batch), params)
}

private fun extractor(bundle: Bundle, backend: Backend, options: Options): Extractor {
    val stage = bundle.stage("extract")
    val params = ExtractParams(stage.params)
    val hasNetwork = stage.graphs.isNotEmpty()
    val rung = options.extractor ?: if (hasNetwork || params.rung !in NETWORKED) params.rung else CLASSICAL
    val how = How(rung, options.reviewError)
    if (rung in NETWORKED && !hasNetwork) {
        val problem = "${bundle.path}: stage 'extract' has no network for extractor='$rung'"
        throw MissingGraphError("$problem: choose '$RULES' or '$CLASSICAL'")
    }
    val lexicon = Lexicon(bundle.readText("lexicon.json"), "${bundle.path}: lexicon.json")
    val session = if (rung in NETWORKED) openSession(bundle, "extract", backend, options.precision, 1) else null
    return Extractor(params, lexicon, how, session, "${bundle.path}: stages.extract.params")
}

package edgekit

import edgekit.parsing.strip
import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors

/*
 * Text recognition: crops of lines in, their characters out.
 *
 * The network reads a line left to right and gives, per step, its likeliest class and that class's probability;
 * decoding is CTC's greedy rule (Graves et al., "Connectionist Temporal Classification", 2006): repeats merge, blanks
 * vanish.
 */

/**
 * Constants of recognition.
 *
 * [height]: of a crop in pixels. [widths]: a crop is padded on its right to the next of these; a longer line is squeezed
 * to the last. [padding]: grey level of that padding. [batch]: most crops in one run; that of the constructor, where it
 * is given, instead of the one that is written. [blank]: the CTC blank's class; class `i` above it is the charset's
 * character `i - 1`. Of a precision, see [Stage.precision].
 */
class RecognizeParams(node: Node, batch: Int? = null) {
    private val members = node.members(listOf("height", "widths", "padding", "batch", "blank"), listOf("precision"))
    val height = members.getValue("height").integer()
    val widths = members.getValue("widths").items().map { it.integer() }
    val padding = members.getValue("padding").integer()
    val batch = members.getValue("batch").integer().let { batch ?: it }
    val blank = members.getValue("blank").integer()

    init {
        members["precision"]?.optional { it.text() }
    }
}

/** [width]: of a bucket; [members]: indices of the quads that are read together at that width. */
class Batch(val width: Int, val members: List<Int>)

/** A line's text, and the mean probability of the characters kept. */
data class Decoded(val text: String, val confidence: Double)

/**
 * Reads the text of lines, several batches at once.
 *
 * The network is too small to gain much from threads inside it; batches side by side, each on a thread of its own, scale
 * with the cores. What a line reads as does not depend on the number of [workers].
 */
class Recognizer(
    private val session: Session,
    private val params: RecognizeParams,
    private val charset: List<String>,
    workers: Int = 1,
) {
    private val pool = if (workers > 1) {
        Executors.newFixedThreadPool(workers) { task -> Thread(task, "edgekit-recognize").also { it.isDaemon = true } }
    } else {
        null
    }

    /** One line per quad, in the same order; a quad without text gives an empty one with confidence 0. */
    fun read(picture: Picture, quads: List<Quad>): List<TextLine> {
        val lines = arrayOfNulls<TextLine>(quads.size)
        val batches = plan(quads, params)
        if (pool == null) {
            for (batch in batches) readBatch(picture, quads, batch, lines)
        } else {
            val tasks = batches.map { batch -> Callable { readBatch(picture, quads, batch, lines) } }
            try {
                pool.invokeAll(tasks).forEach { it.get() }
            } catch (error: ExecutionException) {
                throw error.cause ?: error
            }
        }
        return lines.map { it!! }
    }

    private fun readBatch(picture: Picture, quads: List<Quad>, batch: Batch, lines: Array<TextLine?>) {
        val shape = intArrayOf(batch.members.size, params.height, batch.width, 3)
        val crops = ByteArray(shape[0] * shape[1] * shape[2] * 3)
        java.util.Arrays.fill(crops, params.padding.toByte())
        batch.members.forEachIndexed { i, line ->
            draw(picture, quads[line], crops, i * shape[1] * shape[2] * 3, batch.width)
        }
        val (indices, scores) = session.run(Tensor.Bytes(shape, crops))
        if (indices.shape.size != 2 || indices.shape[0] != batch.members.size) {
            throw BackendError("stage 'recognize': not a row of steps per line; export the bundle again")
        }
        val count = indices.shape[1]
        batch.members.forEachIndexed { i, line ->
            val steps = indices.ints("recognize").copyOfRange(i * count, (i + 1) * count)
            val chances = scores.floats("recognize").copyOfRange(i * count, (i + 1) * count)
            val read = decode(steps, chances, charset, params.blank)
            lines[line] = TextLine(read.text, quads[line], read.confidence)
        }
    }

    /** A line's crop at the left of its place in a batch. */
    private fun draw(picture: Picture, quad: Quad, crops: ByteArray, start: Int, bucket: Int) {
        val width = cropWidth(quad, params)
        val bytes = crop(picture, quad, width, params.height).toBytes()
        for (row in 0 until params.height) {
            System.arraycopy(bytes, row * width * 3, crops, start + row * bucket * 3, width * 3)
        }
    }
}

/** Batches, wide lines first: the long runs start early, so that workers end together. */
fun plan(quads: List<Quad>, params: RecognizeParams): List<Batch> {
    val widths = quads.map { cropWidth(it, params) }
    val batches = ArrayList<Batch>()
    for (i in quads.indices.sortedBy { -widths[it] }) {
        val bucket = params.widths.first { it >= widths[i] }
        val last = batches.lastOrNull()
        if (last != null && last.width == bucket && last.members.size < params.batch) {
            batches[batches.size - 1] = Batch(bucket, last.members + i)
        } else {
            batches.add(Batch(bucket, listOf(i)))
        }
    }
    return batches
}

private fun cropWidth(quad: Quad, params: RecognizeParams): Int {
    val (length, thickness) = quadSize(quad)
    return whole(length * params.height / maxOf(thickness, 1e-6)).coerceIn(1, params.widths.last())
}

/** Characters of one line: [steps] are its classes, [chances] their probabilities. */
fun decode(steps: IntArray, chances: FloatArray, charset: List<String>, blank: Int): Decoded {
    val text = StringBuilder()
    var sum = 0.0
    var kept = 0
    for (i in steps.indices) {
        if (steps[i] == blank || (i > 0 && steps[i] == steps[i - 1])) continue
        text.append(charset[steps[i] - 1])
        sum += chances[i]
        kept += 1
    }
    return if (kept == 0) Decoded("", 0.0) else Decoded(strip(text.toString()), sum / kept)
}

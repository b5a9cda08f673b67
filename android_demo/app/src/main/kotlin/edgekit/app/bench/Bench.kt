package edgekit.app.bench

import edgekit.BackendError
import edgekit.EdgeKitError
import edgekit.Photo
import edgekit.Receipt
import edgekit.ReceiptReader
import edgekit.Timings

/*
 * The measurement: one reader reads every picture, in turn, one at a time.
 */

/** A picture to read. [decode]: the photo, reduced at most by what it is given. */
class Shot(
    val name: String,
    val width: Int,
    val height: Int,
    val bytes: ByteArray,
    val decode: (ReceiptReader, Int) -> Photo,
)

/** How much is read: [warmUp] reads that do not count, then [enoughReads], or as many as [enoughSeconds] hold. */
class Rules(val warmUp: Int, val enoughReads: Int, val enoughSeconds: Double, val quick: Boolean) {
    companion object {
        val FULL = Rules(warmUp = 6, enoughReads = 60, enoughSeconds = 60.0, quick = false)
        val QUICK = Rules(warmUp = 2, enoughReads = 12, enoughSeconds = 10.0, quick = true)
    }
}

/** What a platform tells of itself. Null: it does not tell. */
interface Machine {
    /** Processor time of this process so far, all threads together, in milliseconds. */
    fun cpuMs(): Double

    fun memory(): Memory

    /** The schema's `software`, `device` and `state`. */
    fun software(): Map<String, Any?>

    fun device(): Map<String, Any?>

    fun state(): Map<String, Any?>

    /** Bytes of the app as installed. */
    fun installedBytes(): Long?
}

/** [resident], [peak]: bytes of this process. [threads]: how many it has. [cores]: those that it may run on. */
class Memory(val resident: Long?, val peak: Long?, val threads: Int?, val cores: List<Int>?)

/** How many runs of a graph with inputs of some shapes there were, and how long they took in all. */
class Ran(val stage: String, val shapes: List<List<Int>>, var count: Int = 0, var seconds: Double = 0.0)

/** What was measured. [failures]: messages by the place of the picture. [complete]: false where it was stopped. */
class Measured(
    val reader: ReceiptReader,
    val loadSeconds: Double,
    val firstReadSeconds: Double?,
    val samples: List<Sample>,
    val failures: Map<Int, String>,
    val runs: List<Ran>,
    val complete: Boolean,
)

/** One read with every stage timed: decoding, and the reader's own. */
fun timedRead(reader: ReceiptReader, timings: Timings, decode: (Int) -> Photo): Receipt {
    val photo = decode(Int.MAX_VALUE)
    timings.lap("decode")
    return reader.read(photo, timings) { most ->
        timings.lap("detect")
        decode(most).also { timings.lap("decode") }
    }
}

/**
 * Opens a reader and measures it. [progress] is told the share, 0..1, that is done; [stopped] is asked before each read.
 *
 * [open]: the reader, with its sessions noted by what it is given. Throws as it does, and [BackendError] where not one
 * picture can be read.
 */
fun measure(
    open: (Watch) -> ReceiptReader,
    shots: List<Shot>,
    rules: Rules,
    machine: Machine,
    progress: (Double) -> Unit = {},
    stopped: () -> Boolean = { false },
): Measured {
    val watch = Watch()
    var began = System.nanoTime()
    val reader = open(watch)
    val loadSeconds = since(began)
    val run = Run(reader, shots, watch, machine)
    began = System.nanoTime()
    val first = if (run.read(0)) since(began) else null
    for (i in 0 until rules.warmUp) if (!stopped()) run.read(i % shots.size)
    run.forget()
    began = System.nanoTime()
    var turn = 0
    while (!stopped() && turn < rules.enoughReads && since(began) < rules.enoughSeconds) {
        run.read(turn % shots.size)
        turn += 1
        progress(maxOf(turn / rules.enoughReads.toDouble(), since(began) / rules.enoughSeconds).coerceAtMost(1.0))
    }
    if (run.samples.isEmpty() && run.failures.isNotEmpty()) {
        throw BackendError("no picture could be read: ${run.failures.values.first()}")
    }
    return Measured(reader, loadSeconds, first, run.samples, run.failures, watch.runs, !stopped())
}

private fun since(began: Long): Double = (System.nanoTime() - began) / 1e9

private class Run(
    private val reader: ReceiptReader,
    private val shots: List<Shot>,
    private val watch: Watch,
    private val machine: Machine,
) {
    val samples = ArrayList<Sample>()
    val failures = LinkedHashMap<Int, String>()

    /** Whether the picture could be read. */
    fun read(place: Int): Boolean {
        val shot = shots[place]
        val timings = Timings()
        val cpu = machine.cpuMs()
        val began = System.nanoTime()
        try {
            timedRead(reader, timings) { most -> shot.decode(reader, most) }
        } catch (error: EdgeKitError) {
            failures[place] = error.message.orEmpty()
            return false
        }
        val stages = linkedMapOf("all" to roundedTo(since(began) * 1000, 3))
        for ((stage, seconds) in timings.stages) stages[stage] = roundedTo(seconds * 1000, 3)
        samples.add(Sample(place, stages, roundedTo(machine.cpuMs() - cpu, 3)))
        return true
    }

    /** Forgets what was read to warm up. */
    fun forget() {
        samples.clear()
        failures.clear()
        watch.forget()
    }
}

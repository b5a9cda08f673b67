package edgekit.app.bench

import java.security.MessageDigest
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.TimeZone

/*
 * The result as the JSON that `edgekit bench` writes: `edgekit/bench/schema.json`, "edgekit.bench/1".
 *
 * An app is one process that was started by a person: there is one pass, and of the times to start only those of opening
 * the bundle and of the first read.
 */

const val SCHEMA = "edgekit.bench/1"
private const val NOISE_LIMIT = 0.05

/** A run from before its first read to after its last. [note]: of the pictures. [label]: what the person says. */
class Report(
    val started: Date,
    val seconds: Double,
    val label: String?,
    val note: String,
    val shots: List<Shot>,
    val rules: Rules,
    val engine: Engine,
    val before: Map<String, Any?>,
    val after: Map<String, Any?>,
)

/** What read: [backend] and [precision] of the graphs, [threads] of one read. */
class Engine(val backend: String, val precision: String, val threads: Int)

/** The whole document, as plain maps and lists. */
fun document(report: Report, measured: Measured, machine: Machine): Map<String, Any?> = linkedMapOf(
    "schema" to SCHEMA,
    "started" to moment(report.started),
    "seconds" to roundedTo(report.seconds, 1),
    "complete" to measured.complete,
    "quick" to report.rules.quick,
    "label" to report.label,
    "software" to machine.software(),
    "device" to machine.device(),
    "before" to report.before,
    "after" to report.after,
    "rules" to rules(report.rules),
    "pictures" to linkedMapOf(
        "source" to "synthetic",
        "note" to report.note,
        "items" to report.shots.map { picture(it) },
    ),
    "variants" to listOf(variant(report, measured, machine)),
    "left_out" to emptyList<Any>(),
    "throughput" to emptyList<Any>(),
    "probe" to null,
    "energy" to null,
)

/** What a person wants to know at once. */
class Figures(val p50: Double, val p95: Double, val reads: Int, val peakBytes: Long?)

fun figures(measured: Measured, machine: Machine): Figures? {
    if (measured.samples.isEmpty()) return null
    val all = measured.samples.map { it.whole }
    return Figures(percentile(all, 0.5), percentile(all, 0.95), all.size, machine.memory().peak)
}

private fun moment(date: Date): String {
    val format = SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
    format.timeZone = TimeZone.getTimeZone("UTC")
    return format.format(date)
}

private fun rules(rules: Rules): Map<String, Any?> = linkedMapOf(
    "scenario" to "single stream",
    "warm_up" to rules.warmUp,
    "enough_reads" to rules.enoughReads,
    "enough_s" to rules.enoughSeconds,
    "passes" to 1,
    "pause_s" to 0.0,
    "noise_limit" to NOISE_LIMIT,
)

private fun picture(shot: Shot): Map<String, Any?> {
    val digest = MessageDigest.getInstance("SHA-256").digest(shot.bytes)
    return linkedMapOf(
        "name" to shot.name,
        "width" to shot.width,
        "height" to shot.height,
        "bytes" to shot.bytes.size,
        "sha256" to digest.joinToString("") { (it.toInt() and 0xff).toString(16).padStart(2, '0') },
    )
}

private fun variant(report: Report, measured: Measured, machine: Machine): Map<String, Any?> {
    val bundle = measured.reader.bundle
    val engine = report.engine
    val samples = measured.samples
    val memory = machine.memory()
    val stages = byStage(samples)
    val plural = if (engine.threads == 1) "thread" else "threads"
    val named = "${bundle.manifest.name} ${bundle.manifest.version}"
    return linkedMapOf(
        "id" to "$named, ${engine.backend} ${engine.precision}, ${engine.threads} $plural",
        "bundle" to linkedMapOf(
            "name" to bundle.manifest.name,
            "version" to bundle.manifest.version,
            "digest" to bundle.digest,
            "bytes" to bundle.size,
        ),
        "backend" to engine.backend,
        "precision" to engine.precision,
        "threads" to engine.threads,
        "extractor" to measured.reader.rung,
        "reads" to samples.size,
        "failures" to measured.failures.map { linkedMapOf("picture" to it.key, "error" to it.value) },
        "start" to linkedMapOf(
            "cold_s" to emptyList<Any>(),
            "import_s" to emptyList<Any>(),
            "load_s" to listOf(roundedTo(measured.loadSeconds, 4)),
            "first_read_s" to listOfNotNull(measured.firstReadSeconds?.let { roundedTo(it, 4) }),
        ),
        "latency_ms" to stages.mapValues { summary(it.value) },
        "cpu_ms" to if (samples.isEmpty()) null else summary(samples.map { it.cpu }),
        "memory" to linkedMapOf("peak_bytes" to memory.peak, "steady_bytes" to memory.resident),
        "disk" to linkedMapOf("bundle_bytes" to bundle.size, "installed_bytes" to machine.installedBytes()),
        "os_threads" to memory.threads,
        "affinity" to memory.cores,
        "noise" to noise(samples, NOISE_LIMIT),
        "joules_per_read" to null,
        "runs" to measured.runs.map { run(it) },
        "samples" to linkedMapOf(
            "pass" to samples.map { 0 },
            "picture" to samples.map { it.picture },
            "ms" to stages,
            "cpu_ms" to if (samples.isEmpty()) null else samples.map { it.cpu },
        ),
    )
}

/** Milliseconds of every read, stage by stage; a stage that a read went without took it none. */
private fun byStage(samples: List<Sample>): Map<String, List<Double>> {
    val names = samples.flatMap { it.milliseconds.keys }.distinct()
    return names.associateWith { name -> samples.map { it.milliseconds[name] ?: 0.0 } }
}

private fun run(ran: Ran): Map<String, Any?> = linkedMapOf(
    "stage" to ran.stage,
    "shapes" to ran.shapes,
    "count" to ran.count,
    "seconds" to roundedTo(ran.seconds, 6),
)

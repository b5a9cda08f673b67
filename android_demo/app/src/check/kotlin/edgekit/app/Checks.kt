package edgekit.app

import edgekit.Bundle
import edgekit.Graph
import edgekit.ImageError
import edgekit.Manifest
import edgekit.Options
import edgekit.Point
import edgekit.Quad
import edgekit.REREAD
import edgekit.ReceiptReader
import edgekit.Stage
import edgekit.app.bench.Engine
import edgekit.app.bench.Machine
import edgekit.app.bench.Measured
import edgekit.app.bench.Memory
import edgekit.app.bench.Proc
import edgekit.app.bench.Report
import edgekit.app.bench.Rules
import edgekit.app.bench.Sample
import edgekit.app.bench.Shot
import edgekit.app.bench.Watch
import edgekit.app.bench.device
import edgekit.app.bench.document
import edgekit.app.bench.figures
import edgekit.app.bench.measure
import edgekit.app.bench.noise
import edgekit.app.bench.percentile
import edgekit.app.bench.software
import edgekit.app.bench.state
import edgekit.app.bench.summary
import edgekit.golden.Suite
import edgekit.golden.decoded
import edgekit.onnxruntime.OrtBackend
import edgekit.photo
import edgekit.writeJson
import java.io.ByteArrayInputStream
import java.io.File
import java.nio.file.Files
import java.util.Date
import kotlin.system.exitProcess

/*
 * What of the app runs without Android: figures, the measurement itself with ONNX Runtime on the JVM, and its JSON.
 *
 * Arguments: the folder of the golden cases, of the bundle, and where the JSON of the measurement is to lie.
 */
fun main(arguments: Array<String>) {
    val suite = Suite()
    val bundle = Bundle(File(arguments[1]))
    figures(suite)
    small(suite, bundle)
    system(suite)
    told(suite)
    suite.test("a measurement, and its JSON") {
        val shots = shots(File(arguments[0], "receipts"))
        val rules = Rules(warmUp = 1, enoughReads = 8, enoughSeconds = 60.0, quick = true)
        File(arguments[2], "bench.json").writeText(writeJson(measured(bundle, shots, rules)))
    }
    println("${suite.passed} passed, ${suite.failed} failed")
    exitProcess(if (suite.failed == 0 && suite.passed > 0) 0 else 1)
}

private fun figures(suite: Suite) {
    suite.test("percentiles are those of edgekit/bench/stats.py") {
        val values = listOf(310.5, 292.5, 345.3, 318.85, 300.0, 345.1, 320.25)
        check(percentile(listOf(7.0), 0.95) == 7.0)
        check(percentile(values, 0.0) == 292.5 && percentile(values, 1.0) == 345.3)
        val expected = mapOf(
            "mean" to 318.929, "min" to 292.5, "p50" to 318.85,
            "p90" to 345.18, "p95" to 345.24, "p99" to 345.288, "max" to 345.3,
        )
        check(summary(values) == expected) { "${summary(values)}" }
    }
    suite.test("noise is that of edgekit/bench/stats.py") {
        val times = listOf(100.0, 210.0, 102.0, 205.0, 99.0, 201.0, 130.0, 260.0, 101.0, 203.0, 100.0, 200.0)
        val samples = times.mapIndexed { i, ms -> Sample(i % 2, mapOf("all" to ms), ms) }
        val expected = mapOf(
            "noisy" to true, "pass_p95_ms" to listOf(232.5), "p95_difference" to null,
            "blocks" to 3, "block_spread" to 0.1348,
        )
        check(noise(samples, 0.05) == expected) { "${noise(samples, 0.05)}" }
        val none = noise(samples.take(7), 0.05)
        check(none["noisy"] == null && none["blocks"] == 0) { "$none" }
        check(noise(emptyList(), 0.05)["pass_p95_ms"] == emptyList<Double>())
    }
}

private fun small(suite: Suite, bundle: Bundle) {
    suite.test("a picture fits into its view") {
        val quad = quad(0.0, 0.0, 100.0, 200.0)
        val wide = Fit(100, 200, 300, 100)
        check(wide.place(quad) == quad(125.0, 0.0, 175.0, 100.0)) { "${wide.place(quad)}" }
        val high = Fit(100, 200, 50, 300)
        check(high.left == 0.0 && high.top == 100.0 && high.right == 50.0 && high.bottom == 200.0)
    }
    suite.test("what is transparent is paper") {
        check(onWhite(0xff102030.toInt()) and 0xffffff == 0x102030 && onWhite(0) == 0xffffff)
        check(onWhite(0x80000000.toInt()) == 0x7f7f7f) { Integer.toHexString(onWhite(0x80000000.toInt())) }
    }
    suite.test("a stream is read, but not without end") {
        val data = ByteArray(200_000) { it.toByte() }
        check(readAtMost(ByteArrayInputStream(data), 1L shl 40).contentEquals(data))
        check(readAtMost(ByteArrayInputStream(data), 70_000).contentEquals(data.copyOf(70_000)))
    }
    suite.test("names that may be lent") {
        check(listOf("photo-1.jpg", "edgekit-bench.json").all(::isPlainName))
        check(listOf("", "..", ".hidden", "a/b", "../x", "a\u0000").none(::isPlainName))
    }
    suite.test("the precision that a bundle has") {
        val detector = bundle.manifest.stages.getValue("detect").graphs[0]
        check(precision(bundle.manifest, "onnxruntime") == detector.precision)
        check(precision(bundle.manifest, "executorch") == "fp32")
        val twice = bundle.manifest.with { graphs -> graphs.flatMap { listOf(it, it.copy(precision = "int8")) } }
        check(precision(twice, "onnxruntime") == "int8")
        val half = bundle.manifest.with { graphs -> graphs.map { it.copy(precision = "fp16") } }
        check(precision(half, "onnxruntime") == "fp16") { "some stages name a precision of their own" }
    }
}

/** The same with other graphs of every stage that names no precision of its own. */
private fun Manifest.with(graphs: (List<Graph>) -> List<Graph>): Manifest {
    val others = stages.mapValues { (_, stage) ->
        if (stage.precision != null) stage else Stage(graphs(stage.graphs), stage.params)
    }
    return Manifest(name, version, licence, description, sources, others, files)
}

private fun system(suite: Suite) {
    suite.test("what Linux tells") {
        val root = Files.createTempDirectory("system").toFile()
        fun write(path: String, text: String) = File(root, path).apply { parentFile.mkdirs() }.writeText(text)
        val core = "processor : 0\nFeatures : fp asimd asimddp %s\nCPU implementer : 0x41\nCPU part : %s\n"
        val cores = listOf("i8mm" to "0xd46", "i8mm bf16" to "0xd4d", "i8mm" to "0xfff")
        write("proc/cpuinfo", cores.joinToString("\n") { (flags, part) -> core.format(flags, part) })
        val memoryLines = "VmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n"
        write("proc/self/status", "Name:\tx\n${memoryLines}Threads:\t17\nCpus_allowed_list:\t0-1,3\n")
        write("sys/devices/system/cpu/cpu10/cpufreq/scaling_cur_freq", "2400000\n")
        write("sys/devices/system/cpu/cpu2/cpufreq/scaling_cur_freq", "1803750\n")
        write("sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "schedutil\n")
        val proc = Proc(root)
        val memory = proc.memory()
        check(memory.peak == 2048L * 1024 && memory.resident == 1024L * 1024 && memory.threads == 17)
        check(memory.cores == listOf(0, 1, 3)) { "${memory.cores}" }
        val cpu = proc.cpu(null, "aarch64")
        check(cpu["model"] == "Cortex-A510 + Cortex-A715 + implementer 0x41 part 0xfff") { "${cpu["model"]}" }
        val features = cpu["features"] as Map<*, *>
        val told = listOf("dotprod", "i8mm", "bf16", "avx2").map { features[it] }
        check(told == listOf(true, true, false, null)) { "$told" }
        val clocks = proc.clocks()
        check(clocks["clocks_mhz"] == listOf(1803.8, 2400.0)) { "$clocks" }
        check(clocks["governors"] == listOf("schedutil")) { "$clocks" }
        check(clocks["load"] == null && cpu["cores"] == 2)
        val nothing = Proc(File(root, "nothing"))
        check(nothing.memory().peak == null && nothing.cpu("X", "aarch64")["parts"] == emptyList<String>())
        check(listOf("0-", "").all { edgekit.app.bench.cores(it) == null })
        root.deleteRecursively()
    }
}

private fun told(suite: Suite) = suite.test("what Android tells") {
    val nothing = Proc(File("nothing"))
    val hot = state(nothing, 312, 0, 2)
    val throttling = hot["throttling"] as Map<*, *>
    check(throttling["now"] == true && throttling["raw"] == "thermal status 2 (moderate)") { "$throttling" }
    check(hot["battery"] == true && hot["temperatures_c"] == mapOf("battery" to 31.2)) { "$hot" }
    check((state(nothing, -1, 2, 0)["throttling"] as Map<*, *>)["now"] == false)
    val silent = state(nothing, -1, -1, null)
    check((silent - "throttling").values.all { it == null }) { "$silent" }
    check(state(nothing, -1, 2, null)["battery"] == false)
    val phone = device("x", emptyList(), emptyMap(), null, "x", null)
    check(phone["emulated"] == false && phone["virtual"] == null)
}

private fun quad(left: Double, top: Double, right: Double, bottom: Double) =
    Quad(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))

private fun shots(folder: File): List<Shot> {
    val files = folder.listFiles { file -> file.extension == "png" }!!.sorted().take(3)
    val read = files.map { file ->
        val picture = decoded(file)
        Shot(file.name, picture.width, picture.height, file.readBytes()) { reader, most ->
            photo(picture, reader.decodeParams, most = most)
        }
    }
    val broken = Shot("broken.jpg", 1, 1, ByteArray(1)) { _, _ -> throw ImageError("photo: damaged picture") }
    return read + broken
}

private fun measured(bundle: Bundle, shots: List<Shot>, rules: Rules): Map<String, Any?> {
    val machine = Here()
    val before = machine.state()
    val shares = ArrayList<Double>()
    fun opened(watch: Watch) = ReceiptReader(bundle, watch.over(OrtBackend, bundle.manifest), Options(threads = 2))
    val run: Measured = measure(::opened, shots, rules, machine, { shares += it })
    check(run.samples.size == 6) { "${run.samples.size}" }
    check(run.failures == mapOf(3 to "photo: damaged picture")) { "${run.failures}" }
    check(shares.size == 8 && shares.last() == 1.0 && shares == shares.sorted()) { "$shares" }
    val networks = run.runs.map { it.stage }.toSet()
    check(networks == setOf("detect", "recognize", REREAD, "extract")) { "$networks" }
    val stages = run.samples.first().milliseconds
    check(stages.keys.joinToString(" ") == "all decode detect recognize layout extract") { "${stages.keys}" }
    check(stages.getValue("all") >= (stages - "all").values.sum() - 0.01) { "$stages" }
    val shown = checkNotNull(figures(run, machine))
    check(shown.p95 >= shown.p50 && shown.reads == 6)
    val stopped = measure(::opened, shots, rules, machine) { true }
    check(!stopped.complete && stopped.samples.isEmpty() && figures(stopped, machine) == null)
    val engine = Engine("onnxruntime", "fp32", 2)
    val report = Report(Date(0), 1.25, null, "golden receipts", shots, rules, engine, before, machine.state())
    val empty = document(report, stopped, machine)
    check(empty.keys == document(report, run, machine).keys)
    return document(report, run, machine)
}

/** This machine, by what Linux tells. */
private class Here : Machine {
    private val proc = Proc()

    override fun cpuMs(): Double = System.nanoTime() / 1e6

    override fun memory(): Memory = proc.memory()

    override fun software(): Map<String, Any?> = software("a check", "JVM", "onnxruntime", OrtBackend.version)

    override fun device(): Map<String, Any?> {
        val cpu = proc.cpu(null, System.getProperty("os.arch"))
        return device("a machine", listOf("it is called ranchu"), cpu, 1L shl 32, "Android 16 (API 36)", null)
    }

    override fun state(): Map<String, Any?> = state(proc, 312, 0, 2)

    override fun installedBytes(): Long? = null
}

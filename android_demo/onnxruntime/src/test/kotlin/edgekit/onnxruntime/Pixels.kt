package edgekit.onnxruntime

import edgekit.Backend
import edgekit.Bundle
import edgekit.Graph
import edgekit.Options
import edgekit.ReceiptReader
import edgekit.Session
import edgekit.Tensor
import edgekit.golden.Suite
import edgekit.golden.at
import edgekit.golden.decoded
import edgekit.golden.list
import edgekit.golden.read
import java.io.File
import java.lang.management.ManagementFactory
import kotlin.system.exitProcess

/*
 * Reads the golden receipts from their pixels with ONNX Runtime; prints what failed, and `N passed, N failed`.
 *
 * Every field must have the value and the alternatives that Python read; engines may differ in the last bits of a
 * confidence, and so in a line that a field does not need. Arguments: the folder of the golden cases, of the bundle.
 */
fun main(arguments: Array<String>) {
    val suite = Suite()
    val engine = Watched(OrtBackend)
    val bundle = Bundle(File(arguments[1]))
    val reader = ReceiptReader(bundle, engine, Options(threads = 1))
    reader.warmUp()
    val pictures = File(arguments[0], "receipts").listFiles { file -> file.extension == "png" }!!.sorted()
    var lines = 0
    var same = 0
    var spent = 0L
    engine.spent = 0
    for (file in pictures) {
        suite.test("receipt ${file.nameWithoutExtension} from its pixels") {
            val picture = decoded(file)
            val start = processorTime()
            val found = reader.read(picture)
            spent += processorTime() - start
            val expected = read(File(file.path.removeSuffix("png") + "json")).at("pixels")
            val texts = expected.at("lines").list()
            lines += texts.size
            same += found.lines.map { it.text }.zip(texts).count { (a, b) -> a == b }
            val values = answers(expected.at("fields") as Map<*, *>)
            val answers = answers(found.fields.byName.mapValues { it.value?.toMap() })
            check(answers == values) { "$answers are not $values" }
        }
    }
    println("lines that read the same: $same of $lines")
    val core = (spent - engine.spent) / 1e6 / pictures.size
    val networks = engine.spent / 1e6 / pictures.size
    println("processor time of a receipt: %.0f ms in the core, %.0f ms in the networks".format(core, networks))
    println("${suite.passed} passed, ${suite.failed} failed")
    exitProcess(if (suite.failed == 0 && suite.passed == pictures.size && suite.passed > 0) 0 else 1)
}

private fun answers(fields: Map<*, *>): Map<String, Any?> = fields.entries.associate { (name, field) ->
    name as String to field?.let { listOf(it.at("value"), it.at("alternatives")) }
}

/** Nanoseconds that this thread has computed, whatever else the machine did meanwhile. */
private fun processorTime(): Long = ManagementFactory.getThreadMXBean().currentThreadCpuTime

/** An engine, and how long its graphs ran, in nanoseconds of processor time. */
private class Watched(private val engine: Backend) : Backend {
    override val name = engine.name
    var spent = 0L

    override fun load(graph: Graph, data: ByteArray, threads: Int): Session {
        val session = engine.load(graph, data, threads)
        return object : Session {
            override fun run(vararg inputs: Tensor): List<Tensor> {
                val start = processorTime()
                return session.run(*inputs).also { spent += processorTime() - start }
            }
        }
    }
}

package edgekit.golden

import edgekit.Backend
import edgekit.Bundle
import edgekit.Graph
import edgekit.MANIFEST_NAME
import edgekit.ManifestError
import edgekit.MissingGraphError
import edgekit.Point
import edgekit.Quad
import edgekit.REREAD
import edgekit.ReceiptReader
import edgekit.RecognizeParams
import edgekit.Recognizer
import edgekit.RereadParams
import edgekit.Rereader
import edgekit.Session
import edgekit.Tensor
import edgekit.TextLine
import edgekit.drawn
import edgekit.loadJson
import edgekit.parseJson
import edgekit.writeJson
import java.io.File
import java.nio.file.Files

/*
 * Reading again: which lines, which of both readings is kept; bundles with the stage, without it, and with a wrong one.
 */
fun rereadTests(suite: Suite, bundle: Bundle) {
    lines(suite)
    constants(suite)
    readers(suite, bundle)
}

private const val HIGH = 40 // pixels of a line; it is GREY times its number, plus GREY, in each channel
private const val GREY = 30
private val CHARSET = listOf("a", "b", " ")
private const val SHAPES = "{\"height\": 48, \"widths\": [160], \"padding\": 127, \"batch\": 2, \"blank\": 0}"

/** A recogniser that sees the grey of a line, and reads one character from it: class and probability by line. */
private class Grey(private val said: Map<Int, Pair<Int, Float>>) : Session {
    val seen = ArrayList<Int>()

    override fun run(vararg inputs: Tensor): List<Tensor> {
        val (count, height, width) = inputs[0].shape
        val crops = (inputs[0] as Tensor.Bytes).data
        val lines = List(count) { i ->
            (crops[((i * height + height / 2) * width + height / 2) * 3].toInt() and 0xff) / GREY - 1
        }
        seen += lines
        val answers = lines.map { said.getValue(it) }
        return listOf(
            Tensor.Ints(intArrayOf(count, 1), answers.map { it.first }.toIntArray()),
            Tensor.Floats(intArrayOf(count, 1), answers.map { it.second }.toFloatArray()),
        )
    }
}

private fun readAgain(
    params: String,
    confidences: List<Double>,
    order: List<Int>,
    said: Map<Int, Pair<Int, Float>>,
): Pair<List<TextLine>, List<Int>> {
    val page = drawn(100, HIGH * maxOf(confidences.size, 1)) { _, y -> (y / HIGH + 1) * GREY * 0x10101 }
    val lines = confidences.mapIndexed { i, confidence ->
        val (top, bottom) = Pair(i * HIGH.toDouble(), (i + 1) * HIGH.toDouble())
        TextLine("?$i", Quad(Point(0.0, top), Point(100.0, top), Point(100.0, bottom), Point(0.0, bottom)), confidence)
    }
    val network = Grey(said)
    val recognizer = Recognizer(network, RecognizeParams(loadJson(SHAPES, "x")), CHARSET)
    val found = Rereader(recognizer, RereadParams(loadJson(params, "x"))).read(page, lines, order)
    check(found.map { it.quad } == lines.map { it.quad }) { "the quads are others" }
    return Pair(found, network.seen.sorted())
}

private fun params(lines: Int = 3, most: Int = 9) =
    "{\"lines\": $lines, \"confidence\": 0.9, \"most\": $most, \"batch\": 1, \"precision\": \"int8\"}"

private fun lines(suite: Suite) {
    val sure = (0..4).associateWith { Pair(1, 0.95f) }
    val confidences = listOf(0.5, 0.4, 0.9, 0.6, 0.1)
    val order = listOf(2, 0, 3, 1, 4) // the first is sure enough, the last two are too far down
    suite.test("doubtful lines among the first are read again, and no others") {
        val (found, seen) = readAgain(params(), confidences, order, sure)
        check(seen == listOf(0, 3)) { "$seen" }
        check(found.map { it.text } == listOf("a", "?1", "?2", "a", "?4")) { "$found" }
        check(found[0].confidence == 0.95f.toDouble() && found[1].confidence == 0.4) { "$found" }
    }
    suite.test("no more lines are read again than may be, the first ones first") {
        for ((most, expected) in listOf(emptyList(), listOf(0), listOf(0, 3), listOf(0, 1, 3)).withIndex()) {
            val (_, seen) = readAgain(params(lines = 4, most = most), confidences, order, sure)
            check(seen == expected) { "$most: $seen" }
        }
        check(readAgain(params(lines = 0), confidences, order, sure).second.isEmpty())
        check(readAgain(params(), emptyList(), emptyList(), sure).first.isEmpty())
        check(readAgain(params(), listOf(0.9, 0.99), listOf(1, 0), emptyMap()).second.isEmpty())
    }
    suite.test("of both readings the surer one is kept; the first where both are as sure, or the second has no text") {
        val classes = listOf(Pair(1, 0.4f), Pair(1, 0.5f), Pair(2, 0.75f), Pair(3, 0.8f), Pair(0, 1f))
        val said = classes.withIndex().associate { Pair(it.index, it.value) }
        val (found, seen) = readAgain(params(lines = 5), List(5) { 0.5 }, (0..4).toList(), said)
        check(seen == listOf(0, 1, 2, 3, 4)) { "$seen" }
        check(found.map { it.text } == listOf("?0", "?1", "b", "?3", "?4")) { "$found" }
        check(found.map { it.confidence } == listOf(0.5, 0.5, 0.75, 0.5, 0.5)) { "$found" }
    }
}

private fun constants(suite: Suite) = suite.test("constants of reading again that are wrong") {
    val good = params()
    val wrong = mapOf(
        good.replace("\"lines\": 3", "\"lines\": 3.0") to "x: lines: 3.0 is not an integer",
        good.replace("\"lines\": 3", "\"lines\": -1") to "x: lines: -1 is too small",
        good.replace("\"most\": 9", "\"most\": true") to "x: most: True is not an integer",
        good.replace("\"batch\": 1", "\"batch\": 0") to "x: batch: 0 is too small; write at least 1",
        good.replace("0.9", "\"0.9\"") to "x: confidence: '0.9' is not a number",
        good.replace("\"int8\"", "8") to "x: precision: 8 is not a string",
        good.replace("\"int8\"", "\"\"") to "x: precision: empty string",
        good.replace("{", "{\"more\": 1, ") to "x: more: unknown key",
        good.replace("\"confidence\": 0.9, ", "") to "x: confidence: missing",
    )
    for ((text, said) in wrong) refused<ManifestError>(said) { RereadParams(loadJson(text, "x")) }
    check(RereadParams(loadJson(good.replace("0.9", "1"), "x")).confidence == 1.0)
    fun recognizing(precision: String) =
        RecognizeParams(loadJson(SHAPES.replace("{", "{\"precision\": $precision, "), "x"))
    check(recognizing("\"int8\"").batch == 2 && recognizing("null").batch == 2)
    refused<ManifestError>("x: precision: 8 is not a string") { recognizing("8") }
    refused<ManifestError>("x: precision: empty string") { recognizing("\"\"") }
}

/** An engine that finds no text, and notes which graphs are opened and run. */
private class Blank : Backend {
    override val name = "onnxruntime"
    val opened = ArrayList<String>()
    val ran = ArrayList<String>()

    override fun load(graph: Graph, data: ByteArray, threads: Int): Session {
        opened += "${graph.file.substringBefore(".").removeSuffix("_${graph.precision}")} ${graph.precision}"
        return object : Session {
            override fun run(vararg inputs: Tensor): List<Tensor> {
                ran += graph.file
                val shape = inputs[0].shape
                if (graph.outputs.size == 1) {
                    return listOf(Tensor.Floats(shape.copyOf(3), FloatArray(shape[1] * shape[2])))
                }
                val steps = intArrayOf(shape[0], 1)
                return listOf(Tensor.Ints(steps, IntArray(shape[0])), Tensor.Floats(steps, FloatArray(shape[0])))
            }
        }
    }
}

/** The bundle with other stages, in a folder that goes when [use] is done. */
private fun changed(bundle: Bundle, stages: (Json) -> Json, use: (Bundle) -> Unit) {
    val folder = Files.createTempDirectory("bundle").toFile()
    try {
        bundle.path.copyRecursively(folder, overwrite = true)
        val manifest = parseJson(File(folder, MANIFEST_NAME).readText()) as Json
        val other = manifest + ("stages" to stages(manifest["stages"] as Json))
        File(folder, MANIFEST_NAME).writeText(writeJson(other))
        use(Bundle(folder))
    } finally {
        folder.deleteRecursively()
    }
}

private fun stage(stages: Json, key: String, value: (Any?) -> Any?): Json {
    val reread = stages[REREAD] as Json
    return stages + (REREAD to reread + (key to value(reread[key])))
}

private fun readers(suite: Suite, bundle: Bundle) {
    suite.test("the stage's own precision is opened, and the stage is run to warm up") {
        val engine = Blank()
        ReceiptReader(bundle, engine).warmUp()
        check(engine.opened.take(3) == listOf("detect fp32", "recognize int8", "reread int8")) { "${engine.opened}" }
        check(engine.ran.last() == bundle.graph(REREAD, engine.name, "int8").file) { "${engine.ran}" }
        check(bundle.graph(REREAD, engine.name, "fp16").precision == "int8")
        refused<MissingGraphError>("stage 'detect' has no graph for onnxruntime fp16") {
            bundle.graph("detect", engine.name, "fp16")
        }
    }
    suite.test("a graph of the precision asked for comes before the stage's own") {
        fun halved(graphs: Any?) = (graphs as List<*>).flatMap { listOf(it, (it as Json) + ("precision" to "fp16")) }
        changed(bundle, { stage(it, "graphs", ::halved) }) { both ->
            for (precision in listOf("fp16", "int8")) {
                check(both.graph(REREAD, "onnxruntime", precision).precision == precision)
            }
        }
    }
    suite.test("a bundle without the stage reads without it") {
        changed(bundle, { it - REREAD }) { without ->
            val engine = Blank()
            val reader = ReceiptReader(without, engine)
            reader.warmUp()
            check(reader.read(drawn(64, 64) { _, _ -> 0xffffff }).lines.isEmpty())
            check((engine.opened + engine.ran).none { it.startsWith(REREAD) }) { "${engine.opened} ${engine.ran}" }
        }
    }
    suite.test("a stage without its graph, or with wrong constants, is refused") {
        changed(bundle, { stage(it, "graphs") { emptyList<Any>() } }) { without ->
            refused<MissingGraphError>("stage 'reread' has no graph for onnxruntime int8: it has none") {
                ReceiptReader(without, Blank())
            }
        }
        changed(bundle, { stage(it, "params") { params -> (params as Json) - "most" } }) { wrong ->
            refused<ManifestError>("stages.reread.params.most: missing") { ReceiptReader(wrong, Blank()) }
        }
    }
}

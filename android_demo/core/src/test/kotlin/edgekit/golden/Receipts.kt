package edgekit.golden

import edgekit.Backend
import edgekit.Bundle
import edgekit.Graph
import edgekit.Picture
import edgekit.ReceiptReader
import edgekit.Session
import edgekit.Tensor
import edgekit.extract.TAGS
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.ArrayDeque
import java.util.Base64
import java.util.zip.CRC32
import javax.imageio.ImageIO

/*
 * Whole receipts: from the tensors of a tape, to the last digit.
 */

private const val HEAT_STEPS = 15f

/** The pixels of a PNG with a palette. */
fun decoded(file: File): Picture {
    val image = ImageIO.read(file)
    val pixels = image.getRGB(0, 0, image.width, image.height, null, 0, image.width)
    return Picture(image.width, image.height, pixels)
}

/** What is read from the tape of a case. */
fun replayed(bundle: Bundle, picture: File, case: Any?): String {
    val tape = Tape(case.at("tape").list())
    val receipt = ReceiptReader(bundle, tape).read(decoded(picture))
    check(tape.entries.isEmpty()) { "${tape.entries.size} runs of networks were not asked for" }
    return receipt.toJson()
}

/** An engine that says what a tape holds, and refuses other inputs than those it was recorded with. */
private class Tape(entries: List<Any?>) : Backend {
    val entries = ArrayDeque(entries)
    override val name = "onnxruntime"

    override fun load(graph: Graph, data: ByteArray, threads: Int): Session = object : Session {
        override fun run(vararg inputs: Tensor): List<Tensor> {
            val entry = entries.pop()
            val stage = graph.file.removeSuffix(".onnx").removeSuffix("_${graph.precision}")
            val found = listOf(stage) + inputs.map { told(it) }
            val expected = listOf(entry.at("stage")) + entry.at("inputs").list()
            val problem = difference(plain(found), expected, 0.0)
            check(problem == null) { "${entries.size} runs before the end, the network is given $problem" }
            return outputs(entry)
        }
    }
}

/** What a network was given: shape, and the CRC-32 of the numbers as little-endian bytes, integers only. */
private fun told(tensor: Tensor): Any {
    val bytes = when (tensor) {
        is Tensor.Bytes -> tensor.data
        is Tensor.Ints -> ByteBuffer.allocate(tensor.data.size * 4).order(ByteOrder.LITTLE_ENDIAN)
            .also { it.asIntBuffer().put(tensor.data) }.array()
        is Tensor.Floats -> return mapOf("shape" to tensor.shape, "crc32" to null)
    }
    return mapOf("shape" to tensor.shape, "crc32" to CRC32().also { it.update(bytes) }.value)
}

private fun outputs(entry: Any?): List<Tensor> = when (entry.at("stage")) {
    "detect" -> {
        val pairs = Base64.getDecoder().decode(entry.at("heat") as String)
        val shape = entry.at("shape").list().map { it.int() }.toIntArray()
        val heat = FloatArray(shape.fold(1) { size, side -> size * side })
        var at = 0
        for (i in pairs.indices step 2) {
            val count = pairs[i].toInt() and 0xff
            heat.fill(pairs[i + 1] / HEAT_STEPS, at, at + count)
            at += count
        }
        listOf(Tensor.Floats(shape, heat))
    }
    "recognize", "reread" -> {
        val rows = entry.at("indices").list().map { row -> row.list().map { it.int() } }
        val indices = rows.flatten().toIntArray()
        val mils = entry.at("mils").list().iterator()
        val scores = FloatArray(indices.size) { if (indices[it] == 0) 0f else mils.next().int() / 1000f }
        val shape = intArrayOf(rows.size, rows[0].size)
        listOf(Tensor.Ints(shape, indices), Tensor.Floats(shape, scores))
    }
    else -> {
        val bucket = entry.at("inputs").list()[0].at("shape").list()[1].int()
        val cents = entry.at("cents").list()
        val scores = FloatArray(bucket * TAGS.size) { if (it < cents.size) cents[it].int() / 100f else 0f }
        listOf(Tensor.Floats(intArrayOf(1, bucket, TAGS.size), scores))
    }
}

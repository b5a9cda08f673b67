package edgekit.executorch

import edgekit.BackendError
import edgekit.BundleError
import edgekit.EdgeKitError
import edgekit.Evidence
import edgekit.Graph
import edgekit.Session
import edgekit.Tensor
import edgekit.TensorSpec
import edgekit.golden.Suite
import java.io.File
import java.nio.file.Files
import kotlin.system.exitProcess
import org.pytorch.executorch.EValue
import org.pytorch.executorch.Module
import org.pytorch.executorch.Program
import org.pytorch.executorch.Tensor as EngineTensor

/*
 * The adapter with programs that are functions: what it asks of the engine, what it refuses, and in which words.
 */

private val FOLDER: File = Files.createTempDirectory("programs").toFile()
private val SIZED = listOf(TensorSpec("pixels", "float32", listOf(1, 3, "height", "width")))
private val WORDS = listOf(
    TensorSpec("kinds", "int32", listOf("words", 2)),
    TensorSpec("letters", "uint8", listOf("words", 5)),
)

fun main() {
    val suite = Suite()
    suite.test("a program with limits") { limits() }
    suite.test("a program with methods by size") { sizes() }
    suite.test("programs that cannot be loaded") { damaged() }
    suite.test("an engine that fails") { failing() }
    FOLDER.deleteRecursively()
    println("${suite.passed} passed, ${suite.failed} failed")
    exitProcess(if (suite.failed == 0) 0 else 1)
}

private fun limits() {
    val session = session(SIZED, mapOf("forward" to ::doubled, "limits" to ::pages))
    check(Module.threads == 3 && FOLDER.list()!!.isEmpty()) { "the file is left behind" }
    val found = session.run(floats(1, 3, 32, 96)).single() as Tensor.Floats
    check(found.shape.toList() == listOf(1, 3, 32, 96) && found.data.last() == 2f * (3 * 32 * 96 - 1))
    refused("x.pte: input 'pixels' is float32 [1, 3, 40, 96]: axis 2 has to be a multiple of 32, 32 or more") {
        session.run(floats(1, 3, 40, 96))
    }
    refused("axis 3 has to be a multiple of 32, 64 or more") { session.run(floats(1, 3, 32, 32)) }
    refused("axis 1 has to be 3") { session.run(floats(1, 1, 32, 96)) }
    refused("4 axes expected") { session.run(floats(3, 32, 96)) }
    refused("input 'pixels' is int32 [1]: float32 expected") { session.run(Tensor.Ints(intArrayOf(1), IntArray(1))) }
    refused("2 inputs given; pass 'pixels' alone") { session.run(floats(1), floats(1)) }
}

private fun sizes() {
    val ran = ArrayList<String>()
    fun method(name: String): Pair<String, (Array<out EValue>) -> Array<EValue>> = name to { given ->
        ran += name
        val words = given[0].toTensor().shape()[0]
        arrayOf(EValue.from(EngineTensor.fromBlob(IntArray(words.toInt()) { it }, longArrayOf(words))))
    }
    val session = session(WORDS, mapOf(method("forward_16"), method("forward_4")))
    check(ran == listOf("forward_4")) { "set up with $ran" }
    val found = session.run(ints(16, 2), bytes(16, 5)).single() as Tensor.Ints
    check(ran.last() == "forward_16" && found.data.last() == 15)
    refused("input 'kinds' is int32 [5, 2]: takes [4, 2], [16, 2]") { session.run(ints(5, 2), bytes(5, 5)) }
    refused("input 'letters' is uint8 [4, 5]: 16 expected, as of the others") { session.run(ints(16, 2), bytes(4, 5)) }
}

private fun damaged() {
    refused("x.pte: executorch cannot load this program ([ExecuTorch Error 0x23]") { session(SIZED, null) }
    refused("it has no method 'limits'; lower it with export.targets.executorch") {
        session(SIZED, mapOf("forward" to ::doubled))
    }
    val two: Program = mapOf("forward" to { it -> arrayOf(it[0], it[0]) }, "limits" to ::pages)
    val destroyed = Module.destroyed
    refused("the manifest names other inputs or outputs") { session(SIZED, two) }
    check(Module.destroyed == destroyed + 1)
    val backend = ExecutorchBackend(File(FOLDER, "nowhere"))
    val error = runCatching { backend.load(graph(SIZED), ByteArray(1), 1) }.exceptionOrNull()
    check(error is BackendError && "no program can be written there" in error.message!!) { "$error" }
}

private fun failing() {
    var fails = false
    fun forward(given: Array<out EValue>): Array<EValue> =
        if (fails) throw RuntimeException("[ExecuTorch Error 0x10] Operation not supported\nmore") else doubled(given)
    val session = session(SIZED, mapOf("forward" to ::forward, "limits" to ::pages))
    fails = true
    val error = runCatching { session.run(floats(1, 3, 32, 64)) }.exceptionOrNull()
    check(error is BackendError) { "$error" }
    check(error.message == "executorch failed: [ExecuTorch Error 0x10] Operation not supported") { "$error" }
    val none = session(SIZED, mapOf("forward" to { _ -> arrayOf(EValue.optionalNone()) }, "limits" to ::pages))
    refused("executorch failed: Expected EValue type Tensor") { none.run(floats(1, 3, 32, 64)) }
}

private fun session(inputs: List<TensorSpec>, program: Program?): Session {
    val data = "program ${Module.programs.size}"
    if (program != null) Module.programs[data] = program
    return ExecutorchBackend(FOLDER).load(graph(inputs), data.toByteArray(), 3)
}

private fun graph(inputs: List<TensorSpec>): Graph {
    val evidence = Evidence("not run", "a function", null, null, null, null, null)
    return Graph("executorch", "fp32", "x.pte", inputs, listOf(TensorSpec("out", "float32", listOf(1))), evidence)
}

private fun doubled(given: Array<out EValue>): Array<EValue> {
    val tensor = given[0].toTensor()
    val twice = tensor.dataAsFloatArray.map { it * 2 }.toFloatArray()
    return arrayOf(EValue.from(EngineTensor.fromBlob(twice, tensor.shape())))
}

/** What a detector's program says of its input: [1, 3, height, width]. */
@Suppress("UNUSED_PARAMETER") // a method of a program is given its inputs, here none
private fun pages(given: Array<out EValue>): Array<EValue> = axes(1, 0, 3, 0, 32, 32, 64, 32)

private fun axes(vararg numbers: Long): Array<EValue> =
    arrayOf(EValue.from(EngineTensor.fromBlob(numbers, longArrayOf(numbers.size / 2L, 2))))

private fun floats(vararg shape: Int): Tensor =
    Tensor.Floats(shape, FloatArray(shape.fold(1, Int::times)) { it.toFloat() })

private fun ints(vararg shape: Int): Tensor = Tensor.Ints(shape, IntArray(shape.fold(1, Int::times)))

private fun bytes(vararg shape: Int): Tensor = Tensor.Bytes(shape, ByteArray(shape.fold(1, Int::times)))

private fun refused(said: String, run: () -> Unit) {
    val error = try {
        run()
        null
    } catch (error: EdgeKitError) {
        error
    }
    check(error is BundleError || error is BackendError) { "nothing was refused, $error" }
    check(said in error.message.orEmpty()) { "\"${error.message}\" does not say \"$said\"" }
}

package edgekit.executorch

import edgekit.Backend
import edgekit.BackendError
import edgekit.BundleError
import edgekit.Graph
import edgekit.Session
import edgekit.Tensor
import edgekit.TensorSpec
import java.io.File
import java.io.IOException
import org.pytorch.executorch.DType
import org.pytorch.executorch.EValue
import org.pytorch.executorch.Module
import org.pytorch.executorch.Tensor as EngineTensor

/*
 * ExecuTorch on the CPU, with XNNPACK: the one file that imports its classes.
 *
 * All programs of the process run one at a time, on one pool of threads, as the engine wants it.
 */

private val ENGINE = Any()

/** [folder]: where a program may lie for the moment in which it is loaded; the engine takes paths only. */
class ExecutorchBackend(private val folder: File) : Backend {
    override val name = "executorch"

    /**
     * The engine has one pool of threads: the first graph loaded sets its size.
     *
     * Throws [BundleError] where the engine cannot load the program, or the manifest names other tensors than it has.
     */
    override fun load(graph: Graph, data: ByteArray, threads: Int): Session {
        val file = try {
            File.createTempFile("program", ".pte", folder).also { it.writeBytes(data) }
        } catch (error: IOException) {
            throw BackendError("$folder: no program can be written there (${error.message}); free some space", error)
        }
        try {
            return synchronized(ENGINE) { loaded(graph, file, threads) }
        } catch (error: RuntimeException) { // the engine's own exceptions, and Java's where an argument is refused
            throw BundleError("${graph.file}: executorch cannot load this program (${firstLine(error)})", error)
        } finally {
            file.delete() // the engine keeps it open
        }
    }
}

private fun loaded(graph: Graph, file: File, threads: Int): Session {
    val module = Module.load(file.path, Module.LOAD_MODE_FILE, threads)
    val shapes = shapes(graph, module)
    val least = shapes.least
    val given = graph.inputs.zip(least).map { (spec, shape) -> EValue.from(zeros(spec, shape)) }
    val found = module.execute(shapes.method(least), *given.toTypedArray()) // it sets a program up when it first runs
    if (found.size != graph.outputs.size || least.map { it.size } != graph.inputs.map { it.shape.size }) {
        module.destroy()
        throw BundleError("${graph.file}: the manifest names other inputs or outputs; export the bundle again")
    }
    return Loaded(module, graph, shapes)
}

/** Which shapes the program of [graph] takes: see [Limits] and [Sizes]. */
private fun shapes(graph: Graph, module: Module): Shapes {
    val names = module.getMethods()
    val taken = names.filter { it.startsWith(METHOD) }.map { it.removePrefix(METHOD).toInt() }.sorted()
    if (taken.isNotEmpty()) return Sizes(taken, graph.inputs.map { it.shape })
    require(LIMITS in names) { "it has no method '$LIMITS'; lower it with export.targets.executorch" }
    val axes = module.execute(LIMITS)[0].toTensor().dataAsLongArray
    return Limits(axes.toList().chunked(2) { (least, step) -> Axis(least.toInt(), step.toInt()) })
}

private class Loaded(private val module: Module, private val graph: Graph, private val shapes: Shapes) : Session {
    override fun run(vararg inputs: Tensor): List<Tensor> {
        check(inputs)
        val method = shapes.method(inputs.map { it.shape })
        val given = inputs.map { EValue.from(engine(it)) }
        synchronized(ENGINE) {
            try {
                return module.execute(method, *given.toTypedArray()).map { tensor(it) }
            } catch (error: RuntimeException) {
                throw BackendError("executorch failed: ${firstLine(error)}", error)
            }
        }
    }

    private fun check(inputs: Array<out Tensor>) {
        val specs = graph.inputs
        if (inputs.size != specs.size) {
            val names = specs.joinToString(" and ") { "'${it.name}'" }
            throw BackendError("${graph.file}: ${inputs.size} inputs given; pass $names alone")
        }
        val given = inputs.map { it.shape }
        specs.forEachIndexed { i, spec ->
            val kind = kind(inputs[i])
            val fault = if (kind == spec.dtype) shapes.fault(i, given) else "${spec.dtype} expected"
            if (fault != null) {
                val shown = "input '${spec.name}' is $kind ${given[i].toList()}"
                throw BackendError("${graph.file}: $shown: $fault; resize it, or use the onnxruntime backend")
            }
        }
    }
}

private fun kind(tensor: Tensor): String = when (tensor) {
    is Tensor.Bytes -> "uint8"
    is Tensor.Ints -> "int32"
    is Tensor.Floats -> "float32"
}

private fun zeros(spec: TensorSpec, shape: IntArray): EngineTensor {
    val size = shape.fold(1, Int::times)
    return engine(
        when (spec.dtype) {
            "uint8" -> Tensor.Bytes(shape, ByteArray(size))
            "int32" -> Tensor.Ints(shape, IntArray(size))
            "float32" -> Tensor.Floats(shape, FloatArray(size))
            else -> throw IllegalArgumentException("input '${spec.name}' of type ${spec.dtype}")
        },
    )
}

private fun engine(tensor: Tensor): EngineTensor {
    val shape = tensor.shape.map { it.toLong() }.toLongArray()
    return when (tensor) {
        is Tensor.Bytes -> EngineTensor.fromBlobUnsigned(tensor.data, shape)
        is Tensor.Ints -> EngineTensor.fromBlob(tensor.data, shape)
        is Tensor.Floats -> EngineTensor.fromBlob(tensor.data, shape)
    }
}

private fun tensor(value: EValue): Tensor {
    val found = value.toTensor()
    val shape = found.shape().map { it.toInt() }.toIntArray()
    return when (val type = found.dtype()) {
        DType.FLOAT -> Tensor.Floats(shape, found.dataAsFloatArray)
        DType.INT32 -> Tensor.Ints(shape, found.dataAsIntArray)
        else -> throw IllegalStateException("an output of type $type; export the bundle again")
    }
}

private fun firstLine(error: Exception): String =
    error.message.orEmpty().trim().lineSequence().first().ifEmpty { error::class.java.simpleName }

package edgekit.onnxruntime

import ai.onnxruntime.OnnxJavaType
import ai.onnxruntime.OnnxTensor
import ai.onnxruntime.OnnxValue
import ai.onnxruntime.OrtEnvironment
import ai.onnxruntime.OrtException
import ai.onnxruntime.OrtLoggingLevel
import ai.onnxruntime.OrtSession
import ai.onnxruntime.TensorInfo
import edgekit.Backend
import edgekit.BackendError
import edgekit.BundleError
import edgekit.Graph
import edgekit.Session
import edgekit.Tensor
import java.nio.ByteBuffer
import java.nio.ByteOrder

/*
 * ONNX Runtime on the CPU: the one file that imports its classes. The same on Android and on the JVM.
 */
object OrtBackend : Backend {
    override val name = "onnxruntime"
    internal val environment: OrtEnvironment by lazy {
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR)
    }

    /** Of the engine. */
    val version: String get() = environment.version

    /** Throws [BundleError] where the engine cannot load the graph, or the manifest names other tensors than it has. */
    override fun load(graph: Graph, data: ByteArray, threads: Int): Session {
        val session = try {
            OrtSession.SessionOptions().use { options ->
                options.setIntraOpNumThreads(threads)
                options.setInterOpNumThreads(1)
                options.setMemoryPatternOptimization(false) // patterns plan a block of memory per input shape
                options.addConfigEntry("session.intra_op.allow_spinning", "0") // threads that spin take others' cores
                options.addConfigEntry("session.qdq_matmulnbits_accuracy_level", "1") // activations stay in float
                environment.createSession(data, options)
            }
        } catch (error: OrtException) {
            throw BundleError("${graph.file}: onnxruntime cannot load this graph (${firstLine(error)})", error)
        }
        val inputs = graph.inputs.map { it.name }
        val outputs = graph.outputs.map { it.name }
        if (session.inputNames.toList() != inputs || session.outputNames.toList() != outputs) {
            session.close()
            throw BundleError("${graph.file}: the manifest names other inputs or outputs; export the bundle again")
        }
        return Loaded(session, inputs)
    }
}

private class Loaded(private val session: OrtSession, private val inputs: List<String>) : Session {
    override fun run(vararg inputs: Tensor): List<Tensor> {
        require(inputs.size == this.inputs.size) { "${inputs.size} tensors for ${this.inputs.size} inputs" }
        val given = LinkedHashMap<String, OnnxTensor>()
        try {
            inputs.forEachIndexed { i, tensor -> given[this.inputs[i]] = onnx(tensor) }
            session.run(given).use { result -> return List(result.size()) { tensor(result.get(it)) } }
        } catch (error: OrtException) {
            throw BackendError("onnxruntime failed: ${firstLine(error)}", error)
        } finally {
            given.values.forEach { it.close() }
        }
    }
}

private fun onnx(tensor: Tensor): OnnxTensor {
    val environment = OrtBackend.environment
    val shape = tensor.shape.map { it.toLong() }.toLongArray()
    return when (tensor) {
        is Tensor.Bytes -> {
            val buffer = direct(tensor.data.size).put(tensor.data)
            buffer.rewind()
            OnnxTensor.createTensor(environment, buffer, shape, OnnxJavaType.UINT8)
        }
        is Tensor.Ints -> {
            val buffer = direct(tensor.data.size * Int.SIZE_BYTES).asIntBuffer().put(tensor.data)
            buffer.rewind()
            OnnxTensor.createTensor(environment, buffer, shape)
        }
        is Tensor.Floats -> {
            val buffer = direct(tensor.data.size * Float.SIZE_BYTES).asFloatBuffer().put(tensor.data)
            buffer.rewind()
            OnnxTensor.createTensor(environment, buffer, shape)
        }
    }
}

private fun direct(bytes: Int): ByteBuffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())

private fun tensor(value: OnnxValue): Tensor {
    if (value !is OnnxTensor) throw BackendError("onnxruntime: an output is no tensor; export the bundle again")
    val info: TensorInfo = value.info
    val shape = info.shape.map { it.toInt() }.toIntArray()
    val size = shape.fold(1, Int::times)
    return when (info.type) {
        OnnxJavaType.INT32 -> Tensor.Ints(shape, IntArray(size).also { value.intBuffer.get(it) })
        OnnxJavaType.FLOAT -> Tensor.Floats(shape, FloatArray(size).also { value.floatBuffer.get(it) })
        else -> throw BackendError("onnxruntime: an output of type ${info.type}; export the bundle again")
    }
}

private fun firstLine(error: OrtException): String = error.message.orEmpty().lineSequence().first()

package edgekit

/*
 * The seam between EdgeKit and an inference engine: tensors in, tensors out, nothing else.
 */

/** Numbers in row-major order. */
sealed class Tensor(val shape: IntArray) {
    class Bytes(shape: IntArray, val data: ByteArray) : Tensor(shape)

    class Ints(shape: IntArray, val data: IntArray) : Tensor(shape)

    class Floats(shape: IntArray, val data: FloatArray) : Tensor(shape)

    /** Floats, or a [BackendError] where the engine gave something else. */
    fun floats(stage: String): FloatArray = (this as? Floats)?.data ?: throw other(stage, "floats")

    /** Integers of 32 bits, or a [BackendError] where the engine gave something else. */
    fun ints(stage: String): IntArray = (this as? Ints)?.data ?: throw other(stage, "integers")

    private fun other(stage: String, wanted: String) =
        BackendError("stage '$stage': an output without $wanted; export the bundle again")
}

/** A loaded graph. [run] is safe to call from several threads at once. */
interface Session {
    /**
     * Tensors in the order of the graph's inputs; returns its outputs in order.
     *
     * Throws [BackendError] if the engine fails.
     */
    fun run(vararg inputs: Tensor): List<Tensor>
}

/** An engine: what its adapter offers. */
interface Backend {
    /** As bundles write it: "onnxruntime", "executorch". */
    val name: String

    /** A session for the serialised graph [data], using [threads] intra-operator threads. */
    fun load(graph: Graph, data: ByteArray, threads: Int): Session
}

/** The session of one stage of a bundle, of what [Bundle.graph] gives. Throws [MissingGraphError] as that does. */
fun openSession(bundle: Bundle, stage: String, backend: Backend, precision: String, threads: Int): Session {
    val graph = bundle.graph(stage, backend.name, precision)
    return backend.load(graph, bundle.read(graph.file), threads)
}

package edgekit.app.bench

import edgekit.Backend
import edgekit.Graph
import edgekit.Manifest
import edgekit.Session
import edgekit.Tensor

/** Notes what graphs are given and how long they run; graphs may run side by side. */
class Watch {
    private val noted = LinkedHashMap<Pair<String, List<List<Int>>>, Ran>()

    val runs: List<Ran> get() = synchronized(noted) { noted.values.toList() }

    fun forget() = synchronized(noted) { noted.clear() }

    /** The same engine, its sessions noted. */
    fun over(engine: Backend, manifest: Manifest): Backend = object : Backend {
        override val name = engine.name

        override fun load(graph: Graph, data: ByteArray, threads: Int): Session {
            val session = engine.load(graph, data, threads)
            val stage = manifest.stages.entries.first { graph in it.value.graphs }.key
            return object : Session {
                override fun run(vararg inputs: Tensor): List<Tensor> {
                    val began = System.nanoTime()
                    return session.run(*inputs).also { note(stage, inputs, (System.nanoTime() - began) / 1e9) }
                }
            }
        }
    }

    private fun note(stage: String, inputs: Array<out Tensor>, seconds: Double) = synchronized(noted) {
        val shapes = inputs.map { it.shape.toList() }
        val ran = noted.getOrPut(Pair(stage, shapes)) { Ran(stage, shapes) }
        ran.count += 1
        ran.seconds += seconds
    }
}

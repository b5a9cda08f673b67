package edgekit

import java.util.regex.Pattern

/*
 * What `manifest.json` says, and the only reader of it.
 */

const val SCHEMA = "edgekit.bundle/1"
private val DTYPES = listOf("bool", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8")
private val NAME = Pattern.compile("[a-z][a-z0-9_-]*")
private val SHA256 = Pattern.compile("[0-9a-f]{64}")
private const val A_NAME = "a name (lower-case letters, digits, - and _)"

/** An input or output of a graph. A dimension is a size, or a name where it varies ("lines", "width"). */
data class TensorSpec(val name: String, val dtype: String, val shape: List<Any>)

/** A figure of the reference ([before]) and of this graph ([after]). */
data class Change(val before: Double, val after: Double)

/** How well receipts were read with a graph instead of its fp32 form. */
data class Trial(
    val data: String,
    val pictures: Int,
    val characterReference: String,
    val characterError: Change,
    val fieldF1: Change,
    val bytes: Change,
    val latencyRatio: Double?,
)

/** Whether a graph was compared with what it was made from. [status]: "passed" or "not run". */
data class Evidence(
    val status: String,
    val reason: String?,
    val reference: String?,
    val maxAbsDifference: Double?,
    val trial: Trial?,
    val machine: String?,
    val delegated: Double?,
)

/** One serialised network: for which engine, at which precision, in which file; tensors in the engine's order. */
data class Graph(
    val backend: String,
    val precision: String,
    val file: String,
    val inputs: List<TensorSpec>,
    val outputs: List<TensorSpec>,
    val evidence: Evidence,
)

/** The graphs of a stage (may be none) and the constants of its pre- and post-processing. */
class Stage(val graphs: List<Graph>, val params: Node) {
    /** The one that its constants name: of the graph that is taken where it has none of the precision asked for. */
    val precision: String? get() = params.mapping()["precision"]?.value as? String
}

/** Digest (lower-case hex) and size in bytes of one file. */
data class FileEntry(val sha256: String, val size: Long)

/** Where weights came from: [path] inside [origin], its digest and licence, and what was changed since. */
data class Source(
    val name: String,
    val origin: String,
    val path: String,
    val sha256: String,
    val licence: String,
    val changes: String,
)

/** The whole of `manifest.json`. [files] lists every file of the bundle but the manifest itself. */
class Manifest(
    val name: String,
    val version: String,
    val licence: String,
    val description: String,
    val sources: List<Source>,
    val stages: Map<String, Stage>,
    val files: Map<String, FileEntry>,
)

private val MANIFEST_KEYS =
    listOf("schema", "name", "version", "licence", "description", "sources", "stages", "files")

/** The manifest at the root of a document. Throws [ManifestError] for what is not exactly what the schema says. */
fun parseManifest(root: Node): Manifest {
    val schema = (root.value as? Map<*, *>)?.let { root.mapping()["schema"] }
    if (schema != null && schema.value != SCHEMA) {
        val shown = (schema.value as? String)?.let { quoted(it) } ?: schema.value.toString()
        throw schema.error("unknown schema $shown", "this EdgeKit reads $SCHEMA; use a matching version")
    }
    val node = root.members(MANIFEST_KEYS)
    node.getValue("schema").oneOf(listOf(SCHEMA))
    val manifest = Manifest(
        name = node.getValue("name").matching(NAME, A_NAME),
        version = node.getValue("version").text(),
        licence = node.getValue("licence").text(),
        description = node.getValue("description").text(),
        sources = node.getValue("sources").items().map { source(it) },
        stages = node.getValue("stages").mapping().entries.associate { (key, item) ->
            stageName(key, item) to stage(item)
        },
        files = node.getValue("files").mapping().entries.associate { (key, item) ->
            fileName(key, item) to entry(item)
        },
    )
    checkCollisions(node.getValue("files"))
    checkGraphs(manifest, node.getValue("stages"))
    return manifest
}

private fun stageName(key: String, node: Node): String =
    node.named(key).matching(NAME, "a stage name (lower-case letters, digits, - and _)")

private fun fileName(key: String, node: Node): String {
    if (isSafeName(key)) return key
    val mend = "use a relative path of letters, digits, '.', '_' and '-', without '..'"
    throw node.error("unsafe file name ${quoted(key)}", mend)
}

private fun source(node: Node): Source {
    val item = node.members(listOf("name", "package", "path", "sha256", "licence", "changes"))
    return Source(
        name = item.getValue("name").text(),
        origin = item.getValue("package").text(),
        path = item.getValue("path").text(),
        licence = item.getValue("licence").text(),
        changes = item.getValue("changes").text(),
        sha256 = digest(item.getValue("sha256")),
    )
}

private fun entry(node: Node): FileEntry {
    val item = node.members(listOf("sha256", "size"))
    return FileEntry(digest(item.getValue("sha256")), item.getValue("size").long(0))
}

private fun digest(node: Node): String = node.matching(SHA256, "a SHA-256 digest (64 lower-case hex digits)")

private fun stage(node: Node): Stage {
    val item = node.members(listOf("graphs", "params"))
    item.getValue("params").mapping()
    return Stage(item.getValue("graphs").items().map { graph(it) }, item.getValue("params"))
}

private fun graph(node: Node): Graph {
    val item = node.members(listOf("backend", "precision", "file", "inputs", "outputs", "evidence"))
    return Graph(
        backend = item.getValue("backend").matching(NAME, A_NAME),
        precision = item.getValue("precision").matching(NAME, A_NAME),
        file = fileName(item.getValue("file").text(empty = true), item.getValue("file")),
        inputs = tensors(item.getValue("inputs")),
        outputs = tensors(item.getValue("outputs")),
        evidence = evidence(item.getValue("evidence")),
    )
}

private fun tensors(node: Node): List<TensorSpec> {
    if (node.items().isEmpty()) throw node.error("empty", "a graph has at least one input and one output")
    return node.items().map { tensor(it) }
}

private fun tensor(node: Node): TensorSpec {
    val item = node.members(listOf("name", "dtype", "shape"))
    val shape = item.getValue("shape").items().map { if (it.value is String) it.text() else it.integer(1) }
    return TensorSpec(item.getValue("name").text(), item.getValue("dtype").oneOf(DTYPES), shape)
}

private val EVIDENCE_KEYS =
    listOf("status", "reason", "reference", "max_abs_difference", "trial", "machine", "delegated")

private fun evidence(node: Node): Evidence {
    val item = node.members(EVIDENCE_KEYS)
    val found = Evidence(
        status = item.getValue("status").oneOf(listOf("passed", "not run")),
        reason = item.getValue("reason").optional { it.text() },
        reference = item.getValue("reference").optional { it.text() },
        maxAbsDifference = item.getValue("max_abs_difference").optional { it.number(0.0) },
        trial = item.getValue("trial").optional { trial(it) },
        machine = item.getValue("machine").optional { it.text() },
        delegated = item.getValue("delegated").optional { it.number(0.0) },
    )
    if (found.status == "passed" && (found.reference == null || found.maxAbsDifference == null)) {
        val problem = "passed without reference or max_abs_difference"
        throw node.error(problem, "say what it was compared with and how far off")
    }
    val measured = found.maxAbsDifference != null || found.trial != null
    if (found.status == "not run" && (found.reason == null || measured)) {
        val mend = "give the reason, and null for what was not measured"
        throw node.error("not run, but no reason or with numbers", mend)
    }
    return found
}

private val TRIAL_KEYS =
    listOf("data", "pictures", "character_reference", "character_error", "field_f1", "bytes", "latency_ratio")

private fun trial(node: Node): Trial {
    val item = node.members(TRIAL_KEYS)
    return Trial(
        data = item.getValue("data").text(),
        pictures = item.getValue("pictures").integer(1),
        characterReference = item.getValue("character_reference").text(),
        characterError = change(item.getValue("character_error")),
        fieldF1 = change(item.getValue("field_f1")),
        bytes = change(item.getValue("bytes")),
        latencyRatio = item.getValue("latency_ratio").optional { it.number(0.0) },
    )
}

private fun change(node: Node): Change {
    val item = node.members(listOf("before", "after"))
    return Change(item.getValue("before").number(0.0), item.getValue("after").number(0.0))
}

private fun checkCollisions(node: Node) {
    val (first, second) = collision(node.mapping().keys) ?: return
    val problem = "${quoted(first)} and ${quoted(second)} cannot both exist on every disk"
    throw node.error(problem, "rename one of them")
}

private fun checkGraphs(manifest: Manifest, node: Node) {
    for ((name, stage) in node.mapping()) {
        val seen = HashSet<Pair<String, String>>()
        val items = stage.mapping().getValue("graphs").items()
        for ((graph, item) in manifest.stages.getValue(name).graphs.zip(items)) {
            if (graph.file !in manifest.files) {
                throw item.mapping().getValue("file").error("${quoted(graph.file)} is not in files", "list it there")
            }
            if (!seen.add(Pair(graph.backend, graph.precision))) {
                throw item.error("a second graph for ${graph.backend} ${graph.precision}", "keep one of them")
            }
        }
    }
}

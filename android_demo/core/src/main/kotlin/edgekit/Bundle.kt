package edgekit

import java.io.File
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.security.MessageDigest

/*
 * Opening a bundle: a folder, or a zip of it, whose every file is the one its manifest lists.
 */

private const val MAX_MANIFEST_SIZE = 4L shl 20 // bytes; a manifest of a few stages has some ten thousand
private const val MAX_TOTAL_SIZE = 512L shl 20 // bytes of all files together: far above what a phone would load

/**
 * The stages of a reader: graphs, constants and word lists, all read from one verified place.
 *
 * Nothing stays open between calls, so a bundle may be used from several threads at once. Throws [ManifestError] where
 * the manifest breaks the schema, [IntegrityError] where a file is missing, altered or not listed, or is no plain file,
 * [BundleError] where [path] cannot be read at all. [store]: its files, where they lie in no folder or zip of their own;
 * [path] then is how messages call it.
 */
class Bundle(val path: File, private val store: Store) {
    val manifest: Manifest

    /** SHA-256 (hex) of the manifest's bytes. The manifest lists the digests of all else, so this names it all. */
    val digest: String

    /** Bytes of all files, unpacked, with the manifest. */
    val size: Long

    constructor(path: File) : this(path, storeOf(path))

    init {
        val data = readManifest()
        manifest = parseManifest(loadJson(data, "$path: $MANIFEST_NAME"))
        digest = sha256(data)
        size = data.size + manifest.files.values.sumOf { it.size }
        checkListing()
        for (name in manifest.files.keys) read(name)
    }

    /** The bytes of a listed file, verified. Throws [IntegrityError] where they are not the listed ones. */
    fun read(name: String): ByteArray {
        val entry = manifest.files[name] ?: throw IntegrityError(
            "$path: ${quoted(name)} is not a file of this bundle; name one that its manifest lists",
        )
        val data = store.read(name, entry.size)
        if (data.size.toLong() != entry.size) throw altered("$path: $name", "its size is not the listed one")
        if (sha256(data) != entry.sha256) throw altered("$path: $name", "its SHA-256 is not the listed one")
        return data
    }

    /** A listed file as UTF-8 text, line ends as they are. Throws [IntegrityError] as [read] does. */
    fun readText(name: String): String = try {
        Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read(name))).toString()
    } catch (error: CharacterCodingException) {
        throw BundleError("$path: $name: not UTF-8 text; export the bundle again", error)
    }

    /** A stage by name. Throws [ManifestError] where the bundle has none of this name. */
    fun stage(name: String): Stage = manifest.stages[name]
        ?: throw ManifestError("$path: no stage ${quoted(name)}: ${has(manifest.stages.keys)}")

    /**
     * The graph asked for; where the stage has none, that of the precision which its constants name, if they do; never
     * another instead. Throws [MissingGraphError] that names what there is.
     */
    fun graph(stage: String, backend: String, precision: String): Graph {
        val found = manifest.stages[stage]
            ?: throw MissingGraphError("$path: no stage ${quoted(stage)}: ${has(manifest.stages.keys)}")
        val own = found.precision ?: precision
        for (one in listOf(precision, own)) {
            found.graphs.firstOrNull { it.backend == backend && it.precision == one }?.let { return it }
        }
        val present = found.graphs.map { "${it.backend} ${it.precision}" }
        val problem = "$path: stage ${quoted(stage)} has no graph for $backend $own"
        throw MissingGraphError("$problem: ${has(present)}")
    }

    private fun readManifest(): ByteArray {
        val size = store.sizes[MANIFEST_NAME]
            ?: throw BundleError("$path: has no $MANIFEST_NAME; give the folder of a bundle or a zip of it")
        if (size > MAX_MANIFEST_SIZE) {
            throw ManifestError("$path: $MANIFEST_NAME has $size bytes; at most $MAX_MANIFEST_SIZE are read")
        }
        val data = store.read(MANIFEST_NAME, size)
        if (data.size.toLong() != size) throw altered("$path: $MANIFEST_NAME", "it changed while it was read")
        return data
    }

    private fun checkListing() {
        val listed = manifest.files
        val present = store.sizes
        val extra = (present.keys - listed.keys - MANIFEST_NAME).sorted()
        if (extra.isNotEmpty()) {
            throw IntegrityError("$path: not listed in the manifest: ${few(extra)}; remove or list them")
        }
        val missing = (listed.keys - present.keys).sorted()
        if (missing.isNotEmpty()) throw IntegrityError("$path: missing: ${few(missing)}; get the bundle again")
        for ((name, entry) in listed) {
            if (present[name] != entry.size) throw altered("$path: $name", "${present[name]} bytes, not ${entry.size}")
        }
        if (size > MAX_TOTAL_SIZE) {
            throw BundleError("$path: $size bytes in all; a bundle may have at most $MAX_TOTAL_SIZE")
        }
    }
}

private fun storeOf(path: File): Store = when {
    path.isDirectory -> FolderStore(path)
    path.isFile -> ZipStore(path)
    else -> throw BundleError("$path: no such bundle; give the folder of a bundle or a zip of it")
}

private fun sha256(data: ByteArray): String = MessageDigest.getInstance("SHA-256").digest(data)
    .joinToString("") { (it.toInt() and 0xff).toString(16).padStart(2, '0') }

private fun altered(place: String, reason: String) =
    IntegrityError("$place was altered ($reason); get the bundle again")

private fun has(names: Collection<String>): String =
    if (names.isEmpty()) "it has none" else "it has ${names.joinToString(", ")}"

private fun few(names: List<String>): String {
    val shown = names.take(3).joinToString(", ") { quoted(it) }
    return if (names.size <= 3) shown else "$shown and ${names.size - 3} more"
}

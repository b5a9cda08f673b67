package edgekit

import java.io.File
import java.io.IOException
import java.io.InputStream
import java.util.zip.ZipException
import java.util.zip.ZipFile

/*
 * Where the files of a bundle lie: a folder or a zip. Names and sizes first, bytes on demand.
 *
 * Both refuse what could reach beyond the bundle: links, unsafe names, two entries of one name. Neither believes a
 * declared size: `read` never returns more than one byte above it.
 */

private const val PLAIN_ONLY = "a bundle holds plain files only, replace it by the file itself"

interface Store {
    /** Bytes of every file found, the manifest included, as the disk or the archive declares them. */
    val sizes: Map<String, Long>

    /** The bytes of a file of [sizes]; at most [size] + 1 of them, so that an excess shows. */
    fun read(name: String, size: Long): ByteArray
}

/** A folder of plain files. */
class FolderStore(private val root: File) : Store {
    override val sizes: Map<String, Long> = LinkedHashMap<String, Long>().also { list(root, "", it) }

    override fun read(name: String, size: Long): ByteArray {
        val file = File(root, name)
        try {
            checkPlain(file)
            return file.inputStream().use { upTo(it, size + 1) }
        } catch (error: IOException) {
            throw unreadable(file, error)
        }
    }

    private fun list(folder: File, prefix: String, found: MutableMap<String, Long>) {
        val entries = folder.listFiles()
            ?: throw BundleError("$folder: cannot be read; check the path and its permissions")
        for (entry in entries) {
            checkLink(entry)
            if (entry.isDirectory) {
                list(entry, "$prefix${entry.name}/", found)
            } else {
                checkPlain(entry)
                found[prefix + entry.name] = entry.length()
            }
        }
    }

    private fun checkPlain(file: File) {
        if (!file.exists()) throw IntegrityError("$file: is missing; get the bundle again")
        checkLink(file)
        if (!file.isFile) {
            throw IntegrityError("$file: is not a plain file; $PLAIN_ONLY")
        }
    }

    /** A link's canonical path leads elsewhere than its folder's does. */
    private fun checkLink(file: File) {
        val expected = File(file.parentFile?.canonicalFile, file.name)
        if (file.canonicalFile != expected) {
            throw IntegrityError("$file: is a symbolic link; $PLAIN_ONLY")
        }
    }
}

/** A zip whose files lie at its root or under one top folder. Opened anew for each read. */
class ZipStore(private val path: File) : Store {
    private val entryOf: Map<String, String>
    override val sizes: Map<String, Long>

    init {
        val names = opened().use { archive -> entries(archive) }
        val top = topFolder(names.keys)
        entryOf = names.keys.associateBy { it.removePrefix(top) }
        sizes = names.mapKeys { it.key.removePrefix(top) }
    }

    override fun read(name: String, size: Long): ByteArray {
        try {
            opened().use { archive ->
                val entry = archive.getEntry(entryOf.getValue(name))
                    ?: throw IntegrityError("$path: $name is missing; get the bundle again")
                return archive.getInputStream(entry).use { upTo(it, size + 1) }
            }
        } catch (error: IOException) {
            throw IntegrityError("$path: $name was altered (${error.message}); get the bundle again", error)
        }
    }

    private fun entries(archive: ZipFile): Map<String, Long> {
        val found = LinkedHashMap<String, Long>()
        val seen = HashSet<String>()
        for (entry in archive.entries()) {
            val problem = when {
                !isPortable(entry.name.removeSuffix("/")) -> "has an unsafe name"
                entry.isDirectory && entry.size > 0 -> "is a folder with contents"
                !seen.add(entry.name.lowercase()) -> "appears twice"
                else -> null
            }
            if (problem != null) {
                throw IntegrityError("$path: entry ${quoted(entry.name)} $problem; pack the bundle again")
            }
            if (!entry.isDirectory) found[entry.name] = entry.size
        }
        return found
    }

    private fun opened(): ZipFile = try {
        ZipFile(path)
    } catch (error: ZipException) {
        throw BundleError("$path: not a zip (${error.message}); give the folder of a bundle or a zip of it", error)
    } catch (error: IOException) {
        throw unreadable(path, error)
    }
}

/** What precedes the names of all files: "" or "folder/". */
private fun topFolder(names: Set<String>): String {
    val top = names.map { it.substringBefore("/") + "/" }.toSet().singleOrNull() ?: ""
    return if ("$top$MANIFEST_NAME" in names) top else ""
}

/** The bytes of a stream, at most [most]. */
private fun upTo(stream: InputStream, most: Long): ByteArray {
    val out = java.io.ByteArrayOutputStream()
    val buffer = ByteArray(1 shl 16)
    while (out.size() < most) {
        val count = stream.read(buffer, 0, minOf(buffer.size.toLong(), most - out.size()).toInt())
        if (count < 0) break
        out.write(buffer, 0, count)
    }
    return out.toByteArray()
}

private fun unreadable(path: File, error: IOException) =
    BundleError("$path: cannot be read (${error.message}); check the path and its permissions", error)

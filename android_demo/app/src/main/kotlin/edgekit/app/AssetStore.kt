package edgekit.app

import android.content.res.AssetManager
import edgekit.IntegrityError
import edgekit.Store
import java.io.FileNotFoundException
import java.io.IOException

/** A bundle in the app's assets: read where it lies, so that nothing has to be copied, and no copy can be stale. */
internal class AssetStore(private val assets: AssetManager, private val folder: String) : Store {
    override val sizes: Map<String, Long> = LinkedHashMap<String, Long>().also { list("", it) }

    override fun read(name: String, size: Long): ByteArray = try {
        assets.open("$folder/$name").use { readAtMost(it, size + 1) }
    } catch (error: IOException) {
        throw IntegrityError("assets/$folder/$name: cannot be read (${error.message}); build the app again", error)
    }

    private fun list(prefix: String, found: MutableMap<String, Long>) {
        for (entry in assets.list("$folder/$prefix".trimEnd('/')).orEmpty()) {
            val name = "$prefix$entry"
            val size = size("$folder/$name")
            if (size == null) list("$name/", found) else found[name] = size
        }
    }

    /** Bytes of an asset; null: it is a folder. */
    private fun size(path: String): Long? = try {
        assets.openFd(path).use { it.length } // what the build did not compress
    } catch (_: FileNotFoundException) {
        try {
            assets.open(path).use { stream -> generateSequence { stream.skip(SKIP).takeIf { it > 0 } }.sum() }
        } catch (_: FileNotFoundException) {
            null
        }
    }
}

private const val SKIP = 1L shl 20

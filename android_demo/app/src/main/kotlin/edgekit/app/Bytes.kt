package edgekit.app

import java.io.ByteArrayOutputStream
import java.io.InputStream

private const val CHUNK = 1 shl 16

/** The bytes of a stream, but no more than [most]: what another app hands over may have no end. */
internal fun readAtMost(stream: InputStream, most: Long): ByteArray {
    val found = ByteArrayOutputStream()
    val chunk = ByteArray(CHUNK)
    while (found.size() < most) {
        val count = stream.read(chunk, 0, minOf(chunk.size.toLong(), most - found.size()).toInt())
        if (count < 0) break
        found.write(chunk, 0, count)
    }
    return found.toByteArray()
}

/** A pixel 0xAARRGGBB as it looks on white paper. */
internal fun onWhite(pixel: Int): Int {
    val alpha = pixel ushr 24
    if (alpha == 255) return pixel
    var out = 0
    for (shift in intArrayOf(16, 8, 0)) {
        val level = pixel shr shift and 0xff
        out = out or ((level * alpha + 255 * (255 - alpha) + 127) / 255 shl shift)
    }
    return out
}

package edgekit.app

import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.media.ExifInterface
import android.net.Uri
import edgekit.DecodeParams
import edgekit.ImageError
import edgekit.ImageTooLargeError
import edgekit.Photo
import edgekit.Picture
import edgekit.photo
import edgekit.reduce
import java.io.ByteArrayInputStream
import java.io.IOException

/*
 * From a picture that another app hands over to the photo that the reader takes, as `edgekit/decode.py` does it: limits
 * before anything is decoded, a JPEG decoded at a half, quarter or eighth, anything else reduced by the core.
 */

private const val STRIP = 64 // rows of a reduced picture that are made at a time, so that pixels never lie there twice
private const val NAME = "photo" // for messages: what a picture is called by others is a long number

/** A picture as it was stored. [width], [height]: of its pixels, before [orientation] (EXIF, 1 to 8) is applied. */
internal class Encoded(val bytes: ByteArray, val width: Int, val height: Int, val isJpeg: Boolean, val orientation: Int)

/** The picture at [uri]. Throws [ImageError] where it cannot be read, is too large, or is none. */
internal fun encoded(context: Context, uri: Uri, params: DecodeParams): Encoded {
    val bytes = try {
        context.contentResolver.openInputStream(uri)?.use { readAtMost(it, params.maxBytes + 1) }
            ?: throw ImageError("$NAME: cannot be opened: choose it again")
    } catch (error: IOException) {
        throw ImageError("$NAME: cannot be read (${error.message}): choose it again", error)
    } catch (error: SecurityException) { // leave to read it ended with the process that was given it
        throw ImageError("$NAME: may not be read any more: choose it again", error)
    }
    return encoded(bytes, params)
}

internal fun encoded(bytes: ByteArray, params: DecodeParams): Encoded {
    val bounds = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, bounds)
    if (bounds.outWidth <= 0 || bounds.outHeight <= 0) {
        throw ImageError("$NAME: not a picture in a known format: save it as JPEG or PNG")
    }
    params.check(NAME, bytes.size.toLong(), bounds.outWidth, bounds.outHeight)
    val isJpeg = bounds.outMimeType == "image/jpeg"
    return Encoded(bytes, bounds.outWidth, bounds.outHeight, isJpeg, orientation(bytes))
}

/** The EXIF orientation; a damaged block says nothing about the pixels: they are read as they lie. */
private fun orientation(bytes: ByteArray): Int = try {
    ExifInterface(ByteArrayInputStream(bytes)).getAttributeInt(ExifInterface.TAG_ORIENTATION, 1)
} catch (_: IOException) {
    1
} catch (_: RuntimeException) { // of some versions of Android, where a number is none
    1
}

/** The photo, upright, reduced at most by [most]. Throws [ImageError] where the picture is damaged. */
internal fun decoded(encoded: Encoded, params: DecodeParams, most: Int): Photo {
    val factor = params.factor(encoded.width, encoded.height, most)
    val options = BitmapFactory.Options().apply {
        inScaled = false
        inSampleSize = if (encoded.isJpeg) factor else 1 // other decoders would leave pixels out, not average them
    }
    val bitmap = try {
        BitmapFactory.decodeByteArray(encoded.bytes, 0, encoded.bytes.size, options)
    } catch (error: OutOfMemoryError) {
        throw ImageTooLargeError("$NAME: not enough memory for ${encoded.width} x ${encoded.height} pixels")
    } ?: throw ImageError("$NAME: damaged picture: copy or take it again")
    try {
        val isReduced = factor == 1 || bitmap.width < encoded.width
        val picture = pixels(bitmap, if (isReduced) 1 else factor)
        return photo(picture, factor, encoded.width, encoded.height, encoded.orientation)
    } finally {
        bitmap.recycle()
    }
}

/** The pixels of a bitmap, reduced by [factor], strip by strip. */
private fun pixels(bitmap: Bitmap, factor: Int): Picture {
    val width = (bitmap.width + factor - 1) / factor
    val height = (bitmap.height + factor - 1) / factor
    val out = IntArray(width * height)
    for (top in 0 until bitmap.height step STRIP * factor) {
        val rows = minOf(STRIP * factor, bitmap.height - top)
        val strip = IntArray(bitmap.width * rows)
        bitmap.getPixels(strip, 0, bitmap.width, 0, top, bitmap.width, rows)
        if (bitmap.hasAlpha()) for (i in strip.indices) strip[i] = onWhite(strip[i])
        val whole = Picture(bitmap.width, rows, strip)
        val reduced = if (factor > 1) reduce(whole, factor) else whole
        reduced.pixels.copyInto(out, top / factor * width)
    }
    return Picture(width, height, out)
}

/** A picture as a bitmap to look at, its long side at most [longest] pixels. */
internal fun shown(picture: Picture, longest: Int): Bitmap {
    var factor = 1
    while (maxOf(picture.width, picture.height) / factor > longest) factor += 1
    val small = if (factor > 1) reduce(picture, factor) else picture
    val opaque = IntArray(small.pixels.size) { small.pixels[it] or (0xff shl 24) }
    return Bitmap.createBitmap(opaque, small.width, small.height, Bitmap.Config.ARGB_8888)
}

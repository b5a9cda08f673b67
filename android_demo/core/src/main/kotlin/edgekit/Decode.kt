package edgekit

/*
 * Decoding: what the platform's decoder gives becomes an upright photo, or one clear error.
 *
 * Opening files is the platform's part (`BitmapFactory`, `ImageIO`); limits, orientation and reduction are done here, so
 * that every platform's photos are the same.
 */

private val REDUCTIONS = intArrayOf(8, 4, 2)

/**
 * Constants of decoding.
 *
 * [maxBytes]: a file with more is refused. [maxPixels]: a picture with more is refused before it is decoded.
 * [minShortSide]: a picture is reduced by 2, 4 or 8 while its short side keeps at least this many pixels; more
 * resolution costs memory and reads no more text. [leastText]: where a reduced picture turns out to have lower text than
 * this ([Detection.height]), it is decoded once more, less reduced, to at most [finerPixels].
 */
class DecodeParams(node: Node) {
    private val members =
        node.members(listOf("max_bytes", "max_pixels", "min_short_side", "least_text", "finer_pixels"))
    val maxBytes = members.getValue("max_bytes").long()
    val maxPixels = members.getValue("max_pixels").long()
    val minShortSide = members.getValue("min_short_side").integer()
    val leastText = members.getValue("least_text").number()
    val finerPixels = members.getValue("finer_pixels").long()

    /** By how much a picture of this size is reduced: 1, 2, 4 or 8; at most by [most]. */
    fun factor(width: Int, height: Int, most: Int = REDUCTIONS[0]): Int =
        REDUCTIONS.firstOrNull { it <= most && minOf(width, height) / it >= minShortSide } ?: 1

    /** By how much a picture should be reduced, now that its text is known to be [height] pixels high (0: none). */
    fun finer(photo: Photo, height: Double): Int {
        var factor = photo.factor
        while (factor > 1 && height > 0 && height * photo.factor / factor < leastText) {
            if (photo.width.toLong() * photo.height * 4 > finerPixels * factor * factor) break
            factor /= 2
        }
        return factor
    }

    /** Throws [ImageTooLargeError] where a file or a picture is over the limits; before it is decoded. */
    fun check(name: String, bytes: Long, width: Int, height: Int) {
        if (bytes > maxBytes) {
            throw ImageTooLargeError("$name: over the limit of ${grouped(maxBytes)} bytes: save it smaller")
        }
        if (width.toLong() * height > maxPixels) {
            val size = "${grouped(width.toLong())} x ${grouped(height.toLong())} pixels"
            throw ImageTooLargeError("$name: $size, the limit is ${grouped(maxPixels)}: scale it down")
        }
    }
}

/**
 * A decoded picture.
 *
 * [picture]: upright, reduced by [factor]. [width], [height]: pixels of the upright picture before the reduction.
 */
class Photo(
    val picture: Picture,
    val width: Int,
    val height: Int,
    val factor: Int,
    val warnings: List<String> = emptyList(),
)

/**
 * The photo that decoded pixels amount to: upright by their EXIF orientation (1 to 8, CIPA DC-008, 4.6.4; all else says
 * nothing), and reduced, at most by [most].
 */
fun photo(
    decoded: Picture,
    params: DecodeParams,
    orientation: Int = 1,
    warnings: List<String> = emptyList(),
    most: Int = REDUCTIONS[0],
): Photo {
    val factor = params.factor(decoded.width, decoded.height, most)
    val small = if (factor > 1) reduce(decoded, factor) else decoded
    return photo(small, factor, decoded.width, decoded.height, orientation, warnings)
}

/**
 * The photo of pixels that were reduced by [factor] while they were decoded, as JPEG decoders can; [width], [height]:
 * pixels of the picture as stored.
 */
fun photo(
    reduced: Picture,
    factor: Int,
    width: Int,
    height: Int,
    orientation: Int = 1,
    warnings: List<String> = emptyList(),
): Photo {
    val sides = if (orientation in 5..8) Pair(height, width) else Pair(width, height)
    return Photo(upright(reduced, orientation), sides.first, sides.second, factor, warnings)
}

private fun upright(picture: Picture, orientation: Int): Picture = when (orientation) {
    2 -> mirrored(picture)
    3 -> turn(picture, 180)
    4 -> mirrored(turn(picture, 180))
    5 -> mirrored(turn(picture, 90))
    6 -> turn(picture, 90)
    7 -> mirrored(turn(picture, 270))
    8 -> turn(picture, 270)
    else -> picture
}

/** Left and right exchanged. */
private fun mirrored(picture: Picture): Picture = drawn(picture.width, picture.height) { x, y ->
    picture.pixels[y * picture.width + picture.width - 1 - x]
}

private fun grouped(number: Long): String = number.toString().reversed().chunked(3).joinToString(",").reversed()

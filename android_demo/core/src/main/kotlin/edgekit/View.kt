package edgekit

import kotlin.math.sqrt

/*
 * Views of a picture, as the detector is shown them: an area at some size, drawn whole and seen in tiles.
 */

/**
 * An area of a picture, and the size at which it is seen.
 *
 * [area]: a rectangle; where it is level its corners are whole pixels inside the picture.
 */
class View(val area: Quad, val size: InputSize) {
    /** Pixels of the view to one of the picture. */
    val scale: Double
        get() {
            val (along, across) = quadSize(area)
            return sqrt(size.width.toDouble() * size.height / (along * across))
        }
}

/**
 * A view's pixels: cut out and resized where it is level, else sampled from whole blocks of pixels, averaged.
 *
 * Blocks are as large as fit between two samples, so that strokes do not alias.
 */
fun shown(picture: Picture, view: View): Picture {
    val size = view.size
    if (tilt(view.area) == 0.0) return resize(cutOut(picture, view.area), size.width, size.height)
    val shrink = maxOf(1, (1 / view.scale).toInt())
    val blocks = if (shrink > 1) reduce(picture, shrink) else picture
    return crop(blocks, view.area.map { Point(it.x / shrink, it.y / shrink) }, size.width, size.height)
}

private fun cutOut(picture: Picture, area: Quad): Picture {
    val left = whole(area.topLeft.x)
    val top = whole(area.topLeft.y)
    val width = whole(area.bottomRight.x) - left
    val height = whole(area.bottomRight.y) - top
    if (width == picture.width && height == picture.height) return picture
    return drawn(width, height) { x, y -> picture.pixels[(top + y) * picture.width + left + x] }
}

/**
 * What [see] makes of a picture, a value a pixel, row by row; one of over [most] pixels goes in tiles.
 *
 * Tiles lie along the longer side and are equally large: a multiple of [multiple] pixels, and [margin] pixels (likewise
 * a multiple) of each neighbour around that, so that nothing is seen cut through.
 */
fun inTiles(picture: Picture, most: Int, margin: Int, multiple: Int, see: (Picture) -> FloatArray): FloatArray {
    val width = picture.width
    val height = picture.height
    if (height * width <= most) return see(picture)
    val down = height >= width
    val long = if (down) height else width
    val core = upTo(long, upTo(height * width, most) * multiple) * multiple
    val span = minOf(core + 2 * margin, long)
    val all = FloatArray(width * height)
    for (start in 0 until long step core) {
        val first = minOf(maxOf(start - margin, 0), long - span)
        val end = minOf(start + core, long)
        if (down) {
            val tile = Picture(width, span, picture.pixels.copyOfRange(first * width, (first + span) * width))
            see(tile).copyInto(all, start * width, (start - first) * width, (end - first) * width)
        } else {
            val seen = see(drawn(span, height) { x, y -> picture.pixels[y * width + first + x] })
            for (y in 0 until height) {
                seen.copyInto(all, y * width + start, y * span + start - first, y * span + end - first)
            }
        }
    }
    return all
}

/** How often [part] is needed to reach [amount]. */
private fun upTo(amount: Int, part: Int): Int = (amount + part - 1) / part

package edgekit

import kotlin.math.abs
import kotlin.math.floor

/*
 * The one arithmetic by which pixels are resized and cut out: Pillow's (https://pillow.readthedocs.io), bit for bit.
 *
 * `reduce` is a box average over whole blocks; `resize` a triangle filter, widened when shrinking, with 22-bit
 * fixed-point weights; `crop` perspective sampling between four pixels.
 */

/** A picture: [pixels] are 0xRRGGBB, row by row. What lies above the lower 24 bits of a pixel counts for nothing. */
class Picture(val width: Int, val height: Int, val pixels: IntArray) {
    init {
        require(width > 0 && height > 0 && pixels.size == width * height) {
            "$width x $height: ${pixels.size} pixels"
        }
    }

    /** Bytes of red, green and blue, row by row. */
    fun toBytes(): ByteArray {
        val bytes = ByteArray(pixels.size * 3)
        for (i in pixels.indices) for (channel in 0..2) bytes[3 * i + channel] = level(pixels[i], channel).toByte()
        return bytes
    }
}

private const val OUTSIDE = 0x7f7f7f // the middle of the networks' input range: neither ink nor paper
private const val WEIGHT_BITS = 22
private const val MOST_SHRINK = 8.0
private const val LEVEL = 1e-9 // a perspective of less moves no pixel by a millionth: it is left out

private fun level(pixel: Int, channel: Int): Int = pixel shr (16 - 8 * channel) and 0xff

/** The whole picture at another size: its width first, then its height, or the other way round, as Pillow 13 does. */
fun resize(picture: Picture, width: Int, height: Int): Picture {
    val lost = picture.height - height
    val heightFirst = lost > 0 && lost > 2 * (picture.width - width)
    return if (heightFirst) {
        resized(resized(picture, height, along = false), width, along = true)
    } else {
        resized(resized(picture, width, along = true), height, along = false)
    }
}

/** For each pixel of one output axis: the first input pixel, and the weight of it and of those after it. */
private class Weights(val first: IntArray, val weights: Array<IntArray>)

private fun weights(from: Int, to: Int): Weights {
    val scale = from.toDouble() / to
    val support = maxOf(scale, 1.0)
    val first = IntArray(to)
    val weights = Array(to) { i ->
        val center = (i + 0.5) * scale
        first[i] = maxOf((center - support + 0.5).toInt(), 0)
        val last = minOf((center + support + 0.5).toInt(), from)
        val exact = DoubleArray(last - first[i]) { x ->
            maxOf(1.0 - abs((x + first[i] - center + 0.5) * (1.0 / support)), 0.0)
        }
        var sum = 0.0
        for (weight in exact) sum += weight
        val whole = if (sum != 0.0) sum else 1.0
        IntArray(exact.size) { x -> (0.5 + exact[x] / whole * (1 shl WEIGHT_BITS)).toInt() }
    }
    return Weights(first, weights)
}

private fun resized(picture: Picture, size: Int, along: Boolean): Picture {
    if (size == (if (along) picture.width else picture.height)) return picture
    val axis = weights(if (along) picture.width else picture.height, size)
    val width = if (along) size else picture.width
    val height = if (along) picture.height else size
    val step = if (along) 1 else picture.width
    val out = IntArray(width * height)
    for (y in 0 until height) {
        for (x in 0 until width) {
            val place = if (along) x else y
            val first = axis.first[place]
            val start = if (along) y * picture.width + first else first * picture.width + x
            out[y * width + x] = weighted(picture.pixels, start, step, axis.weights[place])
        }
    }
    return Picture(width, height, out)
}

private fun weighted(pixels: IntArray, start: Int, step: Int, weights: IntArray): Int {
    val half = 1 shl (WEIGHT_BITS - 1)
    var red = half
    var green = half
    var blue = half
    var at = start
    for (weight in weights) {
        val pixel = pixels[at]
        red += (pixel shr 16 and 0xff) * weight
        green += (pixel shr 8 and 0xff) * weight
        blue += (pixel and 0xff) * weight
        at += step
    }
    return (clipped(red) shl 16) or (clipped(green) shl 8) or clipped(blue)
}

private fun clipped(sum: Int): Int = (sum shr WEIGHT_BITS).coerceIn(0, 255)

/** The picture turned clockwise by 0, 90, 180 or 270 degrees. */
fun turn(picture: Picture, degrees: Int): Picture {
    if (degrees == 0) return picture
    val width = picture.width
    val height = picture.height
    val pixels = picture.pixels
    return when (degrees) {
        90 -> drawn(height, width) { x, y -> pixels[(height - 1 - x) * width + y] }
        180 -> drawn(width, height) { x, y -> pixels[(height - 1 - y) * width + width - 1 - x] }
        270 -> drawn(height, width) { x, y -> pixels[x * width + width - 1 - y] }
        else -> throw IllegalArgumentException("$degrees is no quarter turn")
    }
}

internal inline fun drawn(width: Int, height: Int, pixel: (Int, Int) -> Int): Picture {
    val out = IntArray(width * height)
    for (y in 0 until height) for (x in 0 until width) out[y * width + x] = pixel(x, y)
    return Picture(width, height, out)
}

/** The average of blocks of [factor] x [factor] pixels; blocks at the right and lower edge may be smaller. */
fun reduce(picture: Picture, factor: Int): Picture {
    val width = (picture.width + factor - 1) / factor
    val height = (picture.height + factor - 1) / factor
    return drawn(width, height) { x, y ->
        val wide = minOf(factor, picture.width - x * factor)
        val high = minOf(factor, picture.height - y * factor)
        average(picture, x * factor, y * factor, wide, high)
    }
}

private fun average(picture: Picture, left: Int, top: Int, wide: Int, high: Int): Int {
    var red = 0L
    var green = 0L
    var blue = 0L
    for (y in top until top + high) {
        for (x in left until left + wide) {
            val pixel = picture.pixels[y * picture.width + x]
            red += pixel shr 16 and 0xff
            green += pixel shr 8 and 0xff
            blue += pixel and 0xff
        }
    }
    val count = wide * high
    val multiplier = ((1 shl 30) * 4.0f / (256 * count).toFloat()).toLong()
    val half = (count / 2).toLong()
    fun share(sum: Long): Int = ((sum + half) * multiplier shr 24).toInt()
    return (share(red) shl 16) or (share(green) shl 8) or share(blue)
}

/**
 * The quad of a picture drawn onto a [width] x [height] rectangle by perspective sampling.
 *
 * A quad much larger than the rectangle is sampled finer and averaged, so that its strokes do not alias. What lies
 * outside the picture is grey.
 */
fun crop(picture: Picture, quad: Quad, width: Int, height: Int): Picture {
    val shrink = maxOf(1, minOf(quadSize(quad).across / height, MOST_SHRINK).toInt())
    val there = homography(width * shrink, height * shrink, quad)
    if (maxOf(abs(there[6]) * width * shrink, abs(there[7]) * height * shrink) < LEVEL) there.fill(0.0, 6, 8)
    val fine = sampled(picture, there, width * shrink, height * shrink)
    return if (shrink > 1) reduce(fine, shrink) else fine
}

private fun sampled(picture: Picture, k: DoubleArray, width: Int, height: Int): Picture =
    drawn(width, height) { column, row ->
        val u = column + 0.5
        val v = row + 0.5
        val w = k[6] * u + k[7] * v + 1
        val x = (k[0] * u + k[1] * v + k[2]) / w
        val y = (k[3] * u + k[4] * v + k[5]) / w
        if (x >= 0 && x < picture.width && y >= 0 && y < picture.height) between(picture, x - 0.5, y - 0.5) else OUTSIDE
    }

/** The colour at a place between four pixels; decimals of a level are cut off. */
private fun between(picture: Picture, x: Double, y: Double): Int {
    val left = floor(x).toInt()
    val top = floor(y).toInt()
    val dx = x - left
    val dy = y - top
    val x0 = left.coerceIn(0, picture.width - 1)
    val x1 = (left + 1).coerceIn(0, picture.width - 1)
    val upper = top.coerceIn(0, picture.height - 1) * picture.width
    val lower = if (top + 1 in 0 until picture.height) (top + 1) * picture.width else upper
    val pixels = picture.pixels
    return mixed(pixels[upper + x0], pixels[upper + x1], pixels[lower + x0], pixels[lower + x1], dx, dy)
}

private fun mixed(a: Int, b: Int, c: Int, d: Int, dx: Double, dy: Double): Int {
    var out = 0
    var shift = 16
    while (shift >= 0) {
        val a0 = a shr shift and 0xff
        val c0 = c shr shift and 0xff
        val above = a0 + ((b shr shift and 0xff) - a0) * dx
        val below = c0 + ((d shr shift and 0xff) - c0) * dx
        out = out or ((above + (below - above) * dy).toInt() shl shift)
        shift -= 8
    }
    return out
}

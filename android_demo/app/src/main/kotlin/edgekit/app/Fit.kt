package edgekit.app

import edgekit.Point
import edgekit.Quad

/** Where a picture lies in a view that shows all of it, as large as it fits, in the middle. */
internal class Fit(width: Int, height: Int, viewWidth: Int, viewHeight: Int) {
    private val scale = minOf(viewWidth.toDouble() / width, viewHeight.toDouble() / height)
    val left = (viewWidth - width * scale) / 2
    val top = (viewHeight - height * scale) / 2
    val right = left + width * scale
    val bottom = top + height * scale

    /** From pixels of the picture to those of the view. */
    fun place(quad: Quad): Quad = quad.map { Point(left + it.x * scale, top + it.y * scale) }
}

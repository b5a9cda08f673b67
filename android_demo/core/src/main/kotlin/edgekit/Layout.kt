package edgekit

import kotlin.math.abs
import kotlin.math.cos
import kotlin.math.hypot
import kotlin.math.sin

/*
 * Layout: which lines stand in one printed row, and in which order rows are read.
 */

/**
 * Constants of layout.
 *
 * [reach]: share of the smaller line height within which the middles of two lines must lie, measured across the text,
 * to stand in one row. [overlap]: share of the shorter line that may overlap along the text with a line of the same
 * row. [probeLines]: by how many lines at most it is told whether the page stands on its head, [probeLength]: how many
 * heights these should be long. [uprightConfidence]: mean confidence of theirs from which the page is taken to be
 * upright. [uprightMargin]: by how much one way up must be surer than the other for fewer lines to do.
 */
class LayoutParams(node: Node) {
    private val members = node.members(
        listOf("reach", "overlap", "probe_lines", "probe_length", "upright_confidence", "upright_margin"),
    )
    val reach = members.getValue("reach").number()
    val overlap = members.getValue("overlap").number()
    val probeLines = members.getValue("probe_lines").integer()
    val probeLength = members.getValue("probe_length").number()
    val uprightConfidence = members.getValue("upright_confidence").number()
    val uprightMargin = members.getValue("upright_margin").number()
}

/** A line in the page's own axes: along the text and across it. [slope]: the line's own tilt against the page. */
private class Place(
    val index: Int,
    val left: Double,
    val right: Double,
    val middle: Double,
    val height: Double,
    val slope: Double,
) {
    /** Where this line's axis passes at another place along the text. */
    fun middleAt(along: Double): Double = middle + slope * (along - (left + right) / 2)
}

/** Indices of lines by printed row, top to bottom, left to right within each; lines may lie at any angle. */
fun rows(lines: List<TextLine>, params: LayoutParams): List<List<Int>> {
    val page = radians(skew(lines.map { it.quad }))
    val places = lines.mapIndexed { i, line -> place(i, line.quad, page) }
    val found = ArrayList<ArrayList<Place>>()
    for (place in places.sortedWith(compareBy({ it.left }, { it.middle }, { it.index }))) {
        val best = found.minByOrNull { gap(it.last(), place) }
        if (best != null && joins(best.last(), place, params)) best.add(place) else found.add(arrayListOf(place))
    }
    return found.sortedBy { row -> row.sumOf { it.middle } / row.size }.map { row -> row.map { it.index } }
}

private fun joins(last: Place, place: Place, params: LayoutParams): Boolean {
    val shared = last.right - place.left
    val narrow = minOf(last.right - last.left, place.right - place.left)
    return gap(last, place) <= params.reach && shared <= params.overlap * narrow
}

/** Gap between two lines' axes midway between them, in heights of the smaller one. */
private fun gap(last: Place, place: Place): Double {
    val along = (last.right + place.left) / 2
    return abs(last.middleAt(along) - place.middleAt(along)) / maxOf(minOf(last.height, place.height), 1e-6)
}

private fun place(index: Int, quad: Quad, page: Double): Place {
    val cos = cos(page)
    val sin = sin(page)
    val (p0, p1, p2, p3) = quad.map { Point(it.x * cos + it.y * sin, it.y * cos - it.x * sin) }
    val slope = ((p1.y - p0.y) + (p2.y - p3.y)) / maxOf((p1.x - p0.x) + (p2.x - p3.x), 1e-6)
    val height = hypot((p3.x - p0.x + p2.x - p1.x) / 2, (p3.y - p0.y + p2.y - p1.y) / 2)
    val middle = (p0.y + p1.y + p2.y + p3.y) / 4
    return Place(index, (p0.x + p3.x) / 2, (p1.x + p2.x) / 2, middle, height, slope.coerceIn(-0.1, 0.1))
}

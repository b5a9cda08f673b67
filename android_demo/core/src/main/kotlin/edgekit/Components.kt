package edgekit

import kotlin.math.atan2
import kotlin.math.cos
import kotlin.math.sin

/*
 * Connected components of a heat map by runs.
 *
 * A run is a stretch of hot pixels in one row. Runs of neighbouring rows that touch (also diagonally) belong to one
 * component; everything a component is asked for (area, moments, extents, mean heat) is a sum or an extreme over its
 * runs.
 */

/** Pixels [start] <= x < [stop] of a row, and the sum of their heat. */
class Run(val row: Int, val start: Int, val stop: Int, val heat: Double)

/** Least and greatest reach of a component along and across its tilt. */
class Extents(val left: Double, val top: Double, val right: Double, val bottom: Double)

/** The runs of a component in reading order; at least one. */
class Component(val runs: List<Run>) {
    /** Mean heat of its pixels. */
    val mean: Double get() = runs.sumOf { it.heat } / runs.sumOf { it.stop - it.start }

    /**
     * Direction of its long axis in radians, -pi/2..pi/2, clockwise positive (y runs down).
     *
     * The axis of least inertia, from the second central moments of the pixels (Horn, "Robot Vision", 1986, section
     * 3.2).
     */
    fun tilt(): Double {
        var area = 0.0
        var sumX = 0.0
        var sumY = 0.0
        var sumXx = 0.0
        var sumYy = 0.0
        var sumXy = 0.0
        for (run in runs) {
            val n = (run.stop - run.start).toDouble()
            val first = run.start.toDouble()
            val last = (run.stop - 1).toDouble()
            val x1 = (first + last) * n / 2
            val y = run.row.toDouble()
            area += n
            sumX += x1
            sumY += y * n
            sumXx += (last * (last + 1) * (2 * last + 1) - (first - 1) * first * (2 * first - 1)) / 6
            sumYy += y * y * n
            sumXy += x1 * y
        }
        val meanX = sumX / area
        val meanY = sumY / area
        val xx = sumXx / area - meanX * meanX
        val yy = sumYy / area - meanY * meanY
        val xy = sumXy / area - meanX * meanY
        return atan2(2 * xy, xx - yy) / 2
    }

    /** Pixels are unit squares; the reach of a point (x, y) is (x cos + y sin, y cos - x sin). */
    fun extents(tilt: Double): Extents {
        val cos = cos(tilt)
        val sin = sin(tilt)
        var left = Double.POSITIVE_INFINITY
        var top = Double.POSITIVE_INFINITY
        var right = Double.NEGATIVE_INFINITY
        var bottom = Double.NEGATIVE_INFINITY
        for (run in runs) {
            val alongY = run.row * sin
            val acrossY = run.row * cos
            val u0 = alongY + run.start * cos
            val u1 = alongY + run.stop * cos
            val v0 = acrossY - run.start * sin
            val v1 = acrossY - run.stop * sin
            left = minOf(left, minOf(u0, u1) + minOf(sin, 0.0))
            right = maxOf(right, maxOf(u0, u1) + maxOf(sin, 0.0))
            top = minOf(top, minOf(v0, v1) + minOf(cos, 0.0))
            bottom = maxOf(bottom, maxOf(v0, v1) + maxOf(cos, 0.0))
        }
        return Extents(left, top, right, bottom)
    }
}

/** The components of the pixels of [heat], [height] x [width], above [threshold], by their first run. */
fun findComponents(heat: FloatArray, width: Int, height: Int, threshold: Double): List<Component> {
    val runs = ArrayList<Run>()
    val firstOfRow = IntArray(height + 1)
    var sum = 0.0 // of the heat of all hot pixels before, as one running sum
    for (y in 0 until height) {
        firstOfRow[y] = runs.size
        var start = -1
        var before = 0.0
        for (x in 0..width) {
            val hot = x < width && heat[y * width + x] > threshold.toFloat()
            if (hot && start < 0) {
                start = x
                before = sum
            } else if (!hot && start >= 0) {
                runs.add(Run(y, start, x, sum - before))
                start = -1
            }
            if (hot) sum += heat[y * width + x]
        }
    }
    firstOfRow[height] = runs.size
    return grouped(runs, joined(runs, firstOfRow))
}

/** For each run the least number of a run of its component. */
private fun joined(runs: List<Run>, firstOfRow: IntArray): IntArray {
    val root = IntArray(runs.size) { it }
    fun find(run: Int): Int {
        var found = run
        while (root[found] != found) {
            root[found] = root[root[found]]
            found = root[found]
        }
        return found
    }
    for (y in 0 until firstOfRow.size - 2) {
        var lower = firstOfRow[y + 1]
        val end = firstOfRow[y + 2]
        for (upper in firstOfRow[y] until firstOfRow[y + 1]) {
            while (lower < end && runs[lower].stop < runs[upper].start) lower += 1
            var touching = lower
            while (touching < end && runs[touching].start <= runs[upper].stop) {
                val a = find(upper)
                val b = find(touching)
                root[maxOf(a, b)] = minOf(a, b)
                touching += 1
            }
        }
    }
    return IntArray(runs.size) { find(it) }
}

private fun grouped(runs: List<Run>, root: IntArray): List<Component> {
    val members = LinkedHashMap<Int, ArrayList<Run>>()
    for (i in runs.indices) members.getOrPut(root[i]) { ArrayList() }.add(runs[i])
    return members.values.map { Component(it) }
}

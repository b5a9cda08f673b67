package edgekit.executorch

/*
 * The shapes that a program takes. The engine itself runs inputs of many sizes, right or wrong, so they are checked
 * before.
 */

/** A method of a program, beside `forward`: int64 [axes, 2], the least size of each axis and its step (0: fixed). */
internal const val LIMITS = "limits"

/** A program of fixed sizes has a method for each, named so, and ending in the size of all axes that vary. */
internal const val METHOD = "forward_"

internal interface Shapes {
    /** The smallest shapes that the program takes, in the order of its inputs. */
    val least: List<IntArray>

    /** The method for inputs of these shapes. */
    fun method(given: List<IntArray>): String

    /** What is wrong with input [number]; null where the program takes it. */
    fun fault(number: Int, given: List<IntArray>): String?
}

/** [least]: size. [step]: from one size to the next; 0 where it is fixed. */
internal class Axis(val least: Int, val step: Int)

/**
 * Of the one input of a program with a method [LIMITS].
 *
 * How many elements fit at most is not told to Java: inputs above it are refused by the engine.
 */
internal class Limits(private val axes: List<Axis>) : Shapes {
    override val least = listOf(axes.map { it.least }.toIntArray())

    override fun method(given: List<IntArray>) = "forward"

    override fun fault(number: Int, given: List<IntArray>): String? {
        val shape = given[number]
        if (shape.size != axes.size) return "${axes.size} axes expected"
        axes.forEachIndexed { i, axis ->
            val size = shape[i]
            if (axis.step == 0 && size != axis.least) return "axis $i has to be ${axis.least}"
            if (axis.step > 0 && (size < axis.least || size % axis.step != 0)) {
                return "axis $i has to be a multiple of ${axis.step}, ${axis.least} or more"
            }
        }
        return null
    }
}

/**
 * Of a program with methods [METHOD].
 *
 * [taken]: the sizes that all axes that vary have in common, rising. [shapes]: of the inputs, a name where an axis varies.
 */
internal class Sizes(private val taken: List<Int>, private val shapes: List<List<Any>>) : Shapes {
    override val least = shapes.indices.map { shape(it, taken.first()) }

    override fun method(given: List<IntArray>) = METHOD + size(given)

    override fun fault(number: Int, given: List<IntArray>): String? {
        val fits = taken.map { shape(number, it) }
        if (fits.none { it.contentEquals(given[number]) }) {
            return "takes ${fits.joinToString(", ") { it.toList().toString() }}"
        }
        val size = size(given)
        return if (given[number].contentEquals(shape(number, size))) null else "$size expected, as of the others"
    }

    /** Of the first axis that varies. */
    private fun size(given: List<IntArray>): Int {
        for ((shape, found) in shapes.zip(given)) {
            val axis = shape.indexOfFirst { it is String }
            if (axis >= 0 && axis < found.size) return found[axis]
        }
        return taken.first()
    }

    private fun shape(number: Int, size: Int): IntArray =
        shapes[number].map { if (it is String) size else it as Int }.toIntArray()
}

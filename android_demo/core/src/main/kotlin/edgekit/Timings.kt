package edgekit

/*
 * How long the stages of a read took.
 */

/** Wall seconds per stage of one read, in the order the stages ran. */
class Timings {
    private val spent = LinkedHashMap<String, Double>()
    private var last = System.nanoTime()

    val stages: Map<String, Double> get() = spent

    val total: Double get() = spent.values.sum()

    /** The time since the last lap belongs to [stage]. */
    fun lap(stage: String) {
        val now = System.nanoTime()
        spent[stage] = (spent[stage] ?: 0.0) + (now - last) / 1e9
        last = now
    }
}

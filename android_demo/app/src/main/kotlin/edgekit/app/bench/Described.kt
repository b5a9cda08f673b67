package edgekit.app.bench

/*
 * What a platform tells of itself, as the schema wants it.
 */

/** In the order of `PowerManager.THERMAL_STATUS_NONE` to `THERMAL_STATUS_SHUTDOWN`. */
private val THERMAL = listOf("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")

/** The schema's `software`. [engine]: the version of [engineName]; null where it does not tell. */
fun software(producer: String, runtime: String, engineName: String, engine: String?): Map<String, Any?> = linkedMapOf(
    "producer" to producer,
    "edgekit" to null,
    "runtime" to runtime,
    "packages" to mapOf(engineName to engine),
    "git" to null,
)

/**
 * The schema's `device`.
 *
 * [signs]: what gave an emulator away. What processor is behind one is not told: it is no phone's, for sure.
 */
fun device(
    model: String,
    signs: List<String>,
    cpu: Map<String, Any?>,
    memoryBytes: Long?,
    system: String,
    kernel: String?,
): Map<String, Any?> = linkedMapOf(
    "model" to model,
    "emulated" to signs.isNotEmpty(),
    "emulation" to signs,
    "virtual" to if (signs.isEmpty()) null else true,
    "cpu" to cpu,
    "memory_bytes" to memoryBytes,
    "system" to system,
    "kernel" to kernel,
    "container" to null,
    "limits" to mapOf("cores" to null, "memory_bytes" to null),
)

/**
 * The schema's `state`.
 *
 * [batteryTenths]: its temperature in tenths of a degree, 0 or less where it is not told. [plugged]: 0 on battery, more
 * on a charger, less where it is not told. [thermal]: a status of `PowerManager`; null where it is not told.
 */
fun state(proc: Proc, batteryTenths: Int, plugged: Int, thermal: Int?): Map<String, Any?> = proc.clocks() + linkedMapOf(
    "temperatures_c" to if (batteryTenths > 0) mapOf("battery" to batteryTenths / 10.0) else null,
    "throttling" to linkedMapOf(
        "now" to thermal?.let { it > 0 },
        "since_boot" to null,
        "events" to null,
        "raw" to thermal?.let { "thermal status $it (${THERMAL.getOrNull(it) ?: "unknown"})" },
    ),
    "battery" to if (plugged < 0) null else plugged == 0,
)

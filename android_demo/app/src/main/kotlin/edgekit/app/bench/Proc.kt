package edgekit.app.bench

import java.io.File
import java.io.IOException

/*
 * What Linux, and so Android, tells a process in /proc and /sys: as `edgekit/bench/cpu.py` and `state.py` read it. Most
 * phones keep a part of it from apps: that is null.
 */

private const val ARM = 0x41
private val ARM_FLAGS = mapOf(
    "dotprod" to "asimddp", "i8mm" to "i8mm", "fp16" to "asimdhp", "bf16" to "bf16", "sve" to "sve", "sme" to "sme",
)
private val X86_FLAGS = mapOf(
    "avx2" to listOf("avx2"), "avx512" to listOf("avx512f"), "vnni" to listOf("avx512_vnni", "avx_vnni"),
    "amx" to listOf("amx_int8", "amx_bf16"), "fp16" to listOf("avx512_fp16"), "bf16" to listOf("avx512_bf16"),
)
private val FEATURES =
    listOf("dotprod", "i8mm", "fp16", "bf16", "sve", "sme", "avx2", "avx512", "vnni", "amx")

/** [root]: "/", or a folder that stands for it. */
class Proc(private val root: File = File("/")) {
    private val cpuinfo: List<Map<String, String>> by lazy { blocks(text("proc/cpuinfo").orEmpty()) }

    fun text(path: String): String? = try {
        File(root, path).readText().trim()
    } catch (_: IOException) {
        null
    } catch (_: SecurityException) {
        null
    }

    /** Of this process. */
    fun memory(): Memory {
        val status = text("proc/self/status").orEmpty().lines().associate { line ->
            line.substringBefore(':') to line.substringAfter(':').trim()
        }
        return Memory(
            resident = status["VmRSS"]?.let { kilobytes(it) },
            peak = status["VmHWM"]?.let { kilobytes(it) },
            threads = status["Threads"]?.toIntOrNull(),
            cores = status["Cpus_allowed_list"]?.let { cores(it) },
        )
    }

    /** The schema's `cpu`. [model]: where the system names it better than its cores do. */
    fun cpu(model: String?, architecture: String): Map<String, Any?> {
        val kinds = cpuinfo.filter { "CPU part" in it }.map { part(it) }.distinct()
        val named = cpuinfo.firstNotNullOfOrNull { it["model name"] }
        return linkedMapOf(
            "model" to (model ?: kinds.joinToString(" + ").ifEmpty { named }),
            "architecture" to architecture,
            "parts" to kinds,
            "features" to features(architecture),
            "cores" to folders("sys/devices/system/cpu", Regex("cpu[0-9]+")).size.takeIf { it > 0 },
            "usable" to Runtime.getRuntime().availableProcessors(),
        )
    }

    /** The schema's `governors`, `clocks_mhz` and `load`. */
    fun clocks(): Map<String, Any?> {
        val cores = folders("sys/devices/system/cpu", Regex("cpu[0-9]+")).sortedBy { it.removePrefix("cpu").toInt() }
        fun told(name: String) = cores.mapNotNull { text("sys/devices/system/cpu/$it/cpufreq/$name") }
        val clocks = told("scaling_cur_freq").mapNotNull { it.toDoubleOrNull() }.map { roundedTo(it / 1000, 1) }
        return linkedMapOf(
            "governors" to told("scaling_governor").distinct().sorted().ifEmpty { null },
            "clocks_mhz" to clocks.ifEmpty { null },
            "load" to text("proc/loadavg")?.substringBefore(' ')?.toDoubleOrNull(),
        )
    }

    private fun folders(path: String, name: Regex): List<String> =
        File(root, path).list().orEmpty().filter { name.matches(it) }

    private fun features(architecture: String): Map<String, Any?> {
        val told = cpuinfo.mapNotNull { it["flags"] ?: it["Features"] }.map { it.split(' ').toSet() }
        val all = if (told.isEmpty()) null else told.reduce { a, b -> a intersect b }
        val arm = architecture.startsWith("aarch64") || architecture.startsWith("arm")
        return FEATURES.associateWith { name ->
            val flags = if (arm) listOfNotNull(ARM_FLAGS[name]) else X86_FLAGS[name].orEmpty()
            if (all == null || flags.isEmpty()) null else flags.any { it in all }
        }
    }
}

/** `/proc/cpuinfo` as `key : value`, a block a core. */
private fun blocks(text: String): List<Map<String, String>> = text.split("\n\n").map { block ->
    block.lines().filter { ':' in it }.associate { it.substringBefore(':').trim() to it.substringAfter(':').trim() }
}.filter { it.isNotEmpty() }

private fun part(block: Map<String, String>): String {
    val maker = block["CPU implementer"] ?: "?"
    val part = block.getValue("CPU part")
    val known = if (number(maker) == ARM) ARM_PARTS[number(part)] else null
    return known ?: "implementer $maker part $part"
}

private fun number(hex: String): Int? = hex.removePrefix("0x").toIntOrNull(16)

private fun kilobytes(text: String): Long? = text.removeSuffix("kB").trim().toLongOrNull()?.times(1024)

/** "0-3,6" is 0, 1, 2, 3 and 6. */
internal fun cores(list: String): List<Int>? = list.split(',').flatMap { part ->
    val ends = part.split('-').map { it.trim().toIntOrNull() ?: return null }
    ends.first()..ends.last()
}

/** Arm's own cores by the part number of their MIDR (Linux, arch/arm64/include/asm/cputype.h). */
private val ARM_PARTS = mapOf(
    0xd03 to "Cortex-A53", 0xd04 to "Cortex-A35", 0xd05 to "Cortex-A55", 0xd07 to "Cortex-A57", 0xd08 to "Cortex-A72",
    0xd09 to "Cortex-A73", 0xd0a to "Cortex-A75", 0xd0b to "Cortex-A76", 0xd0d to "Cortex-A77", 0xd41 to "Cortex-A78",
    0xd44 to "Cortex-X1", 0xd46 to "Cortex-A510", 0xd47 to "Cortex-A710", 0xd48 to "Cortex-X2", 0xd4d to "Cortex-A715",
    0xd4e to "Cortex-X3", 0xd80 to "Cortex-A520", 0xd81 to "Cortex-A720", 0xd82 to "Cortex-X4",
)

package edgekit.app

import android.app.ActivityManager
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.BatteryManager
import android.os.Build
import android.os.PowerManager
import android.os.Process
import edgekit.app.bench.Machine
import edgekit.app.bench.Memory
import edgekit.app.bench.Proc
import java.io.File

/** In the order of `PowerManager.THERMAL_STATUS_NONE` to `THERMAL_STATUS_SHUTDOWN`, as the array `thermal`. */
private val THERMAL = listOf("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")
private val EMULATORS = listOf("goldfish", "ranchu", "cutf")

/** This phone, as far as Android tells an app. */
internal class Phone(private val context: Context) : Machine {
    private val proc = Proc()

    override fun cpuMs(): Double = Process.getElapsedCpuTime().toDouble()

    override fun memory(): Memory = proc.memory()

    override fun software(): Map<String, Any?> = linkedMapOf(
        "producer" to "EdgeKit demo for Android ${version()}",
        "edgekit" to null,
        "runtime" to "Android Runtime ${System.getProperty("java.vm.version")}",
        "packages" to mapOf(ENGINE_PACKAGE to engineVersion()),
        "git" to null,
    )

    override fun device(): Map<String, Any?> {
        val signs = EMULATORS.filter { it in Build.HARDWARE }.map { "Android's emulator: the hardware is called $it" }
        return linkedMapOf(
            "model" to "${Build.MANUFACTURER} ${Build.MODEL}",
            "emulated" to signs.isNotEmpty(), // what processor is behind an emulator is not told: no phone's, for sure
            "emulation" to signs,
            "virtual" to if (signs.isEmpty()) null else true,
            "cpu" to proc.cpu(chip(), System.getProperty("os.arch") ?: Build.SUPPORTED_ABIS.first()),
            "memory_bytes" to totalMemory(),
            "system" to "Android ${Build.VERSION.RELEASE} (API ${Build.VERSION.SDK_INT})",
            "kernel" to "Linux ${System.getProperty("os.version")}",
            "container" to null,
            "limits" to mapOf("cores" to null, "memory_bytes" to null),
        )
    }

    override fun state(): Map<String, Any?> {
        val battery: Intent? = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
        val tenths = battery?.getIntExtra(BatteryManager.EXTRA_TEMPERATURE, -1) ?: -1
        val plugged = battery?.getIntExtra(BatteryManager.EXTRA_PLUGGED, -1) ?: -1
        val status = thermalStatus()
        return proc.clocks() + linkedMapOf(
            "temperatures_c" to if (tenths > 0) mapOf("battery" to tenths / 10.0) else null,
            "throttling" to linkedMapOf(
                "now" to status?.let { it > PowerManager.THERMAL_STATUS_NONE },
                "since_boot" to null,
                "events" to null,
                "raw" to status?.let { "thermal status $it (${THERMAL.getOrNull(it)})" },
            ),
            "battery" to if (plugged < 0) null else plugged == 0,
        )
    }

    override fun installedBytes(): Long {
        val app = context.applicationInfo
        return (listOf(app.sourceDir) + app.splitSourceDirs.orEmpty()).sumOf { File(it).length() }
    }

    private fun version(): String? = context.packageManager.getPackageInfo(context.packageName, 0).versionName

    /** How much heat holds the phone back: 0, not at all, to 6; null where Android does not tell. */
    fun thermalStatus(): Int? {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return null
        return (context.getSystemService(Context.POWER_SERVICE) as PowerManager).currentThermalStatus
    }

    private fun chip(): String? =
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.S) null else "${Build.SOC_MANUFACTURER} ${Build.SOC_MODEL}"

    private fun totalMemory(): Long {
        val info = ActivityManager.MemoryInfo()
        (context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager).getMemoryInfo(info)
        return info.totalMem
    }
}

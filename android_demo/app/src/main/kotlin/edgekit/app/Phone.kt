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
import edgekit.app.bench.device
import edgekit.app.bench.software
import edgekit.app.bench.state
import java.io.File

private val EMULATORS = listOf("goldfish", "ranchu", "cutf")

/** This phone, as far as Android tells an app. */
internal class Phone(private val context: Context) : Machine {
    private val proc = Proc()

    override fun cpuMs(): Double = Process.getElapsedCpuTime().toDouble()

    override fun memory(): Memory = proc.memory()

    override fun software(): Map<String, Any?> = software(
        producer = "EdgeKit demo for Android ${version()}",
        runtime = "Android Runtime ${System.getProperty("java.vm.version")}",
        engineName = ENGINE_PACKAGE,
        engine = engineVersion(),
    )

    override fun device(): Map<String, Any?> = device(
        model = "${Build.MANUFACTURER} ${Build.MODEL}",
        signs = EMULATORS.filter { it in Build.HARDWARE }.map { "Android's emulator: the hardware is called $it" },
        cpu = proc.cpu(chip(), System.getProperty("os.arch") ?: Build.SUPPORTED_ABIS.first()),
        memoryBytes = totalMemory(),
        system = "Android ${Build.VERSION.RELEASE} (API ${Build.VERSION.SDK_INT})",
        kernel = "Linux ${System.getProperty("os.version")}",
    )

    override fun state(): Map<String, Any?> {
        val battery: Intent? = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
        return state(
            proc = proc,
            batteryTenths = battery?.getIntExtra(BatteryManager.EXTRA_TEMPERATURE, -1) ?: -1,
            plugged = battery?.getIntExtra(BatteryManager.EXTRA_PLUGGED, -1) ?: -1,
            thermal = thermalStatus(),
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

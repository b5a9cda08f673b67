package edgekit.app

import android.app.Activity
import android.content.ClipData
import android.content.Context
import android.content.Intent
import android.os.Bundle
import android.os.Process
import android.text.format.Formatter
import android.view.WindowManager
import android.widget.ProgressBar
import edgekit.app.bench.Engine
import edgekit.app.bench.Figures
import edgekit.app.bench.Report
import edgekit.app.bench.Rules
import edgekit.app.bench.document
import edgekit.app.bench.figures
import edgekit.app.bench.measure
import edgekit.app.bench.tells
import edgekit.writeJson
import java.io.File
import java.util.Date
import java.util.Locale

/**
 * How fast this phone reads, and how much memory that takes, as `edgekit bench` measures it.
 *
 * It has a process of its own (see the manifest), which ends with it: memory is that of reading alone, and every run
 * starts as the one before did.
 */
@Suppress("DEPRECATION", "OVERRIDE_DEPRECATION") // what AndroidX's ViewModels are kept with, without AndroidX
class BenchActivity : Activity() {
    private var task: Task<Bench>? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_bench)
        @Suppress("UNCHECKED_CAST") // it can only be what onRetainNonConfigurationInstance gave
        task = lastNonConfigurationInstance as Task<Bench>?
        onClick(R.id.quick) { begin(Rules.QUICK) }
        onClick(R.id.full) { begin(Rules.FULL) }
        onClick(R.id.stop) { task?.cancel() }
    }

    override fun onStart() {
        super.onStart()
        task?.watch(::show)
    }

    override fun onStop() {
        task?.watch(null)
        super.onStop()
    }

    override fun onDestroy() {
        super.onDestroy()
        if (!isFinishing) return
        task?.cancel()
        Process.killProcess(Process.myPid())
    }

    override fun onRetainNonConfigurationInstance(): Any? = task

    private fun begin(rules: Rules) {
        val label = text(R.id.label).text.toString().trim().ifEmpty { null }
        val begun = benching(applicationContext, rules, label)
        task = begun
        begun.watch(::show)
    }

    private fun show(state: State<Bench>) {
        val running = state is State.Running
        // Screens that turn dark slow their processor down.
        if (running) window.addFlags(KEEP_ON) else window.clearFlags(KEEP_ON)
        showIf(running, R.id.running)
        showIf(!running, R.id.begin)
        showIf(state is State.Done, R.id.share)
        val status = text(R.id.status)
        when (state) {
            is State.Running -> {
                (findViewById(R.id.progress) as ProgressBar).progress = (state.share * 100).toInt()
                status.setText(R.string.benching)
            }
            is State.Failed -> status.text = explained(this, state.error)
            is State.Done -> {
                status.text = summary(state.result)
                onClick(R.id.share) { share(state.result.file) }
            }
        }
    }

    private fun summary(bench: Bench): String {
        val figures = bench.figures ?: return getString(R.string.bench_stopped)
        val p95 = if (tells(figures.reads)) number(figures.p95) else getString(R.string.too_few)
        val peak = figures.peakBytes?.let { Formatter.formatShortFileSize(this, it) } ?: getString(R.string.not_told)
        val thermal = getString(R.string.thermal, thermal(bench.before), thermal(bench.after))
        return getString(R.string.bench_figures, number(figures.p50), p95, figures.reads, peak, thermal)
    }

    private fun thermal(status: Int?): String =
        status?.let { resources.getStringArray(R.array.thermal).getOrNull(it) } ?: getString(R.string.not_told)

    private fun number(milliseconds: Double): String = String.format(Locale.getDefault(), "%.0f", milliseconds)

    private fun share(file: File) {
        val place = FilesProvider.uri(this, file)
        val send = Intent(Intent.ACTION_SEND).setType("application/json").putExtra(Intent.EXTRA_STREAM, place)
        send.clipData = ClipData.newRawUri("", place)
        send.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        startActivity(Intent.createChooser(send, getString(R.string.share_bench)))
    }

    private companion object {
        const val KEEP_ON = WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON
    }
}

/** [file]: the JSON. [figures]: null where nothing was read. [before], [after]: see [Phone.thermalStatus]. */
internal class Bench(val file: File, val figures: Figures?, val before: Int?, val after: Int?)

/** [context]: the application's, which outlives the activity. */
private fun benching(context: Context, rules: Rules, label: String?) = Task<Bench> { task ->
    val machine = Phone(context)
    draw(benchFolder(context)) // where the system cleared them meanwhile
    val shots = drawnShots(benchFolder(context))
    val started = Date()
    val began = System.nanoTime()
    val before = machine.state()
    val heat = machine.thermalStatus()
    val measured = measure({ openReader(context, it) }, shots, rules, machine, task::reach) { task.cancelled }
    val figures = figures(measured, machine)
    val engine = engine(context).name
    val report = Report(
        started = started,
        seconds = (System.nanoTime() - began) / 1e9,
        label = label,
        note = DRAWN,
        shots = shots,
        rules = rules,
        engine = Engine(engine, precision(measured.reader.bundle.manifest, engine), threads()),
        before = before,
        after = machine.state(),
    )
    val file = File(FilesProvider.folder(context), "edgekit-bench.json")
    file.writeText(writeJson(document(report, measured, machine)))
    Bench(file, figures, heat, machine.thermalStatus())
}

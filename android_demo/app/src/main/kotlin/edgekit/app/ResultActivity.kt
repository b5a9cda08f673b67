package edgekit.app

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.graphics.Bitmap
import android.net.Uri
import android.os.Bundle
import android.view.View
import android.view.ViewGroup
import android.widget.TextView
import edgekit.Field
import edgekit.Receipt
import edgekit.Timings
import edgekit.app.bench.timedRead
import kotlin.math.roundToInt

private const val LONGEST = 2048 // pixels of a photo that is shown: more than most screens have

/** What was read from one photo: the photo with its lines, every field, and which of them need a look. */
@Suppress("DEPRECATION", "OVERRIDE_DEPRECATION") // what AndroidX's ViewModels are kept with, without AndroidX
class ResultActivity : Activity() {
    private lateinit var task: Task<Read>

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_result)
        val photo = intent.data
        if (photo == null) {
            finish()
            return
        }
        @Suppress("UNCHECKED_CAST") // it can only be what onRetainNonConfigurationInstance gave
        task = lastNonConfigurationInstance as Task<Read>? ?: reading(applicationContext, photo)
    }

    override fun onStart() {
        super.onStart()
        if (::task.isInitialized) task.watch(::show)
    }

    override fun onStop() {
        if (::task.isInitialized) task.watch(null)
        super.onStop()
    }

    override fun onDestroy() {
        if (isFinishing && ::task.isInitialized) task.cancel()
        super.onDestroy()
    }

    override fun onRetainNonConfigurationInstance(): Any? = if (::task.isInitialized) task else null

    private fun show(state: State<Read>) {
        showIf(state is State.Running, R.id.progress)
        showIf(state is State.Done, R.id.result)
        val status = text(R.id.status)
        when (state) {
            is State.Running -> status.setText(R.string.reading)
            is State.Failed -> status.text = explained(this, state.error)
            is State.Done -> showRead(state.result)
        }
    }

    private fun showRead(read: Read) {
        val receipt = read.receipt
        val quads = findViewById(R.id.photo) as QuadView
        quads.show(read.bitmap, receipt)
        val lines = receipt.lines.size
        quads.contentDescription = resources.getQuantityString(R.plurals.photo_lines, lines, lines)
        val found = receipt.fields.byName.filterValues { it != null }
        text(R.id.status).text = if (found.isEmpty()) {
            getString(R.string.nothing_read)
        } else {
            val doubtful = found.values.count { it!!.needsReview }
            resources.getQuantityString(R.plurals.read, doubtful, (read.seconds * 1000).roundToInt(), doubtful)
        }
        val rows = findViewById(R.id.fields) as ViewGroup
        rows.removeAllViews()
        for ((name, field) in receipt.fields.byName) rows.addView(row(rows, name, field, quads))
        for (item in receipt.items) {
            val label = getString(R.string.item)
            rows.addView(row(rows, label, "${item.amount}", item.description, false, item.lines, quads))
        }
        onClick(R.id.share) { share(receipt) }
    }

    private fun row(rows: ViewGroup, name: String, field: Field<*>?, quads: QuadView): View {
        val label = label(this, name)
        if (field == null) return row(rows, label, getString(R.string.not_found), "", false, emptyList(), quads)
        val sure = getString(R.string.sure, (field.confidence * 100).roundToInt())
        val other = field.alternatives.joinToString("") { getString(R.string.or, it.toString()) }
        val printed = if (field.text.isEmpty()) sure else getString(R.string.printed, field.text, sure)
        return row(rows, label, "${field.value}$other", printed, field.needsReview, field.lines, quads)
    }

    private fun row(
        rows: ViewGroup,
        label: String,
        value: String,
        detail: String,
        review: Boolean,
        lines: List<Int>,
        quads: QuadView,
    ): View {
        val row = layoutInflater.inflate(R.layout.row_field, rows, false)
        fun part(id: Int) = row.findViewById(id) as TextView
        part(R.id.label).text = label
        part(R.id.value).text = value
        part(R.id.detail).text = detail
        part(R.id.review).visibility = if (review) View.VISIBLE else View.GONE
        row.contentDescription = getString(if (review) R.string.said_review else R.string.said, label, value, detail)
        if (lines.isNotEmpty()) row.setOnClickListener { quads.marked = lines.toSet() }
        return row
    }

    private fun share(receipt: Receipt) {
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, receipt.toJson())
        startActivity(Intent.createChooser(send, getString(R.string.share_receipt)))
    }

    companion object {
        /** To read the photo at [uri], which the sender may read. */
        fun intent(context: Context, uri: Uri): Intent = Intent(context, ResultActivity::class.java).setData(uri)
    }
}

/** [bitmap]: the photo to look at. [seconds]: decoding and reading, without opening the bundle. */
internal class Read(val receipt: Receipt, val bitmap: Bitmap, val seconds: Double)

/** [context]: the application's, which outlives the activity. */
private fun reading(context: Context, uri: Uri) = Task { _ ->
    val reader = Readers.get(context)
    val params = reader.decodeParams
    val photo = encoded(context, uri, params)
    val timings = Timings()
    var bitmap: Bitmap? = null
    val receipt = timedRead(reader, timings) { most ->
        decoded(photo, params, most).also { if (bitmap == null) bitmap = shown(it.picture, LONGEST) }
    }
    Read(receipt, checkNotNull(bitmap), timings.total)
}

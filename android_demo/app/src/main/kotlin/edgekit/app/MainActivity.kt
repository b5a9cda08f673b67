package edgekit.app

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.provider.MediaStore
import android.view.View
import android.widget.TextView
import java.io.File

private const val TAKE = 1
private const val CHOOSE = 2
private const val TAKEN = "taken"

/** Where a photo comes from: the system's camera or its photo picker. Neither needs a permission. */
class MainActivity : Activity() {
    private var taken: String? = null
    private var drawing: Task<Unit>? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.activity_main)
        taken = savedInstanceState?.getString(TAKEN)
        onClick(R.id.take) { take() }
        onClick(R.id.choose) { choose() }
        onClick(R.id.bench) { bench() }
    }

    override fun onStop() {
        drawing?.watch(null)
        super.onStop()
    }

    /** The camera may push this process out of memory: the name of its photo outlives it. */
    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putString(TAKEN, taken)
    }

    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        if (resultCode != RESULT_OK) return
        val photo = if (requestCode == TAKE) taken?.let { lent(it) } else data?.data
        if (photo != null) startActivity(ResultActivity.intent(this, photo))
    }

    private fun take() {
        val folder = FilesProvider.folder(this)
        folder.listFiles { file -> file.extension == "jpg" }.orEmpty().forEach { it.delete() }
        val name = "photo-${System.currentTimeMillis()}.jpg"
        taken = name
        val place = lent(name)
        val intent = Intent(MediaStore.ACTION_IMAGE_CAPTURE).putExtra(MediaStore.EXTRA_OUTPUT, place)
        intent.clipData = ClipData.newRawUri("", place)
        intent.addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION)
        start(intent, TAKE, R.string.no_camera)
    }

    private fun choose() {
        val documents = Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("image/*")
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return start(documents, CHOOSE, R.string.no_picker)
        try {
            startActivityForResult(Intent(MediaStore.ACTION_PICK_IMAGES).setType("image/*"), CHOOSE)
        } catch (_: ActivityNotFoundException) {
            start(documents, CHOOSE, R.string.no_picker)
        }
    }

    /** The pictures to measure with are drawn here, so that drawing them is not in the memory that is measured. */
    private fun bench() {
        val folder = benchFolder(applicationContext)
        drawing = Task { _ -> draw(folder) }
        drawing?.watch { state ->
            if (state is State.Done) startActivity(Intent(this, BenchActivity::class.java))
            if (state is State.Failed) notice(explained(this, state.error))
        }
    }

    private fun start(intent: Intent, request: Int, missing: Int) {
        try {
            startActivityForResult(intent, request)
        } catch (_: ActivityNotFoundException) {
            notice(getString(missing))
        }
    }

    private fun notice(said: String) {
        text(R.id.notice).text = said
        showIf(true, R.id.notice)
    }

    private fun lent(name: String): Uri = FilesProvider.uri(this, File(FilesProvider.folder(this), name))
}

internal fun Activity.text(id: Int): TextView = findViewById(id) as TextView

internal fun Activity.onClick(id: Int, act: () -> Unit) {
    val view: View = findViewById(id)
    view.setOnClickListener { act() }
}

internal fun Activity.showIf(visible: Boolean, id: Int) {
    val view: View = findViewById(id)
    view.visibility = if (visible) View.VISIBLE else View.GONE
}

package edgekit.app

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

/**
 * Lends single files of [folder] to the app that a person picked: the camera writes a photo there, a mail program reads
 * a result. Not exported: what is lent is granted Uri by Uri.
 */
class FilesProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
        ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.parseMode(mode))

    override fun getType(uri: Uri): String = if (file(uri).extension == "json") "application/json" else "image/jpeg"

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        selectionArgs: Array<String>?,
        sortOrder: String?,
    ): Cursor {
        val file = file(uri)
        val columns = projection ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)
        val row = columns.map {
            when (it) {
                OpenableColumns.DISPLAY_NAME -> file.name
                OpenableColumns.SIZE -> file.length()
                else -> null
            }
        }
        return MatrixCursor(columns, 1).apply { addRow(row) }
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun update(uri: Uri, values: ContentValues?, selection: String?, selectionArgs: Array<String>?): Int = 0

    override fun delete(uri: Uri, selection: String?, selectionArgs: Array<String>?): Int = 0

    /** A file right inside [folder], whatever the Uri's path tries. */
    private fun file(uri: Uri): File {
        val context = context ?: throw FileNotFoundException("$uri: not ready")
        val name = uri.lastPathSegment.orEmpty()
        if (!isPlainName(name)) throw FileNotFoundException("$uri: no such file")
        return File(folder(context), name)
    }

    companion object {
        /** Files that may be lent; the system may clear it when space is short. */
        fun folder(context: Context): File = File(context.cacheDir, "lent").apply { mkdirs() }

        fun uri(context: Context, file: File): Uri =
            Uri.Builder().scheme("content").authority("${context.packageName}.files").appendPath(file.name).build()
    }
}

private val PLAIN = Regex("[A-Za-z0-9][A-Za-z0-9._-]*")

internal fun isPlainName(name: String): Boolean = PLAIN.matches(name)

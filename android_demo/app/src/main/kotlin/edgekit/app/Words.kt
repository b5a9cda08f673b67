package edgekit.app

import android.content.Context
import edgekit.BackendError
import edgekit.BundleError
import edgekit.EdgeKitError
import edgekit.ImageError

/*
 * What the app says, in the words of its resources.
 */

private val LABELS = mapOf(
    "vendor" to R.string.vendor,
    "date" to R.string.date,
    "time" to R.string.time,
    "currency" to R.string.currency,
    "subtotal" to R.string.subtotal,
    "tax" to R.string.tax,
    "total" to R.string.total,
)

/** A field's name as it is shown. */
internal fun label(context: Context, field: String): String = LABELS[field]?.let { context.getString(it) } ?: field

/** Why there is no result; the core's own message says how to mend it. */
internal fun explained(context: Context, error: Throwable): String {
    val kind = when (error) {
        is ImageError -> R.string.failed_photo
        is BundleError -> R.string.failed_bundle
        is BackendError, is LinkageError -> R.string.failed_engine
        is OutOfMemoryError -> R.string.failed_memory
        else -> R.string.failed
    }
    val detail = if (error is EdgeKitError) error.message.orEmpty() else error.toString()
    return context.getString(kind, detail)
}

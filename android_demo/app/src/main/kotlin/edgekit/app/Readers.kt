package edgekit.app

import android.content.Context
import edgekit.Bundle
import edgekit.Manifest
import edgekit.Options
import edgekit.ReceiptReader
import edgekit.app.bench.Watch
import java.io.File

/** The bundle's folder in the assets: where `python -m export receipt --app android` puts it. */
internal const val BUNDLE = "edgekit"
private const val MOST_THREADS = 4 // more than a phone's fast cores make no read faster
private const val PREFERRED = "int8"

/** The one reader of this process, opened when it is first needed, off the main thread. */
internal object Readers {
    private var reader: ReceiptReader? = null

    @Synchronized
    fun get(context: Context): ReceiptReader = reader ?: openReader(context).also { reader = it }
}

/** A reader of the bundle in the assets; [watch] notes what its graphs run. Throws what `ReceiptReader` throws. */
internal fun openReader(context: Context, watch: Watch? = null): ReceiptReader {
    val bundle = Bundle(File("assets", BUNDLE), AssetStore(context.assets, BUNDLE))
    val engine = engine(context)
    val options = Options(precision = precision(bundle.manifest, engine.name), threads = threads())
    return ReceiptReader(bundle, watch?.over(engine, bundle.manifest) ?: engine, options)
}

/** Cores that one read uses. */
internal fun threads(): Int = minOf(MOST_THREADS, Runtime.getRuntime().availableProcessors())

/**
 * The precision that every stage with graphs has for an engine, but for those that name their own; "fp32", and a clear
 * error, where there is none.
 */
internal fun precision(manifest: Manifest, backend: String): String {
    val stages = manifest.stages.values.filter { it.precision == null }.map { it.graphs }.filter { it.isNotEmpty() }
    val shared = stages.map { graphs -> graphs.filter { it.backend == backend }.map { it.precision }.toSet() }
        .reduceOrNull { a, b -> a intersect b }.orEmpty()
    return if (PREFERRED in shared) PREFERRED else shared.firstOrNull() ?: "fp32"
}

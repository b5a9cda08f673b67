package edgekit.app

import android.content.Context
import edgekit.Backend
import edgekit.executorch.ExecutorchBackend

/*
 * The engine of this flavour: ExecuTorch.
 */

internal const val ENGINE_PACKAGE = "executorch-android"

internal fun engine(context: Context): Backend = ExecutorchBackend(context.cacheDir)

/** The engine does not say. */
internal fun engineVersion(): String? = null

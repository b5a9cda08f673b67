package edgekit.app

import android.content.Context
import edgekit.Backend
import edgekit.onnxruntime.OrtBackend

/*
 * The engine of this flavour: ONNX Runtime.
 */

internal const val ENGINE_PACKAGE = "onnxruntime-android"

@Suppress("UNUSED_PARAMETER") // other engines need it
internal fun engine(context: Context): Backend = OrtBackend

internal fun engineVersion(): String? = OrtBackend.version

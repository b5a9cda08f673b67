package edgekit

/*
 * Every error EdgeKit throws on purpose.
 *
 *     EdgeKitError
 *     ├── UsageError        the call itself is wrong (bad argument, nothing to read)
 *     ├── ImageError        this picture cannot be read; others can
 *     │   └── ImageTooLargeError
 *     ├── BundleError       the bundle is unusable, altered, or lacks what was asked for
 *     │   ├── ManifestError     manifest.json does not follow the schema
 *     │   ├── IntegrityError    a file is missing, altered, or not listed
 *     │   └── MissingGraphError no graph of this backend and precision
 *     └── BackendError      the engine is absent, unknown, or failed
 *
 * A message is one line: what is wrong, where, and how to mend it. Exceptions of other packages are converted once, at
 * the seam that calls them.
 */

/** Base of all errors thrown on purpose. */
open class EdgeKitError(message: String, cause: Throwable? = null) : Exception(message, cause)

/** An argument is wrong; nothing was attempted. */
class UsageError(message: String) : EdgeKitError(message)

/** A picture could not be decoded; other pictures are not affected. */
open class ImageError(message: String, cause: Throwable? = null) : EdgeKitError(message, cause)

/** A picture exceeds the byte or pixel limit; it was refused before decoding. */
class ImageTooLargeError(message: String) : ImageError(message)

/** A bundle cannot be used. */
open class BundleError(message: String, cause: Throwable? = null) : EdgeKitError(message, cause)

/** `manifest.json` is not JSON, or breaks the schema. */
class ManifestError(message: String) : BundleError(message)

/** A bundle's file is missing, altered, unlisted, or lies outside the bundle. */
class IntegrityError(message: String, cause: Throwable? = null) : BundleError(message, cause)

/** The bundle has no graph for the stage, backend and precision asked for. */
class MissingGraphError(message: String) : BundleError(message)

/** An inference engine is unknown, not installed, or failed. */
class BackendError(message: String, cause: Throwable? = null) : EdgeKitError(message, cause)

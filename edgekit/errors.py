"""Every error EdgeKit raises on purpose.

    EdgeKitError
    ├── UsageError        the call itself is wrong (bad argument, nothing to read)
    ├── ImageError        this picture cannot be read; others can
    │   └── ImageTooLargeError
    ├── BundleError       the bundle is unusable, altered, or lacks what was asked for
    │   ├── ManifestError     manifest.json does not follow the schema
    │   ├── IntegrityError    a file is missing, altered, or not listed
    │   └── MissingGraphError no graph of this backend and precision
    └── BackendError      the engine is absent, unknown, or failed

A message is one line: what is wrong, where, and how to mend it. Exceptions of other packages are converted
once, at the seam that calls them, with ``raise ... from``.
"""


class EdgeKitError(Exception):
    """Base of all errors raised on purpose; ``except EdgeKitError`` catches them all."""


class UsageError(EdgeKitError):
    """An argument is wrong; nothing was attempted."""


class ImageError(EdgeKitError):
    """A picture could not be decoded; other pictures are not affected."""


class ImageTooLargeError(ImageError):
    """A picture exceeds the byte or pixel limit; it was refused before decoding."""


class BundleError(EdgeKitError):
    """A bundle cannot be used."""


class ManifestError(BundleError):
    """``manifest.json`` is not JSON, or breaks the schema."""


class IntegrityError(BundleError):
    """A bundle's file is missing, altered, unlisted, or lies outside the bundle."""


class MissingGraphError(BundleError):
    """The bundle has no graph for the stage, backend and precision asked for."""


class BackendError(EdgeKitError):
    """An inference engine is unknown, not installed, or failed."""

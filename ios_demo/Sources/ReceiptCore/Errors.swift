/// Every error EdgeKit throws on purpose.
///
/// A message is one line: what is wrong, where, and how to mend it. Errors of other packages are converted once, at the
/// seam that calls them.
public struct EdgeKitError: Error, Sendable, Hashable {
    /// What an error is about; the names are those of Python's exceptions.
    public enum Kind: String, Sendable, Hashable {
        /// An argument is wrong; nothing was attempted.
        case usage = "UsageError"
        /// A picture could not be decoded; other pictures are not affected.
        case image = "ImageError"
        /// A picture exceeds the byte or pixel limit; it was refused before decoding.
        case imageTooLarge = "ImageTooLargeError"
        /// A bundle cannot be used.
        case bundle = "BundleError"
        /// `manifest.json` is not JSON, or breaks the schema.
        case manifest = "ManifestError"
        /// A bundle's file is missing, altered, unlisted, or lies outside the bundle.
        case integrity = "IntegrityError"
        /// The bundle has no graph for the stage, backend and precision asked for.
        case missingGraph = "MissingGraphError"
        /// An inference engine is absent, or failed.
        case backend = "BackendError"
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the picture is at fault; others can be read.
    public var isOfImage: Bool { kind == .image || kind == .imageTooLarge }

    /// Whether the bundle is at fault.
    public var isOfBundle: Bool {
        switch kind {
        case .bundle, .manifest, .integrity, .missingGraph: true
        default: false
        }
    }
}

extension EdgeKitError: CustomStringConvertible {
    public var description: String { message }
}

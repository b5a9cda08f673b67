import Foundation

// The reader: opens a bundle once, then turns pictures into receipts.

/// How a reader is opened.
public struct Options: Sendable {
    /// Of the graphs, but as `Stage.precision` says.
    public var precision = "fp32"
    /// Cores that one read uses.
    public var threads = 1
    /// The rung that chooses fields; nil: the bundle's own choice, which without an extraction network is `classical`.
    public var extractor: Rung?
    /// The share of answers that may be wrong among those that need no review. It holds for receipts like those the
    /// bundle was calibrated on, and where its calibration knows the field.
    public var reviewError = 0.02

    public init(precision: String = "fp32", threads: Int = 1, extractor: Rung? = nil, reviewError: Double = 0.02) {
        self.precision = precision
        self.threads = threads
        self.extractor = extractor
        self.reviewError = reviewError
    }
}

/// Reads receipts, one task at a time or many; the same picture gives the same receipt every time.
public actor ReceiptReader {
    public nonisolated let bundle: ReceiptBundle
    /// Limits that a file is checked against before it is decoded.
    public nonisolated let decodeParams: DecodeParams
    /// How fields are chosen.
    public nonisolated let rung: Rung
    private let layout: LayoutParams
    private let scanner: Scanner
    private let extractor: Extractor

    /// Opens the graphs of a bundle with an engine.
    ///
    /// Throws an error of the bundle where it is without this backend, precision or rung, a `backend` and a `usage`
    /// error.
    public init(_ bundle: ReceiptBundle, backend: any Backend, options: Options = Options()) throws {
        if options.threads < 1 { throw EdgeKitError(.usage, "threads=\(options.threads): give 1 or more") }
        func opened(_ stage: String, threads: Int) throws -> any Session {
            try openSession(bundle, stage, backend, precision: options.precision, threads: threads)
        }
        self.bundle = bundle
        decodeParams = try DecodeParams(bundle.stage("image").params)
        layout = try LayoutParams(bundle.stage("layout").params)
        let detector = Detector(
            session: try opened("detect", threads: options.threads),
            params: try DetectParams(bundle.stage("detect").params))
        func recognizer(_ stage: String, batch: Int? = nil) throws -> Recognizer {
            Recognizer(
                session: try opened(stage, threads: 1),
                params: try RecognizeParams(bundle.stage("recognize").params, batch: batch),
                charset: try charset(of: bundle), workers: options.threads)
        }
        let first = try recognizer("recognize")
        // What reads doubtful lines again takes and gives what the recogniser does.
        let second = try bundle.rereadParams().map {
            Rereader(recognizer: try recognizer("reread", batch: $0.batch), params: $0)
        }
        scanner = Scanner(detector: detector, recognizer: first, params: layout, rereader: second)
        extractor = try openExtractor(bundle, options) { try opened("extract", threads: 1) }
        rung = extractor.how.rung
    }

    /// Opens the folder of a bundle, or a zip of it.
    public init(_ bundle: URL, backend: any Backend, options: Options = Options()) throws {
        try self.init(ReceiptBundle(bundle), backend: backend, options: options)
    }

    /// Reads one picture. A picture without text gives a receipt without lines.
    ///
    /// `finer`: the same photo, reduced at most by what it is given; asked where text is too low in `photo`.
    public func read(_ photo: Photo, finer: (@Sendable (Int) async throws -> Photo)? = nil) async throws -> Receipt {
        try await timedRead(photo, finer: finer).receipt
    }

    /// Reads decoded pixels, the right way up.
    public func read(_ picture: Picture) async throws -> Receipt {
        let params = decodeParams
        return try await read(Photo(picture, params)) { Photo(picture, params, most: $0) }
    }

    /// Reads one picture as `read` does, and says how long each stage took.
    public func timedRead(
        _ photo: Photo, finer: (@Sendable (Int) async throws -> Photo)? = nil
    ) async throws -> (receipt: Receipt, timings: Timings) {
        var timings = Timings()
        var seen = photo
        var found = try scanner.find(seen.picture)
        let factor = decodeParams.finer(seen, found.detection.height)
        if let finer, factor < seen.factor {
            seen = try await finer(factor)
            found = try scanner.find(seen.picture, coarse: found)
        }
        timings.lap("detect")
        let scan = try await scanner.read(found)
        timings.lap("recognize")
        var receipt = assembled(seen, scan)
        timings.lap("layout")
        let extracted = try extractor.extract(receipt.lines, rows: receipt.rows)
        timings.lap("extract")
        receipt.fields = extracted.fields
        receipt.items = extracted.items
        return (receipt, timings)
    }

    /// The receipt that lines, in any order, amount to; for lines that something else read.
    ///
    /// `width`, `height`: of the picture that their quads refer to, in pixels.
    public func extract(_ lines: [TextLine], width: Int, height: Int) throws -> Receipt {
        let found = rows(lines, layout)
        let ordered = found.joined().map { lines[$0] }
        var receipt = Receipt(lines: ordered, rows: renumbered(found), width: width, height: height)
        let extracted = try extractor.extract(receipt.lines, rows: receipt.rows)
        receipt.fields = extracted.fields
        receipt.items = extracted.items
        return receipt
    }

    /// Runs the graphs of a scan once on a blank page, so that the first real read is as quick as the next.
    public func warmUp() async throws { try await scanner.warmUp() }
}

/// The characters that the recogniser's classes stand for.
func charset(of bundle: ReceiptBundle) throws -> [String] {
    let text = try bundle.readText("charset.txt").unicodeScalars
    let lines = text.last == "\n" ? text.dropLast() : text[...]
    return lines.split(separator: "\n", omittingEmptySubsequences: false).map { String(String.UnicodeScalarView($0)) }
}

/// The receipt, still without fields: lines in reading order, quads in pixels of the upright picture.
private func assembled(_ photo: Photo, _ scan: Scan) -> Receipt {
    let onSide = scan.rotation % 180 != 0
    let width = onSide ? photo.picture.height : photo.picture.width
    let height = onSide ? photo.picture.width : photo.picture.height
    let factor = Double(photo.factor)
    func restored(_ point: Point) -> Point {
        let there = turnPoint(point, (360 - scan.rotation) % 360, width: width, height: height)
        return Point(there.x * factor, there.y * factor)
    }
    return Receipt(
        lines: scan.rows.joined().map { scan.lines[$0].moved(restored) }, rows: renumbered(scan.rows),
        width: photo.width, height: photo.height, rotation: scan.rotation, skew: scan.skew, warnings: photo.warnings)
}

/// Rows of lines that are in reading order already.
private func renumbered(_ rows: [[Int]]) -> [[Int]] {
    var next = 0
    return rows.map { row in
        defer { next += row.count }
        return Array(next..<next + row.count)
    }
}

private func openExtractor(
    _ bundle: ReceiptBundle, _ options: Options, _ session: () throws -> any Session
) throws -> Extractor {
    let stage = try bundle.stage("extract")
    let params = try ExtractParams(stage.params)
    let own = try Rung(params.rung)
    let hasNetwork = !stage.graphs.isEmpty
    let rung = options.extractor ?? (hasNetwork || !own.isNetworked ? own : .classical)
    let how = try How(rung: rung, reviewError: options.reviewError)
    if rung.isNetworked && !hasNetwork {
        let problem = "\(bundle.path): stage 'extract' has no network for extractor='\(rung.rawValue)'"
        throw EdgeKitError(
            .missingGraph, "\(problem): choose '\(Rung.rules.rawValue)' or '\(Rung.classical.rawValue)'")
    }
    let lexicon = try Lexicon(bundle.readText("lexicon.json"), "\(bundle.path): lexicon.json")
    return try Extractor(
        params, lexicon, how: how, session: rung.isNetworked ? session() : nil,
        place: "\(bundle.path): stages.extract.params")
}

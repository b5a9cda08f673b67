// From rows of text to a receipt's fields and items, on any rung of the ladder.

/// How fields are extracted.
public struct How: Sendable {
    /// How they are chosen.
    public let rung: Rung
    /// How many of the accepted answers may be wrong, 0 to 1.
    public let reviewError: Double

    /// Throws a `usage` error for an error outside 0 to 1.
    public init(rung: Rung = .classical, reviewError: Double = 0.02) throws {
        if !(reviewError > 0 && reviewError < 1) {
            let problem = "review_error=\(reviewError)"
            throw EdgeKitError(.usage, "\(problem): give a share between 0 and 1, such as 0.02")
        }
        self.rung = rung
        self.reviewError = reviewError
    }
}

/// What was extracted from a receipt.
public struct Extracted: Sendable {
    public let fields: Fields
    /// Line items; none without the network.
    public let items: [Item]
}

/// Fields from lines and rows. Holds no state between calls: one serves all threads, and repeats itself exactly.
public struct Extractor: Sendable {
    /// How it was opened.
    public let how: How
    private let params: ExtractParams
    private let lexicon: Lexicon
    private let network: Network?
    private let calibration: Calibration

    /// `session`: of the extraction network; some rungs need it. `place`: names `params` in errors.
    ///
    /// Throws a `usage` error where the session is missing, a `manifest` error where the calibration cannot be used or
    /// weights, of any rung, are too few or too many.
    public init(
        _ params: ExtractParams, _ lexicon: Lexicon, how: How, session: (any Session)? = nil, place: String = "params"
    ) throws {
        if how.rung.isNetworked && session == nil {
            let problem = "extractor='\(how.rung.rawValue)' needs the extraction network"
            throw EdgeKitError(.usage, "\(problem): give its session")
        }
        try checkLengths(params, place)
        self.how = how
        self.lexicon = lexicon
        self.params = params.of(how.rung)
        network = how.rung.isNetworked ? session.map { Network($0) } : nil
        calibration = try params.calibration[how.rung.rawValue].map { try Calibration($0) } ?? Calibration()
    }

    /// The fields of a receipt; nil for each that it does not show.
    ///
    /// `rows`: indices into `lines` by printed row, in reading order. Throws a `backend` error if the engine fails.
    public func extract(_ lines: [TextLine], rows: [[Int]]) throws -> Extracted {
        let paper = Paper(lines, rows: rows, lexicon, params)
        guard let network else { return Extracted(fields: fields(ruledAnswers(paper)), items: []) }
        guard let reading = try network.read(paper.page, paper.found, lexicon) else {
            return Extracted(fields: Fields(), items: [])
        }
        let items = findItems(paper.page, reading)
        let isJoint = how.rung == .joint
        let answers = isJoint ? jointAnswers(paper, reading, items) : pointedAnswers(paper, reading)
        return Extracted(fields: fields(answers), items: items)
    }

    private func fields(_ answers: Answers) -> Fields {
        var fields = Fields()
        fields.vendor = field("vendor", answers.vendor)
        fields.date = field("date", answers.date)
        fields.time = field("time", answers.time)
        fields.currency = field("currency", answers.currency)
        fields.subtotal = field("subtotal", answers.subtotal)
        fields.tax = field("tax", answers.tax)
        fields.total = field("total", answers.total)
        return fields
    }

    private func field<Value: Sendable & Hashable & CustomStringConvertible>(
        _ name: String, _ answer: Answer<Value>?
    ) -> Field<Value>? {
        guard let answer else { return nil }
        let confidence = calibration.probability(name, answer.confidence)
        if confidence < params.answerThreshold { return nil }
        let threshold = calibration.reviewThreshold(name, how.reviewError) ?? params.reviewThreshold
        return Field(
            value: answer.value, text: answer.text, confidence: confidence, lines: answer.lines,
            needsReview: confidence < threshold, alternatives: answer.alternatives)
    }
}

import TestSupport

@testable import ReceiptCore

/// The pure functions of parsing and calibration, from plain JSON to plain JSON; constants are those of the
/// default bundle.
struct TextFunctions {
    private let params: ExtractParams
    private let lexicon: Lexicon

    init(_ bundle: ReceiptBundle) throws {
        params = try ExtractParams(bundle.stage("extract").params)
        lexicon = try Lexicon(bundle.readText("lexicon.json"), "lexicon.json")
    }

    /// By the name of the case file.
    var all: [(name: String, run: (Json) throws -> any Plain)] {
        [
            ("amounts", { findAmounts($0.string.letters, marks: lexicon.marks) }),
            ("dates", { findDates($0.string.letters, months: lexicon.months, years: params.years) }),
            ("times", { findTimes($0.string.letters) }),
            ("folding", folding),
            ("anchors", anchors),
            ("calibration", calibration),
        ]
    }

    private func masked(_ example: Json) -> [Range<Int>] {
        example.at("masked").list.map { $0.list[0].int..<$0.list[1].int }
    }

    private func folding(_ example: Json) -> any Plain {
        let text = example.at("text").string.letters
        return object([
            ("fold", String(fold(text))), ("squash", String(squash(text))),
            ("skeleton", skeleton(text, masked: masked(example))),
        ])
    }

    private func anchors(_ example: Json) -> any Plain {
        let text = example.at("text").string.letters
        let masked = masked(example)
        return object([
            ("money", lexicon.money.find(text, masked: masked)), ("dates", lexicon.dates.find(text, masked: masked)),
            ("names", lexicon.names.find(text, masked: masked)),
            ("region_words", lexicon.regionWords.find(text, masked: masked)),
        ])
    }

    private func calibration(_ example: Json) throws -> any Plain {
        guard let node = params.calibration[example.at("rung").string] else { throw Failure("no such rung") }
        let calibrated = try Calibration(node)
        let field = example.at("field").string
        let threshold = calibrated.reviewThreshold(field, example.at("review_error").double)
        let shown: any Plain = threshold == .infinity ? "never" : threshold
        return object([
            ("probability", calibrated.probability(field, example.at("raw").double)), ("threshold", shown),
        ])
    }
}

import TestSupport

@testable import ReceiptCore

/// The steps from rows of text to fields, each from a paper to plain JSON.
///
/// A paper is a receipt as text: lines, rows, and what the extraction network says of its words.
struct Steps {
    private let params: ExtractParams
    private let lexicon: Lexicon

    init(_ bundle: ReceiptBundle) throws {
        params = try ExtractParams(bundle.stage("extract").params)
        lexicon = try Lexicon(bundle.readText("lexicon.json"), "lexicon.json")
    }

    /// By the name of the case file.
    var all: [(name: String, run: (Json) throws -> any Plain)] {
        [
            ("page", page), ("entries", { paper($0).found }), ("region", { paper($0).region }),
            ("arithmetic", arithmetic), ("taxes", taxes), ("names", names), ("days", days), ("words", words),
            ("reading", reading), ("joint_points", jointPoints), ("answers", answers), ("fields", fields),
        ]
    }

    private func paper(_ receipt: Json, _ rung: Rung = .joint) -> Paper {
        Paper(receipt.at("lines").list.map(\.line), rows: receipt.at("rows").list.map(\.ints), lexicon, params.of(rung))
    }

    private func scores(_ receipt: Json) -> [Float] { receipt.at("scores").list.flatMap(\.doubles).map { Float($0) } }

    private func reading(_ receipt: Json, _ paper: Paper) -> Reading {
        Reading(EncodedWords(paper.page, paper.found, lexicon).spans, scores: scores(receipt))
    }

    private func page(_ receipt: Json) -> any Plain {
        let page = paper(receipt).page
        return object([("rows", page.rows), ("whole_prices", page.wholePrices)])
    }

    private func arithmetic(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let rows = paper.page.rows.count
        let ranked = rankTotals(paper.found, rows: rows, paper.params)
        return object([
            ("parts", Parts(paper.found)), ("candidates", totalCandidates(paper.found).map(\.text)),
            ("features", totalFeatures(paper.found, rows: rows, tall: params.tall)),
            ("ranked", ranked.map { list($0.entry.text, $0.score, $0.proved, $0.repeated) }),
        ])
    }

    private func taxes(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let totals = [nil] + distinct(totalCandidates(paper.found).map(\.amount.value)).map(Optional.some)
        return totals.prefix(12).map { total in
            let tax = chooseTax(paper.found, total: total, paper.params)
            return object([
                ("total", total), ("tax", tax.map { list($0.value, $0.entries.map(\.text), $0.proved) }),
                ("subtotal", chooseSubtotal(paper.found, total: total, tax: tax?.value)?.text),
            ])
        }
    }

    private func names(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let segments = topSegments(paper.page, lexicon, params)
        return object([
            ("spans", nameSpans(segments)), ("features", nameFeatures(segments, paper.page)),
            ("ranked", rankNames(paper.page, lexicon, paper.params)),
            ("mended", segments.map { String(mended($0.text, lexicon)) }),
        ])
    }

    private func days(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let ranked = rankDates(paper.page, lexicon, params)
        let preferred = ranked.isEmpty ? nil : prefer(ranked, paper.region.orders, params)
        return object([
            ("ranked", ranked.map { list($0.printed.readings, $0.row.index, $0.score, $0.anchored) }),
            ("preferred", preferred.map { list($0.days, $0.decided) }),
            ("time", chooseTime(paper.page, dateRow: ranked.first?.row.index)?.printed),
        ])
    }

    private func words(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let found = EncodedWords(paper.page, paper.found, lexicon)
        let places = found.spans.indices.map { word in
            let told = zip(placeNames, found.places[(word * placeNames.count)...])
            return Dictionary(uniqueKeysWithValues: told.filter { $0.1 != 0 }.map { ($0.0, $0.1) })
        }
        return object([
            ("bucket", found.bucket), ("spans", found.spans),
            ("chars", found.spans.indices.map { found.chars[$0 * 16..<$0 * 16 + 16] }), ("places", places),
        ])
    }

    private func reading(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let found = reading(receipt, paper)
        func ofPointed(_ read: (String) -> any Plain) -> Json { object(pointedTags.map { ($0, read($0)) }) }
        return object([
            ("odds", found.odds.mapValues { $0.prefix(20) }), ("shares", found.shares.mapValues { $0.prefix(20) }),
            ("none", ofPointed { found.none($0) }), ("best", ofPointed { found.best($0) }),
            ("items", findItems(paper.page, found)),
        ])
    }

    private func jointPoints(_ receipt: Json) -> any Plain {
        let paper = paper(receipt)
        let found = reading(receipt, paper)
        let totals = jointTotals(paper, found, findItems(paper.page, found))
        let named = jointNames(paper, found)
        let dated = jointDates(paper, found)
        let taxes = taxCandidates(paper, found, total: totals.first?.entry.amount.value)
        return object([
            ("totals", totals.map { list($0.entry.text, $0.score, $0.proved) }),
            ("total_evidence", pointedTotal(paper, found, totals)), ("names", named),
            ("name_evidence", nameEvidence(paper, found, named)),
            ("dates", dated.map { list($0.printed.readings, $0.score) }),
            ("date_evidence", pointedDate(found, dated)),
            ("taxes", taxes.map { list($0.tax.value, $0.tax.proved, $0.ruled, taxPoints(paper, found, $0)) }),
        ])
    }

    private func answers(_ receipt: Json) -> any Plain {
        object(
            Rung.allCases.map { rung in
                let paper = paper(receipt, rung)
                if !rung.isNetworked { return (rung.rawValue, ruledAnswers(paper)) }
                let said = reading(receipt, paper)
                if rung == .network { return (rung.rawValue, pointedAnswers(paper, said)) }
                return (rung.rawValue, jointAnswers(paper, said, findItems(paper.page, said)))
            })
    }

    private func fields(_ receipt: Json) throws -> any Plain {
        let (lines, rows) = (receipt.at("lines").list.map(\.line), receipt.at("rows").list.map(\.ints))
        return object(
            try Rung.allCases.map { rung in
                let session = rung.isNetworked ? Told(scores: scores(receipt)) : nil
                let extractor = try Extractor(params, lexicon, how: try How(rung: rung), session: session)
                let found = try extractor.extract(lines, rows: rows)
                return (rung.rawValue, object([("fields", found.fields.json), ("items", found.items.map(\.json))]))
            })
    }
}

/// A session that says what a paper holds.
private struct Told: Session {
    let scores: [Float]

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        let bucket = inputs[0].shape[1]
        let rest = [Float](repeating: 0, count: bucket * tagNames.count - scores.count)
        return [.floats(shape: [1, bucket, tagNames.count], scores + rest)]
    }
}

// What speaks for or against lines being the vendor's name.

/// What speaks for or against it, in the order of the weights.
let nameFeatureNames = words(
    """
    rank0 rank1 rank2 rank height tallest legal_end legal company address contact document tax_id place digits \
    comma short long rows2 rows3 open similar bare bare_tail cut_off legal_next barrier_next barrier_before \
    money dated echoed confidence odd
    """)
private let similarHeight = 0.75  // ratio of text heights from which two rows are taken for one size of print
private let longWord = Pattern(#"[^\W\d_]{2,}"#)

/// The top of a page: its largest height, and the rows of the whole page, folded.
private struct Top {
    let tallest: Double
    let rows: [Letters]
}

/// `nameFeatureNames` of each of `nameSpans`.
func nameFeatures(_ segments: [Segment], _ page: Page) -> [[Double]] {
    let top = Top(tallest: segments.map(\.height).max() ?? 0, rows: page.rows.map { squash($0.text) })
    return nameSpans(segments).map { span in
        let run = Array(segments[span])
        return ofPlace(span, run, top) + ofWords(run) + ofJoints(run) + ofSurroundings(span, segments)
            + ofRows(run, top, page)
    }
}

private func ofPlace(_ span: Range<Int>, _ run: [Segment], _ top: Top) -> [Double] {
    let height = run.map(\.height).max() ?? 0
    return [
        flag(span.lowerBound == 0),
        flag(span.lowerBound == 1),
        flag(span.lowerBound == 2),
        Double(span.lowerBound) / 10,
        min(height, 3) - 1,
        height / max(top.tallest, 1e-6),
    ]
}

private func ofWords(_ run: [Segment]) -> [Double] {
    let letters = run.reduce(0) { $0 + $1.letters }
    let digits = run.reduce(0) { $0 + $1.digits }
    return [
        flag(run[run.count - 1].legalEnd),
        flag(run.contains { $0.has("legal") }),
        flag(run.contains { $0.has("company") }),
        flag(run.contains { $0.has("address") }),
        flag(run.contains { $0.phone || $0.has("contact") }),
        flag(run.contains { $0.has("document") }),
        flag(run.contains { $0.has("tax_id") }),
        flag(run.contains { $0.place }),
        Double(digits) / Double(max(letters + digits, 1)),
        flag(run.contains { $0.text.contains(",") }),
        flag(letters < 4),
        Double(max(letters - 30, 0)) / 10,
    ]
}

private func ofJoints(_ run: [Segment]) -> [Double] {
    let pairs = zip(run, run.dropFirst())
    let similar = pairs.allSatisfy { min($0.height, $1.height) >= similarHeight * max($0.height, $1.height) }
    let bare = run.allSatisfy(\.bare)
    return [
        flag(run.count == 2),
        flag(run.count == 3),
        flag(run.dropLast().contains { isOpen($0.text) }) - flag(isOpen(joined(run))),
        flag(similar && run.count > 1),
        flag(bare),
        flag(run[run.count - 1].bare && !bare),
    ]
}

private func ofSurroundings(_ span: Range<Int>, _ segments: [Segment]) -> [Double] {
    let run = segments[span]
    let (first, last) = (segments[span.lowerBound], segments[span.upperBound - 1])
    let before = span.lowerBound > 0 ? segments[span.lowerBound - 1] : nil
    let following = span.upperBound < segments.count ? segments[span.upperBound] : nil
    let legalNext = following.map { $0.legalEnd && !last.legalEnd && $0.row <= last.row + farthestRow } ?? false
    return [
        flag(before.map { goesOn($0, first) } ?? false),
        flag(legalNext),
        flag(following?.isBarrier ?? false),
        flag(segments[..<run.startIndex].contains(where: \.isBarrier)),
    ]
}

private func ofRows(_ run: [Segment], _ top: Top, _ page: Page) -> [Double] {
    let rows = run.map { page.rows[$0.row] }
    let odd = run.reduce(0) { $0 + $1.odd }
    return [
        flag(rows.contains { $0.amounts.contains(where: \.isMoney) }),
        flag(rows.contains { !$0.dates.isEmpty || !$0.times.isEmpty }),
        flag(isEchoed(run, top)),
        page.confidence(run.flatMap(\.lines)),
        Double(odd) / Double(max(joined(run).count, 1)),
    ]
}

/// Whether the line above looks like the first half of a name that ends here.
private func goesOn(_ before: Segment, _ first: Segment) -> Bool {
    let quiet = !before.isBarrier && !before.legalEnd && !before.has("document")
    if !quiet || before.row + farthestRow < first.row { return false }
    return first.bare || (first.legalEnd && longWord.all(in: first.text).count <= 3)
}

/// Whether print shows that more must follow.
private func isOpen(_ text: Letters) -> Bool {
    if let end = text.trimmedEnd(\.isBlank).last, "&-(/".unicodeScalars.contains(end) { return true }
    return text.count { $0 == "(" } > text.count { $0 == ")" }
}

/// Whether the name's longest word stands again further down, as in a web address.
private func isEchoed(_ run: [Segment], _ top: Top) -> Bool {
    guard let word = run.map(\.word).firstMax(by: \.count), word.count >= 5 else { return false }
    return top.rows.dropFirst(run[run.count - 1].row + 1).contains { $0.contains(word) }
}

// The vendor's name: a line, or lines that belong together, at the top that is a name and nothing else.

private let repeated = 4  // one letter this many times may still be a name ("AAA")
private let mostRows = 3  // rows a name may be split over
private let gap = 3.0  // median text heights between two lines of a row beyond which they are not one name
private let numberDigits = 4  // digits after a company suffix from which they are its registration
private let phoneOrAddress = Pattern(#"@|www|http|\.com|\d{3}[-. ]{1,2}\d{4}|\d{7}"#, ignoresCase: true)
private let street = Pattern(
    #"\b\d{5}\b|^\W*\d+[A-Za-z]?,? +[A-Za-z]{2}|^\W*(?:no|lot)\W*\d"#, ignoresCase: true)
private let tillNumber = Pattern(#"^#\d+ +"#)
private let numberInBrackets = Pattern(#" ?\([^()]*\d{4,}[^()]*\)?$"#)
private let punctuation = " &'.,-()".letters

/// Rows from one part of a name to the next: a smudge may stand between.
let farthestRow = 2

/// Lines that may be the vendor's name: as read, where they stand, and their score.
struct Name: Sendable {
    var text: Letters
    var lines: [Int]
    var score: Double

    static func isBetter(_ a: Name, _ b: Name) -> Bool {
        if a.score != b.score { return a.score > b.score }
        return a.lines.lexicographicallyPrecedes(b.lines)
    }
}

/// Neighbouring lines of one row near the top, with the anchors found in them.
struct Segment: Sendable {
    let text: Letters
    let row: Int
    let lines: [Int]
    let height: Double
    private let kinds: Set<String>
    /// A company suffix ends it.
    let legalEnd: Bool
    /// Nothing but words that any company may have ("RESTAURANT SDN BHD").
    let bare: Bool
    /// It looks like a telephone number or web address.
    let phone: Bool
    /// It looks like a street or town.
    let place: Bool
    /// Its longest word, folded.
    let word: Letters
    /// How many of its letters are that, digits, or neither that nor what names are written with.
    let letters: Int
    let digits: Int
    let odd: Int

    init(_ row: PageRow, _ pieces: [Piece], _ lexicon: Lexicon) {
        let printed = Letters(pieces.map { row.text.part($0.start, $0.end) }.joined(separator: [" "])).stripped
        let (text, marks) = withoutNumber(printed, lexicon)
        let general = marks.filter { $0.kind == "legal" || $0.kind == "company" }
        let covered = general.reduce(0) { $0 + text.part($1.start, $1.end).count(where: \.isAlnum) }
        self.text = text
        self.row = row.index
        lines = pieces.map(\.line)
        height = pieces.map(\.height).max() ?? 0
        kinds = Set(marks.map(\.kind))
        legalEnd = marks.contains { $0.kind == "legal" && !text.part($0.end).contains(where: \.isAlnum) }
        bare = covered > 0 && covered + 1 >= text.count(where: \.isAlnum)
        phone = phoneOrAddress.finds(text)
        place = street.finds(text)
        let words = text.split { !$0.isAlnum && $0 != "_" && $0 != "'" }
        word = words.map { squash(Letters($0)) }.firstMax(by: \.count) ?? []
        letters = text.count(where: \.isAlpha)
        digits = text.count(where: \.isNumeral)
        odd = text.count { !$0.isAlnum && !punctuation.contains($0) }
    }

    func has(_ wanted: String...) -> Bool { !kinds.isDisjoint(with: wanted) }

    /// Whether this says where the vendor is or what the paper is: names stand above.
    var isBarrier: Bool { phone || place || has("address", "contact", "tax_id") }
}

/// Candidates for the vendor's name among the top rows, best first.
func rankNames(_ page: Page, _ lexicon: Lexicon, _ params: ExtractParams) -> [Name] {
    let segments = topSegments(page, lexicon, params)
    return zip(nameSpans(segments), nameFeatures(segments, page)).map { span, features in
        let run = Array(segments[span])
        return Name(text: joined(run), lines: run.flatMap(\.lines), score: dot(params.nameWeights, features))
    }.stablySorted(by: Name.isBetter)
}

/// The segments of the first rows that show letters, in reading order.
func topSegments(_ page: Page, _ lexicon: Lexicon, _ params: ExtractParams) -> [Segment] {
    var found: [Segment] = []
    for row in page.rows {
        if found.count >= params.nameRows { break }
        found += segments(row, lexicon).filter { isWorded($0.text) }
    }
    return found
}

/// Whether a text has letters that may spell something; `XXXXXXXX` is a line drawn with letters.
private func isWorded(_ text: Letters) -> Bool {
    let letters = text.upper.filter(\.isAlpha)
    return letters.count >= 2 && (Set(letters).count >= 2 || letters.count <= repeated)
}

/// Every run of one to three segments on rows that follow each other.
func nameSpans(_ segments: [Segment]) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    for start in segments.indices {
        spans.append(start..<start + 1)
        for last in (start + 1)..<max(min(start + mostRows, segments.count), start + 1) {
            let step = segments[last].row - segments[last - 1].row
            if step < 1 || step > farthestRow { break }
            spans.append(start..<last + 1)
        }
    }
    return spans
}

private func segments(_ row: PageRow, _ lexicon: Lexicon) -> [Segment] {
    var groups: [[Piece]] = []
    for piece in row.pieces {
        if let last = groups.last?.last, piece.left - last.right <= gap {
            groups[groups.count - 1].append(piece)
        } else {
            groups.append([piece])
        }
    }
    return groups.map { Segment(row, $0, lexicon) }
}

/// A name without the registration number after it (`ACME SDN BHD (123456-X)`) or a till number before it.
///
/// Its anchors come with it.
private func withoutNumber(_ printed: Letters, _ lexicon: Lexicon) -> (Letters, [Mark]) {
    let text = printed.part(tillNumber.match(printed, at: 0)?.end ?? 0)
    let marks = lexicon.names.find(text)
    let end = endOfName(text, marks)
    if end == text.count { return (text, marks) }
    let short = text.part(0, end)
    return (short, lexicon.names.find(short))
}

private func endOfName(_ text: Letters, _ marks: [Mark]) -> Int {
    for mark in marks where mark.kind == "legal" && text.part(mark.end).count(where: \.isNumeral) >= numberDigits {
        return mark.end + (text.at(mark.end) == "." ? 1 : 0)
    }
    if let group = numberInBrackets.search(text), group.start >= 3 { return group.start }
    return text.count
}

/// The text of a run as read.
func joined(_ run: [Segment]) -> Letters { Letters(run.map(\.text).joined(separator: [" "])) }

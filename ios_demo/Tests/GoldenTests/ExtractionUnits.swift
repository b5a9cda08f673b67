import TestSupport

@testable import ReceiptCore

/// What golden cases cannot say of parsing and extraction: long numbers, patterns, data and engines that are wrong.
func extractionUnits(_ suite: Suite, _ bundle: ReceiptBundle) async throws {
    await decimals(suite)
    await patterns(suite)
    await calibrations(suite)
    let params = try bundle.stage("extract").params
    let lexicon = try Lexicon(bundle.readText("lexicon.json"), "lexicon.json")
    try await weights(suite, params, lexicon)
    try await extractors(suite, try ExtractParams(params), lexicon)
}

private func decimals(_ suite: Suite) async {
    await suite.test("decimals of any length are exact") {
        guard let long = ExactDecimal("123456789012345678901234567890.12"),
            let other = ExactDecimal("98765432109876543210.5"), let most = ExactDecimal("999999999999999999"),
            let milli = ExactDecimal("0.001")
        else { throw Failure("no number") }
        let made = [long * other, most + ExactDecimal(1), most + ExactDecimal(1) - milli, most - long]
        let expected = [
            "12193263113702179522558299036755488492415065996030.260", "1000000000000000000",
            "999999999999999999.999", "-123456789011345678901234567891.12",
        ]
        try check(made.map(\.description) == expected, "\(made)")
        try check(milli < most && most < other && other < long && -long < -other && -long < milli)
        let zeros = ExactDecimal("100000000000000000000.00")
        try check(Set([zeros, ExactDecimal("100000000000000000000")]).count == 1)
    }
    await suite.test("floats become decimals: all their digits, or the fewest") {
        let exact = [0.01, -1180591620717411303424, 0, 0.5].map { ExactDecimal(exactly: $0) }
        let digits = [
            "0.01000000000000000020816681711721685132943093776702880859375", "-1180591620717411303424", "0", "0.5",
        ]
        try check(exact.map(Optional.some) == digits.map { ExactDecimal($0) }, "\(exact)")
        let shortest = [0.4, 1e-5, 1.5e20, -2, 0].map { ExactDecimal(shortest: $0).doubleValue }
        try check(shortest == [0.4, 1e-5, 1.5e20, -2, 0], "\(shortest)")
    }
    await suite.test("hundredths and cents") {
        let hundredths = [8091, 8090, 8000, 7].map { ExactDecimal($0).hundredth.description }
        try check(hundredths == ["80.91", "80.9", "80", "0.07"], "\(hundredths)")
        let cents = ["12.999", "-0.5", "3", "0.00"].map { ExactDecimal($0)?.cents }
        try check(cents == [1299, -50, 300, 0], "\(cents)")
    }
}

private func patterns(_ suite: Suite) async {
    // What Python's `re.search` finds.
    let found: [(pattern: String, text: String, place: Range<Int>?)] = [
        ("a{2}b?|b+", "xabb", 2..<4), ("(?:ab|a)(?:bc)?$", "abc", 0..<3), ("[a-c]{1,2}c", "abcc", 0..<3),
        ("x{2,}", "xyxxxy", 2..<5), (#"(?<!\d:)\d\d"#, "1:23 45", 5..<7),
        (#"(?<=[A-Z]\.)1(?=\.)"#, "a.1.B.1.", 6..<7),
        (#"\b5\b"#, "x5 5é 5.", 6..<7), ("a$", "ba\n", 1..<2), ("a$", "a\n\n", nil), ("^b", "ab", nil),
        (#"[^\W\d_]+"#, "1_éß²", 2..<5), (#"\d+"#, "²٣x", 1..<2), (#"\s"#, "a\u{1f}", 1..<2),
        (#"[\w-]+"#, " a-_", 1..<4),
        (#"(\d)(?!\d{2})\d?"#, "1234", 2..<4), ("[.,] ?-{1,2}", "12.  5, --", 6..<10), ("", "a", 0..<0),
    ]
    await suite.test("patterns find what Python's find") {
        for (pattern, text, place) in found {
            let match = Pattern(pattern).search(text.letters).map { $0.start..<$0.end }
            try check(match == place, "\(pattern) in \(text): \(String(describing: match))")
        }
        for text in ["LOT", "lot", "Lot"] { try check(Pattern("lot", ignoresCase: true).finds(text.letters), text) }
        for text in ["\u{131}", "\u{130}", "I"] { try check(Pattern("i", ignoresCase: true).finds(text.letters), text) }
    }
    await suite.test("groups of a pattern, and those that took no part") {
        let text = "12:30 pm".letters
        let match = Pattern(#"(\d+):(\d+)(?::(\d+))? ([ap])"#).search(text)
        let groups = (1...4).map { match?.group($0, of: text).map { String($0) } }
        try check(groups == ["12", "30", nil, "p"], "\(groups)")
    }
    await suite.test("ties keep their order") {
        let words = ["bb", "a", "cc", "d", "ee"]
        try check(words.stablySorted { $0.count < $1.count } == ["a", "d", "bb", "cc", "ee"])
        try check(words.firstMax(by: \.count) == "bb" && words.distinct(by: \.count) == ["bb", "a"])
    }
}

private func calibrations(_ suite: Suite) async {
    let broken = [
        (#"{"knots": [], "risks": [], "answers": 1}"#, "total.knots: no knot"),
        (#"{"knots": [[0.1, 0.5], [0.1, 0.6]], "risks": [], "answers": 1}"#, "total.knots[1]: the map falls"),
        (#"{"knots": [[0.1, 1]], "risks": [], "answers": 1}"#, "a probability that is certain"),
        (#"{"knots": [[0.1, 1.5]], "risks": [], "answers": 1}"#, "total.knots[0][1]: 1.5 is too large"),
        (#"{"knots": [[0.1, 0.5, 1]], "risks": [], "answers": 1}"#, "has 3 items"),
        (#"{"knots": [[0.1, 0.5]], "risks": [[0.5, 0.1], [0.6, 0.1]], "answers": 1}"#, "risks[1]: the risk does not"),
        (#"{"knots": [[0.1, 0.5]], "risks": [], "answers": 0}"#, "answers: 0 is too small"),
    ]
    for (text, said) in broken {
        await suite.test("a calibration is refused: \(said)") {
            try refused(.manifest, said) { _ = try Calibration(loadJson("{\"total\": \(text)}", "x.json")) }
        }
    }
}

private func weights(_ suite: Suite, _ params: Node, _ lexicon: Lexicon) async throws {
    guard case .object(let all) = params.value, case .object(let joint) = params.value.at("joint") else {
        throw Failure("the parameters are no objects")
    }
    func shorter(_ object: JsonObject, _ changed: String) -> Json {
        object.replacing(changed, .list((object[changed]?.list ?? []).dropLast()))
    }
    let wrong = [
        ("x.total_weights: has", shorter(all, "total_weights")),
        ("x.date_confidence: has", shorter(all, "date_confidence")),
        ("x.joint.name_rules: has", all.replacing("joint", shorter(joint, "name_rules"))),
        ("x.joint.time_confidence: has 3 weights; write 4", all.replacing("joint", shorter(joint, "time_confidence"))),
    ]
    for (said, value) in wrong {
        await suite.test("weights that are too few: \(said)") {
            let params = try ExtractParams(loadJson(writeJson(value), "x.json"))
            try refused(.manifest, said) { _ = try Extractor(params, lexicon, how: How(), place: "x") }
        }
    }
}

extension JsonObject {
    fileprivate func replacing(_ key: String, _ value: Json) -> Json {
        .object(JsonObject(members.map { ($0.key, $0.key == key ? value : $0.value) }))
    }
}

/// A session that says the same whatever it is given.
private struct Mute: Session {
    let outputs: [Tensor]

    func run(_ inputs: [Tensor]) throws -> [Tensor] { outputs }
}

private func extractors(_ suite: Suite, _ params: ExtractParams, _ lexicon: Lexicon) async throws {
    let quad = Quad(Point(0, 0), Point(90, 0), Point(90, 10), Point(0, 10))
    let line = TextLine(text: "TOTAL 9.00", quad: quad, confidence: 0.9)
    await suite.test("a network that is missing, or says something else") {
        let how = try How(rung: .joint)
        try refused(.usage, "needs the extraction network") { _ = try Extractor(params, lexicon, how: how) }
        for outputs: [Tensor] in [[], [.floats(shape: [1, 64, 3], [])], [.ints(shape: [1, 64, 10], [])]] {
            let extractor = try Extractor(params, lexicon, how: how, session: Mute(outputs: outputs))
            try refused(.backend, "export the bundle again") { _ = try extractor.extract([line], rows: [[0]]) }
        }
    }
    for rung in Rung.allCases {
        await suite.test("no text, no fields: \(rung.rawValue)") {
            let session = rung.isNetworked ? Mute(outputs: []) : nil
            let extractor = try Extractor(params, lexicon, how: How(rung: rung), session: session)
            let found = try extractor.extract([], rows: [])
            try check(found.fields == Fields() && found.items.isEmpty)
        }
    }
    await suite.test("no text is too odd") {
        let extractor = try Extractor(params, lexicon, how: How())
        let letters = "TOTAL RM $€9.,0'-(:/ 12 1Oó²٣é\u{301}\u{1f9fe}\n".letters
        var state: UInt64 = 1
        func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407  // Knuth's MMIX
            return Int(state >> 33) % below
        }
        for _ in 0..<300 {
            let lines = (0..<6).map { _ in
                let text = String((0..<next(24)).map { _ in letters[next(letters.count)] })
                return TextLine(text: text, quad: quad, confidence: 1)
            }
            let found = try extractor.extract(lines, rows: [[0, 1], [2], [3, 4, 5]])
            try check(found.fields.total.map { $0.value.isPositive } ?? true)
        }
    }
}

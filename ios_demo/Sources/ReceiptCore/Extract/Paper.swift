// What is known of a receipt before its fields are chosen, and the form of the answers.

/// An answer before calibration; its members are those of `Field`.
struct Answer<Value: Sendable>: Sendable {
    let value: Value
    let text: String
    let confidence: Double
    let lines: [Int]
    var alternatives: [Value] = []
}

/// The answers of a rung; nil where there is none.
struct Answers: Sendable {
    let vendor: Answer<String>?
    let date: Answer<String>?
    let time: Answer<String>?
    let currency: Answer<String>?
    let subtotal: Answer<ExactDecimal>?
    let tax: Answer<ExactDecimal>?
    let total: Answer<ExactDecimal>?
}

/// A page, the amounts on it, where it comes from, and what it is looked at with.
struct Paper: Sendable {
    let page: Page
    let found: [Entry]
    let region: RegionFound
    let lexicon: Lexicon
    /// With the weights of the rung (see `ExtractParams.of`).
    let params: ExtractParams

    /// Everything that all rungs look at. `rows`: indices into `lines` by printed row, in reading order.
    init(_ lines: [TextLine], rows: [[Int]], _ lexicon: Lexicon, _ params: ExtractParams) {
        page = Page(lines, rows: rows, lexicon, years: params.years)
        found = entries(page, params)
        region = RegionFound(page, lexicon)
        self.lexicon = lexicon
        self.params = params
    }
}

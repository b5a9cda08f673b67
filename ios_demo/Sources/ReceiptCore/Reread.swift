// Reading again: the first lines of a page, where the recogniser is unsure of them, by a larger one.
//
// Names of shops stand at the top, in any lettering, and that is what a small recogniser reads worst; a larger one for
// all lines would take several times as long. This is a cascade (Viola and Jones, 2001) of two recognisers.

/// The stage that does this, where a bundle has it.
private let reread = "reread"

/// Constants of reading again.
struct RereadParams: Sendable {
    /// How many lines, in reading order from the top, may be read again.
    let lines: Int
    /// Of a line from which it is not.
    let confidence: Double
    /// The most that are.
    let most: Int
    /// Most crops in one run: the network is large, and so is what it keeps in memory of a long line.
    let batch: Int

    init(_ node: Node) throws {
        let members = try node.members(["lines", "confidence", "most", "batch", "precision"])
        lines = try members["lines"].integer(0)
        confidence = try members["confidence"].number()
        most = try members["most"].integer(0)
        batch = try members["batch"].integer(1)
        _ = try members["precision"].text()  // see `Stage.precision`
    }
}

/// Reads doubtful lines again, and keeps of both readings the one that is surer.
struct Rereader: Sendable {
    let recognizer: Recognizer
    let params: RereadParams

    /// The lines, some with another text and confidence.
    ///
    /// `lines`: with quads in pixels of the picture. `order`: their indices in reading order.
    func read(_ picture: Picture, _ lines: [TextLine], order: [Int]) async throws -> [TextLine] {
        let doubtful = order.prefix(params.lines).filter { lines[$0].confidence < params.confidence }
            .prefix(params.most)
        var read = lines
        for (i, line) in zip(doubtful, try await recognizer.read(picture, doubtful.map { lines[$0].quad }))
        where !line.text.isEmpty && line.confidence > read[i].confidence {
            read[i] = line
        }
        return read
    }
}

extension ReceiptBundle {
    /// The constants of reading again; nil where the bundle has no such stage.
    func rereadParams() throws -> RereadParams? { try manifest.stages[reread].map { try RereadParams($0.params) } }
}

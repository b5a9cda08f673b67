// Text recognition: crops of lines in, their characters out.
//
// The network reads a line left to right and gives, per step, its likeliest class and that class's probability;
// decoding is CTC's greedy rule (Graves et al., "Connectionist Temporal Classification", 2006): repeats merge, blanks
// vanish.

/// Constants of recognition.
struct RecognizeParams: Sendable {
    /// Of a crop in pixels.
    let height: Int
    /// A crop is padded on its right to the next of these; a longer line is squeezed to the last.
    let widths: [Int]
    /// Grey level of that padding.
    let padding: Int
    /// Most crops in one run.
    let batch: Int
    /// The CTC blank's class; class `i` above it is the charset's character `i - 1`.
    let blank: Int

    /// `batch`: instead of the one that is written.
    init(_ node: Node, batch: Int? = nil) throws {
        let members = try node.members(["height", "widths", "padding", "batch", "blank"], mayHave: ["precision"])
        height = try members["height"].integer(1)
        widths = try members["widths"].items().map { try $0.integer(1) }
        padding = try members["padding"].integer(0)
        let written = try members["batch"].integer(1)
        self.batch = batch ?? written
        blank = try members["blank"].integer()
        _ = try members.ifPresent("precision")?.optional { try $0.text() }  // see `Stage.precision`
        if widths.isEmpty { throw members["widths"].error("empty", "give at least one width") }
    }
}

/// `width`: of a bucket; `members`: indices of the quads that are read together at that width.
struct Batch: Sendable, Hashable {
    let width: Int
    let members: [Int]
}

/// A line's text, and the mean probability of the characters kept.
struct Decoded: Sendable, Hashable {
    let text: String
    let confidence: Double
}

/// Reads the text of lines, several batches at once.
///
/// The network is too small to gain much from threads inside it; batches side by side scale with the cores. What a line
/// reads as does not depend on the number of `workers`.
struct Recognizer: Sendable {
    let session: any Session
    let params: RecognizeParams
    let charset: [String]
    let workers: Int

    /// One line per quad, in the same order; a quad without text gives an empty one with confidence 0.
    func read(_ picture: Picture, _ quads: [Quad]) async throws -> [TextLine] {
        var lines = quads.map { TextLine(text: "", quad: $0, confidence: 0) }
        var batches = plan(quads, params)[...]
        if workers == 1 {
            for batch in batches {
                for (line, text) in try readBatch(picture, quads, batch) { lines[line] = text }
            }
            return lines
        }
        try await withThrowingTaskGroup(of: [(Int, TextLine)].self) { group in
            func start() {
                guard let batch = batches.popFirst() else { return }
                group.addTask { try readBatch(picture, quads, batch) }
            }
            for _ in 0..<workers { start() }
            while let read = try await group.next() {
                for (line, text) in read { lines[line] = text }
                start()
            }
        }
        return lines
    }

    private func readBatch(_ picture: Picture, _ quads: [Quad], _ batch: Batch) throws -> [(Int, TextLine)] {
        let count = batch.members.count
        let size = params.height * batch.width * 3
        var crops = [UInt8](repeating: UInt8(clamping: params.padding), count: count * size)
        for (i, line) in batch.members.enumerated() { draw(picture, quads[line], &crops, i * size, batch.width) }
        let found = try session.run([.bytes(shape: [count, params.height, batch.width, 3], crops)])
        guard found.count == 2, found[0].shape.count == 2, found[0].shape[0] == count else {
            throw EdgeKitError(.backend, "stage 'recognize': not a row of steps per line; export the bundle again")
        }
        let steps = try found[0].ints("recognize")
        let chances = try found[1].floats("recognize")
        let length = found[0].shape[1]
        guard chances.count == steps.count, steps.allSatisfy({ $0 >= 0 && $0 <= charset.count }) else {
            throw EdgeKitError(.backend, "stage 'recognize': classes beyond the charset; export the bundle again")
        }
        return batch.members.enumerated().map { i, line in
            let part = i * length..<(i + 1) * length
            let read = decode(steps[part], chances[part], charset, blank: params.blank)
            return (line, TextLine(text: read.text, quad: quads[line], confidence: read.confidence))
        }
    }

    /// A line's crop at the left of its place in a batch.
    private func draw(_ picture: Picture, _ quad: Quad, _ crops: inout [UInt8], _ start: Int, _ bucket: Int) {
        let width = cropWidth(quad, params)
        let bytes = crop(picture, quad, width, params.height).toBytes()
        for row in 0..<params.height {
            let place = start + row * bucket * 3
            crops.replaceSubrange(place..<place + width * 3, with: bytes[row * width * 3..<(row + 1) * width * 3])
        }
    }
}

/// Batches, wide lines first: the long runs start early, so that workers end together.
func plan(_ quads: [Quad], _ params: RecognizeParams) -> [Batch] {
    let widths = quads.map { cropWidth($0, params) }
    var batches: [Batch] = []
    for i in quads.indices.sorted(by: { (-widths[$0], $0) < (-widths[$1], $1) }) {
        let bucket = params.widths.first { $0 >= widths[i] } ?? widths[i]
        if let last = batches.last, last.width == bucket && last.members.count < params.batch {
            batches[batches.count - 1] = Batch(width: bucket, members: last.members + [i])
        } else {
            batches.append(Batch(width: bucket, members: [i]))
        }
    }
    return batches
}

private func cropWidth(_ quad: Quad, _ params: RecognizeParams) -> Int {
    let sides = quadSize(quad)
    let width = whole(sides.along * Double(params.height) / max(sides.across, 1e-6))
    return min(max(width, 1), params.widths[params.widths.count - 1])
}

/// Characters of one line: `steps` are its classes, `chances` their probabilities.
func decode(
    _ steps: ArraySlice<Int32>, _ chances: ArraySlice<Float>, _ charset: [String], blank: Int
) -> Decoded {
    var text = ""
    var sum = 0.0
    var kept = 0
    var last: Int32?
    for (step, chance) in zip(steps, chances) {
        defer { last = step }
        if step == blank || step == last { continue }
        text += charset[Int(step) - 1]
        sum += Double(chance)
        kept += 1
    }
    return kept == 0 ? Decoded(text: "", confidence: 0) : Decoded(text: strip(text), confidence: sum / Double(kept))
}

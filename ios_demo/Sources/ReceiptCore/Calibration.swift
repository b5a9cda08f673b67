// From what a rung says of its answer to how often such answers are right: data in, two lookups out.
//
// The data come from labelled receipts and live in the `extract` stage's constants, per rung and field. A map is
// piecewise linear and never falls, so it changes how sure an answer is, never which one is given.

/// An accepted answer may itself be wrong with this many times the error target, no more: on receipts of another kind
/// than those that were counted, the doubtful answers go wrong first.
private let likeliestError = 5.0

/// A map's knot (raw, probability), or a risk (threshold, error): how many of the answers whose probability is at least
/// the threshold are wrong, at most as far as the counted answers can tell.
struct CalibrationPoint: Sendable {
    let x: Double
    let y: Double
}

/// Of one field.
struct FieldCalibration: Sendable {
    /// Raw strictly rising, probability never falling; beyond the ends the end's probability.
    let knots: [CalibrationPoint]
    /// Thresholds rising, errors falling.
    let risks: [CalibrationPoint]
    /// Counted for both.
    let answers: Int

    init(_ node: Node) throws {
        let members = try node.members(["knots", "risks", "answers"])
        knots = try points(members["knots"])
        risks = try points(members["risks"])
        if knots.isEmpty { throw members["knots"].error("no knot", "write one pair at least") }
        for (i, (a, b)) in zip(knots, knots.dropFirst()).enumerated() where b.x <= a.x || b.y < a.y {
            let mend = "let the first of each pair rise, and the second never fall"
            throw try members["knots"].items()[i + 1].error("the map falls", mend)
        }
        if !knots.allSatisfy({ $0.y > 0 && $0.y < 1 }) {
            throw members["knots"].error("a probability that is certain", "write probabilities between 0 and 1")
        }
        for (i, (a, b)) in zip(risks, risks.dropFirst()).enumerated() where b.x <= a.x || b.y >= a.y {
            let mend = "let thresholds rise and errors fall"
            throw try members["risks"].items()[i + 1].error("the risk does not fall", mend)
        }
        answers = try members["answers"].integer(1)
    }

    /// 0..1, strictly between them.
    func probability(_ raw: Double) -> Double {
        let right = knots.firstIndex { $0.x > raw } ?? knots.count
        if right == 0 || right == knots.count { return knots[max(right - 1, 0)].y }
        let (a, b) = (knots[right - 1], knots[right])
        return a.y + (b.y - a.y) * (raw - a.x) / (b.x - a.x)
    }

    /// The least threshold that keeps the target; infinite where none does: then every answer needs review.
    func reviewThreshold(_ errorTarget: Double) -> Double {
        let least = risks.first { $0.y <= errorTarget }?.x ?? .infinity
        return max(least, 1 - likeliestError * errorTarget)
    }
}

/// The maps of one rung, by field. Without any it leaves every confidence as it is.
struct Calibration: Sendable {
    private let fields: [String: FieldCalibration]

    init() { fields = [:] }

    /// From `{field: {"knots": [...], "risks": [...], "answers": n}}`; throws a `manifest` error where a map falls.
    init(_ node: Node) throws {
        let maps = try node.mapping().map { ($0.key, try FieldCalibration($0.value)) }
        fields = Dictionary(uniqueKeysWithValues: maps)
    }

    /// How likely an answer is right, given the rung's own confidence, 0..1; unchanged for a field without a map.
    func probability(_ field: String, _ raw: Double) -> Double { fields[field]?.probability(raw) ?? raw }

    /// The probability from which answers err at most at the target; nil for a field that was not measured.
    ///
    /// Infinite where no probability is high enough.
    func reviewThreshold(_ field: String, _ errorTarget: Double) -> Double? {
        fields[field]?.reviewThreshold(errorTarget)
    }
}

private func points(_ node: Node) throws -> [CalibrationPoint] {
    try node.items().map { item in
        let numbers = try item.items()
        if numbers.count != 2 { throw item.error("has \(numbers.count) items", "write 2") }
        for number in numbers where try number.number(0) > 1 {
            throw number.error("\(floatText(try number.number())) is too large", "write at most 1")
        }
        return CalibrationPoint(x: try numbers[0].number(), y: try numbers[1].number())
    }
}

// The rungs of the ladder: four ways to choose a receipt's fields, from points set by hand to all together.

/// A way to choose a receipt's fields.
public enum Rung: String, CaseIterable, Sendable {
    /// Points set by hand.
    case rules
    /// Points fitted on labelled receipts.
    case classical
    /// What the extraction network says of each word, alone.
    case network
    /// Network, points and arithmetic together.
    case joint

    /// The rung of a name. Throws a `usage` error for a name that is none.
    public init(_ name: String) throws {
        guard let rung = Rung.allCases.first(where: { $0.rawValue == name }) else {
            let names = Rung.allCases.map(\.rawValue).joined(separator: ", ")
            throw EdgeKitError(.usage, "extractor='\(name)': choose one of \(names)")
        }
        self = rung
    }

    /// Whether it needs the network.
    public var isNetworked: Bool { self == .network || self == .joint }
}

extension ExtractParams {
    /// The constants that a rung works with: its own weights stand in for those of "classical".
    func of(_ rung: Rung) -> ExtractParams {
        var params = self
        switch rung {
        case .rules:
            params.totalWeights = rules.totalWeights
            params.nameWeights = rules.nameWeights
            params.take(rules)
        case .joint:
            params.totalWeights = joint.totalRules
            params.nameWeights = joint.nameRules
            params.totalNone = joint.totalNone
            params.nameNone = joint.nameNone
            params.take(joint)
        case .classical, .network: break
        }
        return params
    }

    private mutating func take(_ weights: some Confidences) {
        totalConfidence = weights.totalConfidence
        vendorConfidence = weights.vendorConfidence
        dateConfidence = weights.dateConfidence
        taxConfidence = weights.taxConfidence
    }
}

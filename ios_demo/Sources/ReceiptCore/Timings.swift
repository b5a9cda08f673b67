/// Wall seconds per stage of one read, in the order the stages ran.
public struct Timings: Sendable {
    public private(set) var stages: [(name: String, seconds: Double)] = []
    private var last = ContinuousClock.now

    public init() {}

    public var total: Double { stages.reduce(0) { $0 + $1.seconds } }

    /// The time since the last lap belongs to a stage.
    public mutating func lap(_ stage: String) {
        let now = ContinuousClock.now
        let spent = last.duration(to: now) / .seconds(1)
        if let known = stages.firstIndex(where: { $0.name == stage }) {
            stages[known].seconds += spent
        } else {
            stages.append((stage, spent))
        }
        last = now
    }
}

import ReceiptCore

/// Percentiles, and how far a run's figures can be trusted: `edgekit/bench/stats.py`.

/// Parts that a run is cut into, in order of time.
let blocks = 8
/// Reads without which a block's median says too little.
let leastInBlock = 4
/// Reads without which a pass's 95th percentile is just its slowest read.
let leastInPass = 20

/// Linear between the closest ranks (Hyndman and Fan's type 7, as in numpy).
///
/// - Parameters:
///   - values: at least one.
///   - share: 0...1.
public func percentile(_ values: [Double], _ share: Double) -> Double {
    let ranked = values.sorted()
    let place = share * Double(ranked.count - 1)
    let low = Int(place)
    let high = min(low + 1, ranked.count - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - Double(low))
}

/// The middle value, or the mean of the two in the middle. `values`: at least one.
public func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// Mean, least, percentiles and largest, to a thousandth.
public struct Percentiles: Encodable, Sendable, Equatable {
    public let mean, min, p50, p90, p95, p99, max: Double

    /// Nil where there are no values.
    public init?(of values: [Double]) {
        guard let least = values.min(), let largest = values.max() else { return nil }
        mean = rounded(values.reduce(0, +) / Double(values.count), 3)
        min = rounded(least, 3)
        p50 = rounded(percentile(values, 0.50), 3)
        p90 = rounded(percentile(values, 0.90), 3)
        p95 = rounded(percentile(values, 0.95), 3)
        p99 = rounded(percentile(values, 0.99), 3)
        max = rounded(largest, 3)
    }
}

/// One read: in which pass, of which picture, and how long it took.
public struct Sample: Sendable, Equatable {
    public let part: Int
    public let picture: Int
    /// By stage; "all": the whole.
    public let milliseconds: [String: Double]
    /// Milliseconds of processor time, all threads together.
    public let cpu: Double

    public init(part: Int, picture: Int, milliseconds: [String: Double], cpu: Double) {
        self.part = part
        self.picture = picture
        self.milliseconds = milliseconds
        self.cpu = cpu
    }

    var whole: Double { milliseconds["all"] ?? 0 }
}

/// How unlike the passes, and the blocks of the run, are: the schema's `noise`.
public struct Noise: Encodable, Sendable {
    @OrNull public var noisy: Bool?
    public let passP95Ms: [Double]
    @OrNull public var p95Difference: Double?
    public let blocks: Int
    @OrNull public var blockSpread: Double?

    /// What too few reads cannot tell is nil.
    ///
    /// - Parameters:
    ///   - samples: in order of time.
    ///   - limit: share from which a difference is noise.
    public init(of samples: [Sample], limit: Double) {
        let parts = Dictionary(grouping: samples, by: \.part)
        let p95 = parts.keys.sorted().map { percentile(parts[$0, default: []].map(\.whole), 0.95) }
        let fewest = parts.values.map(\.count).min() ?? 0
        var difference: Double?
        if fewest >= leastInPass, p95.count > 1, let top = p95.max(), let least = p95.min() {
            difference = top / least - 1
        }
        let medians = blockMedians(samples)
        let spread = medians.max().flatMap { top in medians.min().map { top - $0 } }
        let told = [difference, spread].compactMap { $0 }
        _noisy = OrNull(wrappedValue: told.isEmpty ? nil : told.contains { $0 > limit })
        passP95Ms = p95.map { rounded($0, 3) }
        _p95Difference = OrNull(wrappedValue: difference.map { rounded($0, 4) })
        blocks = medians.count
        _blockSpread = OrNull(wrappedValue: spread.map { rounded($0, 4) })
    }
}

/// Medians of the times as shares of their picture's own median, so that what was read when does not matter.
private func blockMedians(_ samples: [Sample]) -> [Double] {
    let usual = Dictionary(grouping: samples, by: \.picture).mapValues { median($0.map(\.whole)) }
    let shares = samples.map { $0.whole / (usual[$0.picture] ?? 1) }
    let count = min(blocks, shares.count / leastInBlock)
    guard count > 1 else { return [] }
    let ends = (0...count).map { $0 * shares.count / count }
    return zip(ends, ends.dropFirst()).map { median(Array(shares[$0..<$1])) }
}

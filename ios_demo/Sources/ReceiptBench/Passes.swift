import ReceiptCore

/// The measurement: every picture in turn, one at a time: `edgekit/bench/passes.py`, for one variant in one process.

/// One run of a network. `shapes`: of its inputs, in order. `seconds`: wall time inside the engine.
public struct Ran: Sendable, Equatable {
    public let stage: String
    public let shapes: [[Int]]
    public let seconds: Double

    public init(stage: String, shapes: [[Int]], seconds: Double) {
        self.stage = stage
        self.shapes = shapes
        self.seconds = seconds
    }
}

/// This process's memory, in bytes, and its threads; nil where the system does not tell.
public struct Memory: Sendable, Equatable {
    /// As the system counts it against the app's limit.
    public let footprint: Int?
    /// The most it ever was.
    public let peak: Int?
    public let threads: Int?

    public init(footprint: Int?, peak: Int?, threads: Int?) {
        self.footprint = footprint
        self.peak = peak
        self.threads = threads
    }
}

/// One read, timed.
public struct TimedRead: Sendable {
    /// Wall seconds of the whole read, decoding included.
    public let seconds: Double
    /// Wall seconds by stage.
    public let stages: [String: Double]
    /// Seconds of processor time, all threads together.
    public let cpuSeconds: Double
    public let ran: [Ran]
    public let memory: Memory

    public init(
        seconds: Double, stages: [String: Double], cpuSeconds: Double, ran: [Ran], memory: Memory
    ) {
        self.seconds = seconds
        self.stages = stages
        self.cpuSeconds = cpuSeconds
        self.ran = ran
        self.memory = memory
    }
}

/// A network and the shapes of its inputs.
struct Given: Hashable, Comparable, Sendable {
    let stage: String
    let shapes: [[Int]]

    static func < (one: Given, other: Given) -> Bool {
        if one.stage != other.stage { return one.stage < other.stage }
        return one.shapes.flatMap { $0 }.lexicographicallyPrecedes(other.shapes.flatMap { $0 })
    }
}

struct Spent: Sendable, Equatable {
    var count = 0
    var seconds = 0.0
}

/// What was measured so far.
public struct Run: Sendable {
    public internal(set) var samples: [Sample] = []
    /// By the picture's place, what went wrong last.
    public internal(set) var failures: [Int: String] = [:]
    /// After the latest read.
    public internal(set) var memory: Memory?
    var runs: [Given: Spent] = [:]
    /// False where it was cancelled.
    public internal(set) var complete = true

    public init() {}

    mutating func note(_ read: TimedRead, of picture: Int) {
        var stages = read.stages
        stages["all"] = read.seconds
        let milliseconds = stages.mapValues { rounded($0 * 1000, 3) }
        samples.append(
            Sample(
                part: 0, picture: picture, milliseconds: milliseconds, cpu: rounded(read.cpuSeconds * 1000, 3)))
        for ran in read.ran {
            var spent = runs[Given(stage: ran.stage, shapes: ran.shapes), default: Spent()]
            spent.count += 1
            spent.seconds += ran.seconds
            runs[Given(stage: ran.stage, shapes: ran.shapes)] = spent
        }
        memory = read.memory
    }
}

/// Reads until there is enough. A picture that fails is noted and passed over; where all fail, the first round ends it.
///
/// - Parameters:
///   - pictures: how many there are; at least one.
///   - read: one of them by its place.
///   - step: called with the share, 0...1, that is done.
/// - Returns: what there is, also where the task was cancelled meanwhile.
public func measure(
    pictures: Int, rules: Rules, read: @Sendable (Int) async throws -> TimedRead,
    step: @Sendable (Double) async -> Void
) async -> Run {
    var run = Run()
    for i in 0..<rules.warmUp where !Task.isCancelled { _ = try? await read(i % pictures) }
    var turn = 0
    var spent = 0.0
    var done = 0.0
    while done < 1 {
        let picture = turn % pictures
        do {
            try Task.checkCancellation()
            let timed = try await read(picture)
            run.note(timed, of: picture)
            spent += timed.seconds
        } catch is CancellationError {
            run.complete = false
            return run
        } catch {
            run.failures[picture] = "\(error)"
        }
        turn += 1
        if turn == pictures && run.samples.isEmpty { return run }
        done = min(max(Double(turn) / Double(rules.enoughReads), spent / rules.enoughS), 1)
        await step(done)
    }
    return run
}

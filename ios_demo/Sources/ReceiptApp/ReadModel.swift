import CoreGraphics
import Foundation
import Observation
import ReceiptCore

/// A photo that was read, and what came of it.
struct ReadPhoto: @unchecked Sendable, Identifiable {
    let id = UUID()
    let receipt: Receipt
    let times: [StageTime]
    /// Upright, reduced; nil where the system cannot make one. Images never change, so that they may cross threads.
    let preview: CGImage?
}

/// What the tab for reading shows.
@MainActor @Observable final class ReadModel {
    enum Phase {
        case empty
        case reading
        case read(ReadPhoto)
        case failed(String)
    }

    private(set) var phase = Phase.empty
    private var task: Task<Void, Never>?

    /// Reads a photo; what was being read is given up.
    ///
    /// - Parameter load: gives the file's bytes; nil where the user's library has none.
    func read(with engine: Engine, _ load: @escaping @Sendable () async throws -> Data?) {
        task?.cancel()
        phase = .reading
        task = Task {
            do {
                let found = try await engine.read(load)
                if !Task.isCancelled { phase = .read(found) }
            } catch {
                if !Task.isCancelled { phase = .failed("\(error)") }
            }
        }
    }
}

extension Engine {
    /// Points of the longer side of a screen, and pixels by point: no more can be seen.
    private static let previewSide = 2000

    func read(_ load: @Sendable () async throws -> Data?) async throws -> ReadPhoto {
        guard let data = try await load() else {
            throw EdgeKitError(.image, "photo: the library gives no picture; choose another")
        }
        let file = PhotoFile(name: "photo", data: data)
        let (receipt, times) = try await read(file)
        return ReadPhoto(receipt: receipt, times: times, preview: file.preview(side: Self.previewSide))
    }

    /// Decodes and reads a file, and says how long each stage took.
    func read(_ file: PhotoFile) async throws -> (receipt: Receipt, times: [StageTime]) {
        let params = reader.decodeParams
        let start = ContinuousClock.now
        let photo = try file.photo(params)
        let decoding = StageTime(name: "decode", seconds: start.duration(to: .now) / .seconds(1))
        let (receipt, timings) = try await reader.timedRead(photo) { try file.photo(params, most: $0) }
        return (receipt, [decoding] + timings.stages.map { StageTime(name: $0.name, seconds: $0.seconds) })
    }
}

/// Wall time of one stage of a read.
struct StageTime: Sendable, Identifiable {
    let name: String
    let seconds: Double

    var id: String { name }
}

// From pixels to lines in rows, whichever way up the page lies.

/// What was read.
struct Scan: Sendable {
    /// Those with text, in pixels of the picture turned clockwise by `rotation`.
    let lines: [TextLine]
    let rows: [[Int]]
    let rotation: Int
    /// Degrees, clockwise.
    let skew: Double
}

/// Where lines are. `picture`: turned clockwise by `rotation`, 0 or 90, so that they run along it.
struct FoundLines: Sendable {
    let picture: Picture
    let detection: Detection
    let rotation: Int
}

/// Detection, orientation, recognition and layout.
///
/// Orientation needs no model of its own: lines that run up or down the picture say that it lies on its side, and a
/// recogniser that is unsure of a few lines, and surer of them upside down, says that it stands on its head. An upright
/// page pays nothing.
struct Scanner: Sendable {
    let detector: Detector
    let recognizer: Recognizer
    let params: LayoutParams
    let rereader: Rereader?

    /// The lines of a picture. `coarse`: what a reduced copy of it showed.
    func find(_ picture: Picture, coarse: FoundLines? = nil) throws -> FoundLines {
        if let coarse {
            let image = turn(picture, coarse.rotation)
            let known = enlarged(coarse.detection, Double(image.width) / Double(coarse.picture.width))
            let detection = try detector.detect(image, known: known)
            return FoundLines(picture: image, detection: detection, rotation: coarse.rotation)
        }
        let detection = try detector.detect(picture)
        if detection.upright { return FoundLines(picture: picture, detection: detection, rotation: 0) }
        let image = turn(picture, 90)
        let known = detection.clear ? turned(detection, picture.height) : nil
        let again = try detector.detect(image, known: known)
        if again.upright { return FoundLines(picture: image, detection: again, rotation: 90) }
        let settled = try detector.detect(picture, settled: true)  // neither way: it may as well be upright
        return FoundLines(picture: picture, detection: settled, rotation: 0)
    }

    /// The text of lines, and their rows; the first ones are read again where a rereader is given.
    func read(_ found: FoundLines) async throws -> Scan {
        let image = found.picture
        var rotation = found.rotation
        var quads = probesFirst(found.detection.quads, params)
        let (probe, over) = try await wayUp(Array(quads.prefix(params.probeLines)), params) { some in
            try await recognizer.read(image, some)
        }
        if over { quads = quads.map { $0.flipped() } }
        var lines = try await probe + recognizer.read(image, Array(quads.dropFirst(probe.count)))
        lines = lines.filter { !$0.text.isEmpty }
        var upright = lines.map(\.quad)
        if over {
            rotation += 180
            upright = upright.map { quad in
                quad.map { turnPoint($0, 180, width: image.width, height: image.height) }
            }
        }
        let printed = rows(placed(lines, upright), params)
        if let rereader { lines = try await rereader.read(image, lines, order: Array(printed.joined())) }
        return Scan(lines: placed(lines, upright), rows: printed, rotation: rotation, skew: skew(upright))
    }

    /// Runs the graphs once, on the shapes of a blank page with one line.
    func warmUp() async throws {
        let page = drawn(480, 640) { _, _ in 0xffffff }
        _ = try detector.detect(page)
        let line = Quad(Point(0, 0), Point(240, 0), Point(240, 24), Point(0, 24))
        _ = try await recognizer.read(page, [line])
        _ = try await rereader?.read(page, [TextLine(text: "", quad: line, confidence: 0)], order: [0])
    }
}

/// The first of some lines, or all, as they `read` the right way up, and whether they stand on their head.
///
/// One line is tried first: where it is much surer one way up than the other, the others need not be.
func wayUp(
    _ quads: [Quad], _ params: LayoutParams, _ read: ([Quad]) async throws -> [TextLine]
) async rethrows -> (lines: [TextLine], upsideDown: Bool) {
    var lines: [TextLine] = []
    var over: [TextLine] = []
    for some in [quads.prefix(1), quads.dropFirst()] {
        lines += try await read(Array(some))
        if confidence(lines) >= params.uprightConfidence { continue }
        over += try await read(quads[over.count..<lines.count].map { $0.flipped() })
        if abs(confidence(over) - confidence(lines)) >= params.uprightMargin { break }
    }
    let upsideDown = over.count == lines.count && confidence(over) > confidence(lines)
    return upsideDown ? (over, true) : (lines, false)
}

extension TextLine {
    /// The same text elsewhere.
    func moved(_ place: (Point) -> Point) -> TextLine {
        TextLine(text: text, quad: quad.map(place), confidence: confidence)
    }
}

private func placed(_ lines: [TextLine], _ quads: [Quad]) -> [TextLine] {
    zip(lines, quads).map { TextLine(text: $0.text, quad: $1, confidence: $0.confidence) }
}

/// Lines of a picture `height` pixels high that run down or up it, once it is turned clockwise by 90 degrees.
private func turned(_ detection: Detection, _ height: Int) -> Detection {
    let quads = detection.quads.map { quad in quad.map { turnPoint($0, 90, width: 0, height: height) } }
    return Detection(
        quads: quads.map { abs(tilt($0)) > 90 ? $0.flipped() : $0 }, upright: true, height: detection.height,
        clear: detection.clear)
}

private func enlarged(_ detection: Detection, _ times: Double) -> Detection {
    let quads = detection.quads.map { quad in quad.map { Point($0.x * times, $0.y * times) } }
    return Detection(
        quads: quads, upright: detection.upright, height: detection.height * times, clear: detection.clear)
}

/// Longest first, but before them the `probe_lines` by which the way up is told.
///
/// These are nearest to `probe_length` heights long and to the usual height: long ones take long to try, short ones tell
/// little, and the highest are logos.
func probesFirst(_ quads: [Quad], _ params: LayoutParams) -> [Quad] {
    let sizes = quads.map(quadSize)
    let heights = sizes.map(\.across).sorted()
    let oddities = sizes.map { size in
        times(size.along, params.probeLength * size.across) * times(size.across, heights[heights.count / 2])
    }
    let order = quads.indices.sorted { (-sizes[$0].along, $0) < (-sizes[$1].along, $1) }
    let places = order.indices.sorted { (oddities[order[$0]], $0) < (oddities[order[$1]], $1) }
    let probes = places.prefix(params.probeLines).map { quads[order[$0]] }
    return probes + order.map { quads[$0] }.filter { !probes.contains($0) }
}

/// How many times the larger of two lengths is the smaller.
private func times(_ a: Double, _ b: Double) -> Double { max(a, b) / max(min(a, b), 1e-6) }

private func confidence(_ lines: [TextLine]) -> Double {
    lines.reduce(0) { $0 + $1.confidence } / Double(max(lines.count, 1))
}

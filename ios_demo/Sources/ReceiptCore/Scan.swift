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
        let image = turn(picture, 90)  // a glance at text that runs across tells its direction, and little else
        return FoundLines(picture: image, detection: try detector.detect(image, settled: true), rotation: 90)
    }

    /// The text of lines, and their rows; the first ones are read again where a rereader is given.
    func read(_ found: FoundLines) async throws -> Scan {
        let image = found.picture
        var rotation = found.rotation
        var quads = probesFirst(found.detection.quads, params)
        var probe = try await recognizer.read(image, Array(quads.prefix(params.probeLines)))
        let over = try await upsideDown(image, probe)
        if !over.isEmpty {
            quads = quads.map { $0.flipped() }
            probe = over
        }
        var lines = try await probe + recognizer.read(image, Array(quads.dropFirst(probe.count)))
        lines = lines.filter { !$0.text.isEmpty }
        var upright = lines.map(\.quad)
        if !over.isEmpty {
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

    /// The lines as they read upside down, if they read better so; else none.
    private func upsideDown(_ image: Picture, _ probe: [TextLine]) async throws -> [TextLine] {
        if confidence(probe) >= params.uprightConfidence { return [] }
        let flipped = try await recognizer.read(image, probe.map { $0.quad.flipped() })
        return confidence(flipped) > confidence(probe) ? flipped : []
    }
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

private func enlarged(_ detection: Detection, _ times: Double) -> Detection {
    let quads = detection.quads.map { quad in quad.map { Point($0.x * times, $0.y * times) } }
    return Detection(
        quads: quads, upright: detection.upright, height: detection.height * times, clear: detection.clear)
}

/// Longest first, but before them the `probe_lines` by which the way up is told: they are not too long to try.
func probesFirst(_ quads: [Quad], _ params: LayoutParams) -> [Quad] {
    let sizes = quads.map(quadSize)
    let order = quads.indices.sorted { (-sizes[$0].along, $0) < (-sizes[$1].along, $1) }
    let short = order.filter { sizes[$0].along <= params.probeLength * sizes[$0].across }
    let probes = Set(short.prefix(params.probeLines).map { quads[$0] })
    return short.prefix(params.probeLines).map { quads[$0] } + order.map { quads[$0] }.filter { !probes.contains($0) }
}

private func confidence(_ lines: [TextLine]) -> Double {
    lines.reduce(0) { $0 + $1.confidence } / Double(max(lines.count, 1))
}

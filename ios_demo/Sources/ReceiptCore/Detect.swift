import Foundation

// Text detection: a picture in, the quads of its lines out.
//
// The network is a Differentiable Binarization detector (Liao et al., "Real-time Scene Text Detection with
// Differentiable Binarization", 2020): a heat map of shrunken text regions. What follows the network is arithmetic of
// runs: regions are runs of hot pixels joined to components, a component's moments give its tilt, its extents along
// that tilt give its box, and the box is grown back by the ratio by which training shrank it (Vatti offset of a
// rectangle: every side moves out by the same distance).

/// What was found.
struct Detection: Sendable {
    /// Of the lines, in pixels of the picture given.
    let quads: [Quad]
    /// false where most text runs down or up the picture.
    let upright: Bool
    /// Median height of the lines' shrunken regions, in the same pixels; 0 without lines.
    var height = 0.0
    /// Whether enough regions are elongated for skew and height to be trusted.
    var clear = false
}

/// Finds the lines of text in a picture.
struct Detector: Sendable {
    let session: any Session
    let params: DetectParams

    /// Quads of all lines, unordered; each starts at its left end unless `Detection.upright` is false.
    ///
    /// A glance at the whole picture, much reduced, tells where the text is, how it tilts and how high it is; then the
    /// rectangle around the text is looked at, level, at the size that suits it. What that look shows to be still too
    /// small or tilted is looked at once more. Text that runs down or up the picture ends the search at once.
    /// `known`: what another copy of the picture showed, in this one's pixels and upright; it stands for the glance.
    /// `settled`: the picture has been turned already; lines across it do not end the search.
    func detect(_ picture: Picture, known: Detection? = nil, settled: Bool = false) throws -> Detection {
        var view = all(picture, params.glancePixels)
        var found = try known ?? look(picture, view)
        for enough in [params.height, params.leastHeight] {
            if !found.upright && !settled && known == nil { return found }
            guard let next = next(picture, view, found, enough) else { return found }
            view = next
            found = try look(picture, view)
        }
        return found
    }

    private func all(_ picture: Picture, _ most: Int? = nil) -> Viewport {
        Viewport(frame(picture), inputSize(Double(picture.width), Double(picture.height), params, most: most))
    }

    /// The view that shows better what was found; nil where it was seen well. `enough`: height of text in a view.
    private func next(_ picture: Picture, _ view: Viewport, _ found: Detection, _ enough: Double) -> Viewport? {
        let glance = view.size.width * view.size.height <= params.glancePixels
        if glance && !found.clear { return all(picture) }  // it may show a part of small text only
        let lean = found.clear ? skew(found.quads) : 0
        let away = abs(lean - tilt(view.area))
        if found.clear && found.height * view.scale >= enough && away < params.lookTilt { return nil }
        let area = textArea(picture, found.quads, abs(lean) >= params.lookTilt ? lean : 0)
        let sides = quadSize(area)
        if !found.clear {
            let share = params.lookShare * Double(picture.width) * Double(picture.height)
            let small = sides.along * sides.across <= share
            return small ? Viewport(area, inputSize(sides.along, sides.across, params)) : nil
        }
        let fitting = (Double(params.maxPixels) / (sides.along * sides.across)).squareRoot()
        let scale = min(params.height / max(found.height, 1e-6), fitting)
        return Viewport(area, roundedSize(sides.along, sides.across, scale, params.maxPixels, params))
    }

    private func textArea(_ picture: Picture, _ quads: [Quad], _ degrees: Double) -> Quad {
        if quads.isEmpty { return frame(picture) }
        let thickness = quads.map { quadSize($0).across }.sorted()[quads.count / 2]
        let margin = degrees != 0 ? params.tiltedMargin : params.lookMargin
        let area = boundingQuad(quads, degrees, margin * thickness)
        if degrees != 0 { return area }
        let left = max(0, area.topLeft.x.rounded(.down))
        let top = max(0, area.topLeft.y.rounded(.down))
        let right = min(Double(picture.width), area.bottomRight.x.rounded(.up))
        let bottom = min(Double(picture.height), area.bottomRight.y.rounded(.up))
        return Quad(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
    }

    /// Lines in a view, in pixels of the picture.
    private func look(_ picture: Picture, _ view: Viewport) throws -> Detection {
        let pixels = shown(picture, view)
        let heat = try inTiles(
            pixels, most: params.tilePixels, margin: params.tileMargin, multiple: params.multiple, heat)
        let found = findLines(heat, view.size.width, view.size.height, params)
        let there = homography(view.size.width, view.size.height, view.area)
        let quads = found.quads.map { quad in quad.map { project($0, there) } }
        return Detection(
            quads: quads, upright: found.upright, height: found.height / view.scale, clear: found.clear)
    }

    private func heat(_ pixels: Picture) throws -> [Float] {
        let found = try session.run([.bytes(shape: [1, pixels.height, pixels.width, 3], pixels.toBytes())])
        guard let heat = found.first, heat.shape == [1, pixels.height, pixels.width] else {
            let problem = "stage 'detect': a heat map of another size than the picture"
            throw EdgeKitError(.backend, "\(problem); export the bundle again")
        }
        return try heat.floats("detect")
    }
}

private func frame(_ picture: Picture) -> Quad {
    let right = Double(picture.width)
    let bottom = Double(picture.height)
    return Quad(Point(0, 0), Point(right, 0), Point(right, bottom), Point(0, bottom))
}

/// Pixels.
struct InputSize: Sendable, Hashable {
    let width: Int
    let height: Int
}

/// Width and height at which an area of this size is given to the network; at most `most` pixels.
func inputSize(_ width: Double, _ height: Double, _ params: DetectParams, most: Int? = nil) -> InputSize {
    let most = most ?? params.unclearPixels
    let scale = min(Double(params.shortSide) / min(width, height), (Double(most) / (width * height)).squareRoot())
    return roundedSize(width, height, scale, most, params)
}

private func roundedSize(
    _ width: Double, _ height: Double, _ scale: Double, _ most: Int, _ params: DetectParams
) -> InputSize {
    let multiple = params.multiple
    let short = max(1, whole(min(width, height) * scale / Double(multiple))) * multiple
    let longest = max(1, most / (short * multiple))  // a strip is squeezed rather than let grow
    let long = max(1, min(whole(max(width, height) * scale / Double(multiple)), longest)) * multiple
    return width <= height ? InputSize(width: short, height: long) : InputSize(width: long, height: short)
}

/// A number rounded half to even; what 32 bits cannot hold becomes the nearest that they can, and no number 0.
func whole(_ value: Double) -> Int { truncated(value.rounded(.toNearestOrEven)) }

/// A number without its decimals, within 32 bits as `whole` is.
func truncated(_ value: Double) -> Int {
    value.isNaN ? 0 : Int(min(max(value, Double(Int32.min)), Double(Int32.max)))
}

/// A region: centre, tilt in radians, length along the tilt and thickness across it, in heat-map pixels.
private struct Box {
    let x: Double
    let y: Double
    let tilt: Double
    let length: Double
    let thickness: Double

    init(_ part: Component, _ tilt: Double) {
        let reach = part.extents(tilt)
        let u = (reach.left + reach.right) / 2
        let v = (reach.top + reach.bottom) / 2
        x = u * cos(tilt) - v * sin(tilt)
        y = u * sin(tilt) + v * cos(tilt)
        self.tilt = tilt
        length = reach.right - reach.left
        thickness = reach.bottom - reach.top
    }

    func grown(_ unclip: Double) -> Quad {
        let grow = length * thickness * unclip / (2 * (length + thickness))
        let u = length / 2 + grow
        let v = thickness / 2 + grow
        let cosine = cos(tilt)
        let sine = sin(tilt)
        return Quad(Point(-u, -v), Point(u, -v), Point(u, v), Point(-u, v)).map {
            Point(x + $0.x * cosine - $0.y * sine, y + $0.x * sine + $0.y * cosine)
        }
    }
}

/// Lines in a heat map of 0..1, row by row; quads in pixels of the map.
func findLines(_ heat: [Float], _ width: Int, _ height: Int, _ params: DetectParams) -> Detection {
    let parts = findComponents(heat, width, height, threshold: params.threshold)
    if parts.isEmpty { return Detection(quads: [], upright: true) }
    let tilts = parts.map { $0.tilt() }
    let reaches = zip(parts, tilts).map { $0.extents($1) }
    let lengths = reaches.map { $0.right - $0.left }
    let isLong = parts.indices.map { lengths[$0] >= params.elongated * max(reaches[$0].bottom - reaches[$0].top, 1e-6) }
    let long = parts.indices.filter { isLong[$0] }
    func length(_ regions: [Int]) -> Double { regions.reduce(0) { $0 + lengths[$1] } }
    let steep = long.filter { abs(tilts[$0]) > .pi / 4 }
    let upright = length(steep) <= length(long.filter { abs(tilts[$0]) <= .pi / 4 })
    let page = pageTilt(long, tilts, lengths, upright)
    var quads: [Quad] = []
    var kept: [Int] = []
    for i in parts.indices {
        let near = abs(wrapped(tilts[i] - page)) <= radians(params.maxTilt)
        let box = Box(parts[i], isLong[i] && near ? tilts[i] : page)
        if min(box.length, box.thickness) < params.minSide || parts[i].mean < params.minScore { continue }
        quads.append(box.grown(params.unclip))
        kept.append(i)
    }
    let lines = kept.filter { isLong[$0] }
    let height = max(median(lines.map { Double(parts[$0].area) / lengths[$0] }) - params.blur, 0)
    let share = length(lines) / max(length(kept), 1e-6)
    let clear = lines.count >= params.clearLines && share >= params.clear && height >= params.clearHeight
    return Detection(quads: quads, upright: upright, height: height, clear: clear)
}

/// The middle value, or the mean of the two in the middle; 0 without any.
private func median(_ values: [Double]) -> Double {
    if values.isEmpty { return 0 }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// An angle of an undirected axis into -pi/2 .. pi/2.
private func wrapped(_ angle: Double) -> Double {
    let rest = (angle + .pi / 2).truncatingRemainder(dividingBy: .pi)
    return (rest < 0 ? rest + .pi : rest) - .pi / 2
}

/// Median tilt of the elongated regions, each weighing its length; 0 (or a quarter turn) where there is none.
private func pageTilt(_ long: [Int], _ tilts: [Double], _ lengths: [Double], _ upright: Bool) -> Double {
    let axis = upright ? 0 : Double.pi / 2
    let away = long.map { (angle: wrapped(tilts[$0] - axis), region: $0) }
    let use = away.filter { abs($0.angle) <= .pi / 4 }.sorted { $0 < $1 }
    let half = use.reduce(0) { $0 + lengths[$1.region] } / 2
    var weight = 0.0
    for (angle, region) in use {
        weight += lengths[region]
        if weight >= half { return angle + axis }
    }
    return (use.last?.angle ?? 0) + axis
}

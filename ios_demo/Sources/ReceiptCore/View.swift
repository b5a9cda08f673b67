// Views of a picture, as the detector is shown them: an area at some size, drawn whole and seen in tiles.

/// An area of a picture, and the size at which it is seen.
struct Viewport: Sendable {
    /// A rectangle; where it is level its corners are whole pixels inside the picture.
    let area: Quad
    let size: InputSize

    init(_ area: Quad, _ size: InputSize) {
        self.area = area
        self.size = size
    }

    /// Pixels of the view to one of the picture.
    var scale: Double {
        let sides = quadSize(area)
        return (Double(size.width) * Double(size.height) / (sides.along * sides.across)).squareRoot()
    }
}

/// A view's pixels: cut out and resized where it is level, else sampled from whole blocks of pixels, averaged.
///
/// Blocks are as large as fit between two samples, so that strokes do not alias.
func shown(_ picture: Picture, _ view: Viewport) -> Picture {
    let size = view.size
    if tilt(view.area) == 0 { return resize(cutOut(picture, view.area), size.width, size.height) }
    let shrink = max(1, Int(1 / view.scale))
    let blocks = shrink > 1 ? reduce(picture, shrink) : picture
    let area = view.area.map { Point($0.x / Double(shrink), $0.y / Double(shrink)) }
    return crop(blocks, area, size.width, size.height)
}

private func cutOut(_ picture: Picture, _ area: Quad) -> Picture {
    let left = whole(area.topLeft.x)
    let top = whole(area.topLeft.y)
    let width = whole(area.bottomRight.x) - left
    let height = whole(area.bottomRight.y) - top
    if width == picture.width && height == picture.height { return picture }
    return drawn(width, height) { x, y in picture.pixels[(top + y) * picture.width + left + x] }
}

/// What `see` makes of a picture, a value a pixel, row by row; one of over `most` pixels goes in tiles.
///
/// Tiles lie along the longer side and are equally large: a multiple of `multiple` pixels, and `margin` pixels (likewise
/// a multiple) of each neighbour around that, so that nothing is seen cut through.
func inTiles(
    _ picture: Picture, most: Int, margin: Int, multiple: Int, _ see: (Picture) throws -> [Float]
) rethrows -> [Float] {
    let (width, height) = (picture.width, picture.height)
    if height * width <= most { return try see(picture) }
    let down = height >= width
    let long = down ? height : width
    let core = upTo(long, upTo(height * width, most) * multiple) * multiple
    let span = min(core + 2 * margin, long)
    var all = [Float](repeating: 0, count: width * height)
    for start in stride(from: 0, to: long, by: core) {
        let first = min(max(start - margin, 0), long - span)
        let end = min(start + core, long)
        if down {
            let seen = try see(Picture(width, span, Array(picture.pixels[first * width..<(first + span) * width])))
            let kept = (start - first) * width..<(end - first) * width
            all.replaceSubrange(start * width..<end * width, with: seen[kept])
        } else {
            let seen = try see(drawn(span, height) { x, y in picture.pixels[y * width + first + x] })
            for y in 0..<height {
                let kept = y * span + start - first..<y * span + end - first
                all.replaceSubrange(y * width + start..<y * width + end, with: seen[kept])
            }
        }
    }
    return all
}

/// How often `part` is needed to reach `amount`.
private func upTo(_ amount: Int, _ part: Int) -> Int { (amount + part - 1) / part }

import Foundation

// Layout: which lines stand in one printed row, and in which order rows are read.

/// Constants of layout.
struct LayoutParams: Sendable {
    /// Share of the smaller line height within which the middles of two lines must lie, measured across the text, to
    /// stand in one row.
    let reach: Double
    /// Share of the shorter line that may overlap along the text with a line of the same row.
    let overlap: Double
    /// By how many lines at most it is told whether the page stands on its head.
    let probeLines: Int
    /// How many heights these should be long.
    let probeLength: Double
    /// Mean confidence of theirs from which the page is taken to be upright.
    let uprightConfidence: Double
    /// By how much one way up must be surer than the other for fewer lines to do.
    let uprightMargin: Double

    init(_ node: Node) throws {
        let names = ["reach", "overlap", "probe_lines", "probe_length", "upright_confidence", "upright_margin"]
        let members = try node.members(names)
        reach = try members["reach"].number()
        overlap = try members["overlap"].number()
        probeLines = try members["probe_lines"].integer(0)
        probeLength = try members["probe_length"].number()
        uprightConfidence = try members["upright_confidence"].number()
        uprightMargin = try members["upright_margin"].number()
    }
}

/// A line in the page's own axes: along the text and across it.
private struct Place {
    let index: Int
    let left: Double
    let right: Double
    let middle: Double
    let height: Double
    /// The line's own tilt against the page.
    let slope: Double

    init(_ index: Int, _ quad: Quad, _ page: Double) {
        let cosine = cos(page)
        let sine = sin(page)
        let level = quad.map { Point($0.x * cosine + $0.y * sine, $0.y * cosine - $0.x * sine) }
        let (p0, p1, p2, p3) = (level.topLeft, level.topRight, level.bottomRight, level.bottomLeft)
        self.index = index
        left = (p0.x + p3.x) / 2
        right = (p1.x + p2.x) / 2
        middle = (p0.y + p1.y + p2.y + p3.y) / 4
        height = hypot((p3.x - p0.x + p2.x - p1.x) / 2, (p3.y - p0.y + p2.y - p1.y) / 2)
        let slope = ((p1.y - p0.y) + (p2.y - p3.y)) / max((p1.x - p0.x) + (p2.x - p3.x), 1e-6)
        self.slope = min(max(slope, -0.1), 0.1)
    }

    /// Where this line's axis passes at another place along the text.
    func middle(at along: Double) -> Double { middle + slope * (along - (left + right) / 2) }

    /// Gap between this line's axis and that of one further right, midway between them, in heights of the smaller one.
    func gap(to next: Place) -> Double {
        let along = (right + next.left) / 2
        return abs(middle(at: along) - next.middle(at: along)) / max(min(height, next.height), 1e-6)
    }

    func joins(_ next: Place, _ params: LayoutParams) -> Bool {
        let shared = right - next.left
        let narrow = min(right - left, next.right - next.left)
        return gap(to: next) <= params.reach && shared <= params.overlap * narrow
    }
}

/// Indices of lines by printed row, top to bottom, left to right within each; lines may lie at any angle.
func rows(_ lines: [TextLine], _ params: LayoutParams) -> [[Int]] {
    let page = radians(skew(lines.map(\.quad)))
    let places = lines.enumerated().map { Place($0, $1.quad, page) }
    var found: [[Place]] = []
    var lasts: [Place] = []  // of each row
    for place in places.sorted(by: { ($0.left, $0.middle, $0.index) < ($1.left, $1.middle, $1.index) }) {
        let gaps = lasts.map { $0.gap(to: place) }
        if let best = gaps.indices.min(by: { gaps[$0] < gaps[$1] }), lasts[best].joins(place, params) {
            found[best].append(place)
            lasts[best] = place
        } else {
            found.append([place])
            lasts.append(place)
        }
    }
    let middles = found.map { row in row.reduce(0) { $0 + $1.middle } / Double(row.count) }
    let order = found.indices.sorted { (middles[$0], $0) < (middles[$1], $1) }
    return order.map { found[$0].map(\.index) }
}

import Foundation

// Connected components of a heat map by runs.
//
// A run is a stretch of hot pixels in one row. Runs of neighbouring rows that touch (also diagonally) belong to one
// component; everything a component is asked for (area, moments, extents, mean heat) is a sum or an extreme over its
// runs.

/// Pixels `start` <= x < `stop` of a row, and the sum of their heat.
struct Run: Sendable {
    let row: Int
    let start: Int
    let stop: Int
    let heat: Double
}

/// Least and greatest reach of a component along and across its tilt.
struct Extents: Sendable {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double
}

/// The runs of a component in reading order; at least one.
struct Component: Sendable {
    let runs: [Run]

    /// Pixels.
    var area: Int { runs.reduce(0) { $0 + $1.stop - $1.start } }

    /// Mean heat of its pixels.
    var mean: Double { runs.reduce(0) { $0 + $1.heat } / Double(area) }

    /// Direction of its long axis in radians, -pi/2..pi/2, clockwise positive (y runs down).
    ///
    /// The axis of least inertia, from the second central moments of the pixels (Horn, "Robot Vision", 1986, section
    /// 3.2).
    func tilt() -> Double {
        var (area, sumX, sumY) = (0.0, 0.0, 0.0)
        var (sumXx, sumYy, sumXy) = (0.0, 0.0, 0.0)
        for run in runs {
            let n = Double(run.stop - run.start)
            let first = Double(run.start)
            let last = Double(run.stop - 1)
            let x1 = (first + last) * n / 2
            let y = Double(run.row)
            area += n
            sumX += x1
            sumY += y * n
            sumXx += (last * (last + 1) * (2 * last + 1) - (first - 1) * first * (2 * first - 1)) / 6
            sumYy += y * y * n
            sumXy += x1 * y
        }
        let meanX = sumX / area
        let meanY = sumY / area
        let xx = sumXx / area - meanX * meanX
        let yy = sumYy / area - meanY * meanY
        let xy = sumXy / area - meanX * meanY
        return atan2(2 * xy, xx - yy) / 2
    }

    /// Pixels are unit squares; the reach of a point (x, y) is (x cos + y sin, y cos - x sin).
    func extents(_ tilt: Double) -> Extents {
        let cosine = cos(tilt)
        let sine = sin(tilt)
        var (left, top) = (Double.infinity, Double.infinity)
        var (right, bottom) = (-Double.infinity, -Double.infinity)
        for run in runs {
            let alongY = Double(run.row) * sine
            let acrossY = Double(run.row) * cosine
            let u0 = alongY + Double(run.start) * cosine
            let u1 = alongY + Double(run.stop) * cosine
            let v0 = acrossY - Double(run.start) * sine
            let v1 = acrossY - Double(run.stop) * sine
            left = min(left, min(u0, u1) + min(sine, 0))
            right = max(right, max(u0, u1) + max(sine, 0))
            top = min(top, min(v0, v1) + min(cosine, 0))
            bottom = max(bottom, max(v0, v1) + max(cosine, 0))
        }
        return Extents(left: left, top: top, right: right, bottom: bottom)
    }
}

/// The components of the pixels of a heat map, row by row, above a threshold, by their first run.
func findComponents(_ heat: [Float], _ width: Int, _ height: Int, threshold: Double) -> [Component] {
    let threshold = Float(threshold)
    var runs: [Run] = []
    var firstOfRow: [Int] = []
    var sum = 0.0  // of the heat of all hot pixels before, as one running sum
    heat.withUnsafeBufferPointer { heat in
        for y in 0..<height {
            firstOfRow.append(runs.count)
            var start = -1
            var before = 0.0
            for x in 0...width {
                let hot = x < width && heat[y * width + x] > threshold
                if hot && start < 0 {
                    start = x
                    before = sum
                } else if !hot && start >= 0 {
                    runs.append(Run(row: y, start: start, stop: x, heat: sum - before))
                    start = -1
                }
                if hot { sum += Double(heat[y * width + x]) }
            }
        }
    }
    firstOfRow.append(runs.count)
    return grouped(runs, joined(runs, firstOfRow))
}

/// For each run the least number of a run of its component.
private func joined(_ runs: [Run], _ firstOfRow: [Int]) -> [Int] {
    var root = Array(runs.indices)
    func find(_ run: Int) -> Int {
        var found = run
        while root[found] != found {
            root[found] = root[root[found]]
            found = root[found]
        }
        return found
    }
    for y in 0..<max(firstOfRow.count - 2, 0) {
        var lower = firstOfRow[y + 1]
        let end = firstOfRow[y + 2]
        for upper in firstOfRow[y]..<firstOfRow[y + 1] {
            while lower < end && runs[lower].stop < runs[upper].start { lower += 1 }
            var touching = lower
            while touching < end && runs[touching].start <= runs[upper].stop {
                let a = find(upper)
                let b = find(touching)
                root[max(a, b)] = min(a, b)
                touching += 1
            }
        }
    }
    return runs.indices.map(find)
}

private func grouped(_ runs: [Run], _ root: [Int]) -> [Component] {
    var places: [Int: Int] = [:]
    var members: [[Run]] = []
    for (run, first) in zip(runs, root) {
        if let place = places[first] {
            members[place].append(run)
        } else {
            places[first] = members.count
            members.append([run])
        }
    }
    return members.map { Component(runs: $0) }
}

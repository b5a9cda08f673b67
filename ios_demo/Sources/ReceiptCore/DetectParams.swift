/// Constants of detection.
struct DetectParams: Sendable {
    /// Sides of a look are multiples of this.
    let multiple: Int
    /// And their product is at most this.
    let maxPixels: Int
    /// What has more is given to the network in tiles of about so many, each with `tileMargin` pixels of its
    /// neighbours.
    let tilePixels: Int
    let tileMargin: Int
    /// At most, of the first look.
    let glancePixels: Int
    /// The most pixels where the height of the text is not known.
    let unclearPixels: Int
    /// The short side aimed at then; a smaller picture is enlarged, a larger one reduced.
    let shortSide: Int
    /// Heat above which a pixel is text.
    let threshold: Double
    /// Least mean heat of a region.
    let minScore: Double
    /// Least thickness of a region in heat-map pixels.
    let minSide: Double
    /// Growth ratio.
    let unclip: Double
    /// Length by thickness from which a region's own tilt is trusted.
    let elongated: Double
    /// Degrees by which a region may tilt away from the page before its own tilt is distrusted.
    let maxTilt: Double
    /// By how much regions are higher than the text they stand for.
    let blur: Double
    /// For a look to tell skew and height of the text: the share of the length of all regions that must be elongated,
    /// how many, and their least height (area by length, less blur).
    let clear: Double
    let clearLines: Int
    let clearHeight: Double
    /// The height aimed at, in heat-map pixels; text lower than `leastHeight` is looked at again.
    let height: Double
    let leastHeight: Double
    /// Degrees of skew from which text is looked at level.
    let lookTilt: Double
    /// Where it is not clear, text is looked at again if the rectangle around it covers at most this share of the
    /// picture.
    let lookShare: Double
    /// Line heights left free around it.
    let lookMargin: Double
    /// The same around tilted text, where no rim of the picture cuts them off.
    let tiltedMargin: Double

    private static let keys = [
        "multiple", "max_pixels", "tile_pixels", "tile_margin", "glance_pixels", "unclear_pixels", "short_side",
        "threshold", "min_score", "min_side", "unclip", "elongated", "max_tilt", "blur", "clear", "clear_lines",
        "clear_height", "height",
        "least_height", "look_tilt", "look_share", "look_margin", "tilted_margin",
    ]

    init(_ node: Node) throws {
        let members = try node.members(Self.keys)
        multiple = try members["multiple"].integer(1)
        maxPixels = try members["max_pixels"].integer(1)
        tilePixels = try members["tile_pixels"].integer(1)
        tileMargin = try members["tile_margin"].integer(0)
        glancePixels = try members["glance_pixels"].integer(1)
        unclearPixels = try members["unclear_pixels"].integer(1)
        shortSide = try members["short_side"].integer(1)
        threshold = try members["threshold"].number()
        minScore = try members["min_score"].number()
        minSide = try members["min_side"].number()
        unclip = try members["unclip"].number()
        elongated = try members["elongated"].number()
        maxTilt = try members["max_tilt"].number()
        blur = try members["blur"].number()
        clear = try members["clear"].number()
        clearLines = try members["clear_lines"].integer()
        clearHeight = try members["clear_height"].number()
        height = try members["height"].number()
        leastHeight = try members["least_height"].number()
        lookTilt = try members["look_tilt"].number()
        lookShare = try members["look_share"].number()
        lookMargin = try members["look_margin"].number()
        tiltedMargin = try members["tilted_margin"].number()
    }
}

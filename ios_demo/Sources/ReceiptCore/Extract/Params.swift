// Constants of the extractor. They live in the bundle's manifest; this file only names them.

/// Logistic weights, each in the order of its evidence (see Confidence.swift).
protocol Confidences: Sendable {
    var totalConfidence: [Double] { get }
    var vendorConfidence: [Double] { get }
    var dateConfidence: [Double] { get }
    var taxConfidence: [Double] { get }
}

/// Points and logistic weights set by hand: each stands in for the fitted one of its name in `ExtractParams`.
struct RuleWeights: Confidences {
    let totalWeights: [Double]
    let nameWeights: [Double]
    let totalConfidence: [Double]
    let vendorConfidence: [Double]
    let dateConfidence: [Double]
    let taxConfidence: [Double]

    init(_ node: Node) throws {
        let members = try node.members(
            words("total_weights name_weights total_confidence vendor_confidence date_confidence tax_confidence"))
        totalWeights = try members["total_weights"].numbers()
        nameWeights = try members["name_weights"].numbers()
        totalConfidence = try members["total_confidence"].numbers()
        vendorConfidence = try members["vendor_confidence"].numbers()
        dateConfidence = try members["date_confidence"].numbers()
        taxConfidence = try members["tax_confidence"].numbers()
    }
}

/// Of network, rules and arithmetic together.
///
/// `totalRules`, `nameRules`: stand in for the weights of `ExtractParams`; fitted on shops that the network was trained
/// on. Weights: in the order of the points of Points.swift. `totalNone`, `nameNone`: as in `ExtractParams`.
/// Confidences: of total, vendor, date and tax in the order of the evidence of Confidence.swift and then of
/// `pointedEvidenceNames` or `nameEvidenceNames`, else of `plainEvidenceNames`.
struct JointWeights: Confidences {
    let totalRules: [Double]
    let totalWeights: [Double]
    let totalNone: Double
    let nameRules: [Double]
    let nameWeights: [Double]
    let nameNone: Double
    let dateWeights: [Double]
    let taxWeights: [Double]
    let totalConfidence: [Double]
    let vendorConfidence: [Double]
    let dateConfidence: [Double]
    let taxConfidence: [Double]
    let timeConfidence: [Double]
    let currencyConfidence: [Double]
    let subtotalConfidence: [Double]

    init(_ node: Node) throws {
        let members = try node.members(
            words(
                """
                total_rules total_weights total_none name_rules name_weights name_none date_weights tax_weights \
                total_confidence vendor_confidence date_confidence tax_confidence time_confidence currency_confidence \
                subtotal_confidence
                """))
        totalRules = try members["total_rules"].numbers()
        totalWeights = try members["total_weights"].numbers()
        totalNone = try members["total_none"].number()
        nameRules = try members["name_rules"].numbers()
        nameWeights = try members["name_weights"].numbers()
        nameNone = try members["name_none"].number()
        dateWeights = try members["date_weights"].numbers()
        taxWeights = try members["tax_weights"].numbers()
        totalConfidence = try members["total_confidence"].numbers()
        vendorConfidence = try members["vendor_confidence"].numbers()
        dateConfidence = try members["date_confidence"].numbers()
        taxConfidence = try members["tax_confidence"].numbers()
        timeConfidence = try members["time_confidence"].numbers()
        currencyConfidence = try members["currency_confidence"].numbers()
        subtotalConfidence = try members["subtotal_confidence"].numbers()
    }
}

private let keys = words(
    """
    rung review_threshold answer_threshold first_year last_year total_weights total_none total_confidence \
    mixed_share tall tax_lines rate_least rate_most tax_confidence subtotal_proved subtotal_alone date_anchor \
    date_other date_time date_long date_damaged date_late date_twin date_order_vote date_same_day_vote \
    date_guess date_confidence time_rows time_near time_far currency_printed currency_inferred name_rows \
    name_weights name_none vendor_confidence rules joint calibration
    """)

/// Weights are points added to a candidate's score; confidences and shares are 0..1. They are explained where they are
/// used.
///
/// `rung`: the one that opens by default where the bundle has the network. `reviewThreshold`: confidence below which a
/// field needs review. `answerThreshold`: below which there is no answer. `years`: of plausible dates. `totalWeights`,
/// `nameWeights`: in the order of `totalFeatureNames` and `nameFeatureNames`. `totalNone`, `nameNone`: the score at
/// which no answer is as likely as this one. `calibration`: by rung.
public struct ExtractParams: Confidences {
    let rung: String
    let reviewThreshold: Double
    let answerThreshold: Double
    let years: Range<Int>
    var totalWeights: [Double]
    var totalNone: Double
    var totalConfidence: [Double]
    let mixedShare: Double
    let tall: Double
    let taxLines: Int
    let rateLeast: Double
    let rateMost: Double
    var taxConfidence: [Double]
    let subtotalProved: Double
    let subtotalAlone: Double
    let date: DatePoints
    let timeRows: Int
    let timeNear: Double
    let timeFar: Double
    let currencyPrinted: Double
    let currencyInferred: Double
    let nameRows: Int
    var nameWeights: [Double]
    var nameNone: Double
    var dateConfidence: [Double]
    var vendorConfidence: [Double]
    let rules: RuleWeights
    let joint: JointWeights
    let calibration: [String: Node]

    /// Points for and against a date. `guess`: factor on the confidence where nothing decides between readings.
    struct DatePoints: Sendable {
        let anchor: Double
        let other: Double
        let time: Double
        let long: Double
        let damaged: Double
        let late: Double
        let twin: Double
        let orderVote: Double
        let sameDayVote: Double
        let guess: Double

        init(_ members: Members) throws {
            anchor = try members["date_anchor"].number()
            other = try members["date_other"].number()
            time = try members["date_time"].number()
            long = try members["date_long"].number()
            damaged = try members["date_damaged"].number()
            late = try members["date_late"].number()
            twin = try members["date_twin"].number()
            orderVote = try members["date_order_vote"].number()
            sameDayVote = try members["date_same_day_vote"].number()
            guess = try members["date_guess"].number()
        }
    }

    /// The constants that a stage's parameters hold. Throws a `manifest` error.
    public init(_ node: Node) throws {
        let members = try node.members(keys)
        rung = try members["rung"].text(empty: true)
        reviewThreshold = try members["review_threshold"].number()
        answerThreshold = try members["answer_threshold"].number()
        let first = try members["first_year"].integer()
        years = first..<max(try members["last_year"].integer() + 1, first)
        totalWeights = try members["total_weights"].numbers()
        totalNone = try members["total_none"].number()
        totalConfidence = try members["total_confidence"].numbers()
        mixedShare = try members["mixed_share"].number()
        tall = try members["tall"].number()
        taxLines = try members["tax_lines"].integer()
        rateLeast = try members["rate_least"].number()
        rateMost = try members["rate_most"].number()
        taxConfidence = try members["tax_confidence"].numbers()
        subtotalProved = try members["subtotal_proved"].number()
        subtotalAlone = try members["subtotal_alone"].number()
        date = try DatePoints(members)
        dateConfidence = try members["date_confidence"].numbers()
        timeRows = try members["time_rows"].integer()
        timeNear = try members["time_near"].number()
        timeFar = try members["time_far"].number()
        currencyPrinted = try members["currency_printed"].number()
        currencyInferred = try members["currency_inferred"].number()
        nameRows = try members["name_rows"].integer()
        nameWeights = try members["name_weights"].numbers()
        nameNone = try members["name_none"].number()
        vendorConfidence = try members["vendor_confidence"].numbers()
        rules = try RuleWeights(members["rules"])
        joint = try JointWeights(members["joint"])
        calibration = Dictionary(uniqueKeysWithValues: try members["calibration"].mapping().map { ($0.key, $0.value) })
    }
}

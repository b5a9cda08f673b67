import Foundation
import ReceiptCore
import ReceiptDisplay
import TestSupport

private func square(_ x: Double, _ y: Double, _ side: Double) -> Quad {
    Quad(Point(x, y), Point(x + side, y), Point(x + side, y + side), Point(x, y + side))
}

/// Where lines lie on a screen, and what fields show.
func testDisplays(_ suite: Suite) async {
    await suite.test("a photo fits whole, in the middle") {
        let tall = PhotoFit(width: 1000, height: 2000, in: CGSize(width: 300, height: 400))
        try check(tall.scale == 0.2 && tall.origin == CGPoint(x: 50, y: 0))
        let wide = PhotoFit(width: 2000, height: 1000, in: CGSize(width: 300, height: 400))
        try check(wide.scale == 0.15 && wide.origin == CGPoint(x: 0, y: 125))
    }
    await suite.test("a place goes to the frame and back") {
        let fit = PhotoFit(width: 1234, height: 987, in: CGSize(width: 411, height: 333))
        for point in [Point(0, 0), Point(1234, 987), Point(17.5, 801.25)] {
            let back = fit.pixel(fit.place(point))
            try check(abs(back.x - point.x) < 1e-9 && abs(back.y - point.y) < 1e-9, "\(point) came back as \(back)")
        }
        try check(fit.corners(square(0, 0, 10)).count == 4)
    }
    await suite.test("a frame without room shows nothing, and nothing is found in it") {
        let fit = PhotoFit(width: 10, height: 10, in: CGSize(width: 0, height: 0))
        try check(fit.scale == 0 && fit.pixel(CGPoint(x: 3, y: 3)) == Point(0, 0))
    }
    await suite.test("the smallest line under a finger, whichever way its corners run") {
        let large = TextLine(text: "large", quad: square(0, 0, 100), confidence: 1)
        let small = TextLine(text: "small", quad: square(40, 40, 20).flipped(), confidence: 1)
        let q = square(200, 200, 10)
        let mirrored = TextLine(
            text: "mirrored", quad: Quad(q.topLeft, q.bottomLeft, q.bottomRight, q.topRight), confidence: 1)
        let lines = [large, small, mirrored]
        try check(line(at: Point(50, 50), of: lines) == 1)
        try check(line(at: Point(5, 5), of: lines) == 0)
        try check(line(at: Point(205, 205), of: lines) == 2)
        try check(line(at: Point(150, 50), of: lines) == nil)
        try check(line(at: Point(150, 50), of: []) == nil)
    }
    await suite.test("fields as rows: amounts with the currency, missing ones empty") {
        let rows = fieldRows(fields())
        try check(rows.map(\.id) == FieldRow.Name.allCases)
        let values = rows.map { $0.value ?? "-" }
        try check(values == ["Shop", "2026-03-04", "-", "EUR", "-", "-", "5.00 EUR"], "\(values)")
        try check(rows[1].needsReview && rows[1].alternatives == ["2026-04-03"] && rows[1].lines == [1])
        try check(rows[2].confidence == 0 && rows[2].lines.isEmpty && !rows[2].needsReview)
    }
    await suite.test("a line of two fields is marked by the one to look at; numbers beyond the lines are passed over") {
        let lines = (0..<4).map { TextLine(text: "\($0)", quad: square(0, Double($0), 1), confidence: 1) }
        var receipt = Receipt(lines: lines, rows: [[0], [1], [2], [3]], width: 10, height: 10)
        receipt.fields = fields()
        try check(marks(receipt) == [.field, .review, .plain, .field], "\(marks(receipt))")
    }
}

private func fields() -> Fields {
    var fields = Fields()
    fields.vendor = Field(value: "Shop", text: "SHOP", confidence: 0.9, lines: [0], needsReview: false)
    fields.date = Field(
        value: "2026-03-04", text: "03/04/2026", confidence: 0.6, lines: [1], needsReview: true,
        alternatives: ["2026-04-03"])
    fields.currency = Field(value: "EUR", text: "EUR", confidence: 0.9, lines: [3, 9], needsReview: false)
    fields.total = Field(
        value: ExactDecimal("5.00") ?? .zero, text: "5.00", confidence: 0.99, lines: [1, 3], needsReview: false)
    return fields
}

import CoreGraphics
import ReceiptCore
import ReceiptDisplay
import SwiftUI

/// A photo with a frame around each line: quiet where it is part of no field, orange where someone should look.
struct PhotoView: View {
    let image: CGImage
    let receipt: Receipt
    @Binding var pointed: Set<Int>

    private var aspect: CGFloat { CGFloat(receipt.width) / CGFloat(max(receipt.height, 1)) }

    var body: some View {
        Image(decorative: image, scale: 1)
            .resizable()
            .aspectRatio(aspect, contentMode: .fit)
            .overlay { GeometryReader { frames(in: $0.size) } }
            .accessibilityElement()
            .accessibilityLabel("Photo of the receipt")
            .accessibilityValue("\(receipt.lines.count) lines of text found")
            .accessibilityAddTraits(.isImage)
    }

    private func frames(in size: CGSize) -> some View {
        let fit = PhotoFit(width: receipt.width, height: receipt.height, in: size)
        let marks = marks(receipt)
        return Canvas { context, _ in
            for (i, line) in receipt.lines.enumerated() {
                let path = Path {
                    $0.addLines(fit.corners(line.quad))
                    $0.closeSubpath()
                }
                let colour = marks[i].colour
                if pointed.contains(i) { context.fill(path, with: .color(colour.opacity(0.3))) }
                context.stroke(path, with: .color(colour), style: marks[i].stroke)
            }
        }
        .contentShape(Rectangle())
        .onTapGesture { place in
            pointed = line(at: fit.pixel(place), of: receipt.lines).map { [$0] } ?? []
        }
    }
}

extension Mark {
    var colour: Color {
        switch self {
        case .plain: .gray
        case .field: .green
        case .review: .orange
        }
    }

    /// Dashes tell what to look at where colours do not.
    var stroke: StrokeStyle {
        switch self {
        case .plain: StrokeStyle(lineWidth: 1)
        case .field: StrokeStyle(lineWidth: 2)
        case .review: StrokeStyle(lineWidth: 2, dash: [6, 3])
        }
    }
}

import ReceiptCore
import SwiftUI

/// What was bought.
struct ItemsView: View {
    let items: [Item]

    var body: some View {
        Section("Items") {
            ForEach(Array(items.enumerated()), id: \.offset) { _, item in
                LabeledContent {
                    Text(verbatim: item.amount.description).monospacedDigit()
                } label: {
                    Text(verbatim: item.description)
                    if let quantity = item.quantity {
                        Text(verbatim: quantity.description + (item.unitPrice.map { " × \($0)" } ?? ""))
                    }
                }
                .accessibilityElement(children: .combine)
            }
        }
    }
}

/// How long the stages took.
struct TimesView: View {
    let times: [StageTime]

    var body: some View {
        Section("Times") {
            ForEach(times) { row(stageText($0.name), $0.seconds) }
            row(stageText("all"), times.reduce(0) { $0 + $1.seconds }).bold()
        }
    }

    private func row(_ name: LocalizedStringKey, _ seconds: Double) -> some View {
        LabeledContent {
            Text("\(seconds * 1000, format: .number.precision(.fractionLength(0))) ms").monospacedDigit()
        } label: {
            Text(name)
        }
        .accessibilityElement(children: .combine)
    }
}

/// A stage of reading, as people say it.
func stageText(_ stage: String) -> LocalizedStringKey {
    switch stage {
    case "decode": "Opening the photo"
    case "detect": "Finding lines"
    case "recognize": "Reading lines"
    case "layout": "Rows"
    case "extract": "Fields"
    case "all": "Everything"
    default: LocalizedStringKey(stage)
    }
}

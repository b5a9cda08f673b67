import ReceiptCore
import ReceiptDisplay
import SwiftUI

/// A receipt: its photo with the lines marked, its fields, and what else was read.
struct ResultView: View {
    let found: ReadPhoto
    /// Lines that are pointed out: those of a field, or one that was touched.
    @State private var pointed: Set<Int> = []

    private var receipt: Receipt { found.receipt }

    var body: some View {
        List {
            if let preview = found.preview {
                Section {
                    PhotoView(image: preview, receipt: receipt, pointed: $pointed)
                        .listRowInsets(EdgeInsets())
                } footer: {
                    if let line = pointed.first, pointed.count == 1 { Text(verbatim: receipt.lines[line].text) }
                }
            }
            Section("Fields") {
                ForEach(fieldRows(receipt.fields)) { row in
                    FieldView(row: row, isPointed: !row.lines.isEmpty && pointed == Set(row.lines)) {
                        pointed = Set(row.lines)
                    }
                }
            }
            if !receipt.items.isEmpty { ItemsView(items: receipt.items) }
            notes
            TimesView(times: found.times)
        }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                ShareLink(item: receipt.toJson()) { Label("Share as JSON", systemImage: "square.and.arrow.up") }
            }
        }
    }

    @ViewBuilder private var notes: some View {
        if !receipt.warnings.isEmpty {
            Section("Notes") {
                ForEach(receipt.warnings, id: \.self) { Text(verbatim: $0) }
            }
        }
        Section {
            DisclosureGroup("All \(receipt.lines.count) lines") {
                Text(verbatim: receipt.text)
                    .font(.footnote.monospaced())
                    .textSelection(.enabled)
            }
        }
    }
}

/// One field: its value, and whether to look at it. Where it stands is shown when it is touched.
private struct FieldView: View {
    let row: FieldRow
    let isPointed: Bool
    let point: @MainActor () -> Void

    var body: some View {
        Button(action: point) {
            LabeledContent {
                VStack(alignment: .trailing) {
                    value
                    if !row.alternatives.isEmpty {
                        Text("or \(row.alternatives.joined(separator: ", "))")
                            .font(.caption)
                            .foregroundStyle(.secondary)
                    }
                }
            } label: {
                Text(row.id.text)
            }
        }
        .foregroundStyle(.primary)
        .disabled(row.lines.isEmpty)
        .listRowBackground(isPointed ? Color.accentColor.opacity(0.15) : nil)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Text(row.id.text))
        .accessibilityValue(spoken)
        .accessibilityHint("Shows where it stands in the photo")
        .accessibilityAddTraits(isPointed ? [.isButton, .isSelected] : .isButton)
    }

    @ViewBuilder private var value: some View {
        if let value = row.value {
            HStack {
                if row.needsReview {
                    Image(systemName: "exclamationmark.circle.fill").foregroundStyle(.orange)
                }
                Text(verbatim: value).multilineTextAlignment(.trailing)
                Text(row.confidence, format: .percent.precision(.fractionLength(0)))
                    .font(.caption)
                    .foregroundStyle(.secondary)
                    .monospacedDigit()
            }
        } else {
            Text("not found").foregroundStyle(.secondary)
        }
    }

    private var spoken: Text {
        guard let value = row.value else { return Text("not found") }
        let percent = row.confidence.formatted(.percent.precision(.fractionLength(0)))
        return row.needsReview
            ? Text("\(value), \(percent) sure, please check") : Text("\(value), \(percent) sure")
    }
}

extension FieldRow.Name {
    var text: LocalizedStringKey {
        switch self {
        case .vendor: "Vendor"
        case .date: "Date"
        case .time: "Time"
        case .currency: "Currency"
        case .subtotal: "Subtotal"
        case .tax: "Tax"
        case .total: "Total"
        }
    }
}

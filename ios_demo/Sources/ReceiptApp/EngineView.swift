import ReceiptCore
import ReceiptCoreML
import SwiftUI

/// What reads: compute units, how long the start took, the bundle, and its licence.
struct EngineView: View {
    @Bindable var model: AppModel
    let engine: Engine

    var body: some View {
        NavigationStack {
            List {
                Section {
                    Picker("Compute units", selection: $model.units) {
                        ForEach(ComputeUnits.allCases) { Text($0.text).tag($0) }
                    }
                } footer: {
                    Text("Core ML chooses among them for each part of a model. A change loads all models anew.")
                }
                start
                about
                Section("Licences") {
                    ForEach(["LICENSE", "NOTICE"], id: \.self) { name in
                        NavigationLink {
                            LicenceView(bundle: engine.bundle, name: name)
                        } label: {
                            Text(verbatim: name)
                        }
                    }
                }
            }
            .navigationTitle("Engine")
        }
    }

    private var start: some View {
        Section("This start") {
            seconds("Checking the models", engine.times.check)
            ForEach(engine.times.models) { model in
                if let compiling = model.compileSeconds { seconds("Compiling \(model.stage)", compiling) }
                seconds("Loading \(model.stage)", model.loadSeconds)
            }
            seconds("Until the reader was open", engine.times.open)
            seconds("Reading a blank page", engine.times.warmUp)
        }
    }

    private var about: some View {
        Section("Models") {
            LabeledContent {
                Text(verbatim: "\(engine.bundle.manifest.name) \(engine.bundle.manifest.version)")
            } label: {
                Text("Bundle")
            }
            LabeledContent {
                Text(Int64(engine.bundle.size), format: .byteCount(style: .file))
            } label: {
                Text("Size")
            }
            LabeledContent {
                Text(verbatim: engine.bundle.digest)
                    .font(.caption.monospaced())
                    .textSelection(.enabled)
            } label: {
                Text("Digest")
            }
        }
    }

    private func seconds(_ name: LocalizedStringKey, _ value: Double) -> some View {
        LabeledContent {
            Text("\(value, format: .number.precision(.fractionLength(2))) s").monospacedDigit()
        } label: {
            Text(name)
        }
        .accessibilityElement(children: .combine)
    }
}

/// A licence's text, as it lies in the bundle.
private struct LicenceView: View {
    let bundle: ReceiptBundle
    let name: String

    var body: some View {
        ScrollView {
            Text(verbatim: (try? bundle.readText(name)) ?? "")
                .font(.footnote.monospaced())
                .padding()
        }
        .navigationTitle(Text(verbatim: name))
    }
}

extension ComputeUnits {
    var text: LocalizedStringKey {
        switch self {
        case .all: "All"
        case .neuralEngine: "Processor and Neural Engine"
        case .gpu: "Processor and GPU"
        case .cpu: "Processor"
        }
    }
}

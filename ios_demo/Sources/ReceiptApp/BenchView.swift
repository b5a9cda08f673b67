import PhotosUI
import ReceiptBench
import SwiftUI

/// How fast this device reads: photos again and again, percentiles, and a file to share.
struct BenchView: View {
    @Bindable var model: BenchModel
    let engine: Engine
    @State private var picked: [PhotosPickerItem] = []

    /// More photos take more memory, and say little more.
    private static let mostPhotos = 20

    var body: some View {
        NavigationStack {
            List {
                Section {
                    photos
                    Picker("How long", selection: $model.isQuick) {
                        Text("A first look").tag(true)
                        Text("In full").tag(false)
                    }
                    control
                } footer: {
                    Text("Stay on this page, take the phone out of its case and let it cool before. Photos stay here.")
                }
                StateView()
                if case .done(let report) = model.phase { ReportView(report: report) }
            }
            .navigationTitle("Bench")
        }
        .onChange(of: picked) { _, items in
            let loads: [@Sendable () async throws -> Data?] = items.map { item in
                { try await item.loadTransferable(type: Data.self) }
            }
            Task { await model.choose(loads) }
        }
    }

    private var isRunning: Bool { if case .running = model.phase { true } else { false } }

    private var photos: some View {
        PhotosPicker(
            selection: $picked, maxSelectionCount: Self.mostPhotos, matching: .images, preferredItemEncoding: .current
        ) {
            LabeledContent {
                model.photos.isEmpty ? Text("a drawn receipt") : Text("\(model.photos.count) photos")
            } label: {
                Text("Photos")
            }
        }
        .disabled(isRunning)
    }

    @ViewBuilder private var control: some View {
        switch model.phase {
        case .running(let share):
            ProgressView(value: share) { Text("Measuring") }
            Button("Stop", role: .cancel) { model.stop() }
        case .failed(let reason):
            Text(verbatim: reason).foregroundStyle(.red)
            Button("Start") { model.start(with: engine) }
        default:
            Button("Start") { model.start(with: engine) }
        }
    }
}

/// The device now: what holds it back, and the app's memory.
private struct StateView: View {
    var body: some View {
        Section("This device") {
            TimelineView(.periodic(from: .now, by: 2)) { _ in
                LabeledContent {
                    Text(Heat.now.text)
                } label: {
                    Text("Temperature")
                }
                if let footprint = Kernel.memory.footprint {
                    LabeledContent {
                        Text(Int64(footprint), format: .byteCount(style: .memory))
                    } label: {
                        Text("Memory of this app")
                    }
                }
            }
        }
    }
}

extension Heat {
    var text: LocalizedStringKey {
        switch self {
        case .nominal: "normal"
        case .fair: "warm"
        case .serious: "hot: the clock is held back"
        case .critical: "very hot: the clock is held back"
        }
    }
}

/// What was measured.
private struct ReportView: View {
    let report: BenchReport

    private static let stages = ["all", "decode", "detect", "recognize", "layout", "extract"]

    private var variant: Variant { report.result.variants[0] }

    var body: some View {
        Section {
            ForEach(Self.stages, id: \.self) { stage in
                if let times = variant.latencyMs[stage] { row(stage, times) }
            }
        } header: {
            Text("Milliseconds: median and 95th percentile")
        } footer: {
            Text("\(variant.reads) reads")
            if variant.noise.noisy == true { Text("Times were unlike from part to part: measure again, cooler.") }
            if !report.result.complete { Text("Stopped early: figures are of what was read until then.") }
        }
        Section {
            if let peak = variant.memory.peakBytes {
                LabeledContent {
                    Text(Int64(peak), format: .byteCount(style: .memory))
                } label: {
                    Text("Peak memory")
                }
            }
            ForEach(variant.failures, id: \.picture) { Text(verbatim: $0.error).foregroundStyle(.red) }
            ShareLink(item: report.file) { Label("Share the result", systemImage: "square.and.arrow.up") }
        }
    }

    private func row(_ stage: String, _ times: Percentiles) -> some View {
        LabeledContent {
            Text(times.p50, format: .number.precision(.fractionLength(1))).monospacedDigit()
            Text(times.p95, format: .number.precision(.fractionLength(1))).monospacedDigit()
        } label: {
            Text(stageText(stage))
        }
        .accessibilityElement(children: .combine)
    }
}

import ReceiptCoreML
import SwiftUI

/// One step of the start.
struct StartStep: Sendable, Equatable {
    enum Work: Sendable, Equatable {
        case checking
        case preparing(Preparation)
        case warming
    }

    let work: Work
    let since = ContinuousClock.now

    init(_ work: Work) { self.work = work }

    init(_ preparation: Preparation) { work = .preparing(preparation) }

    /// 0...1, roughly: models take nearly all of the time.
    var share: Double {
        switch work {
        case .checking: 0
        case .preparing(let preparation): 0.05 + 0.85 * preparation.share
        case .warming: 0.9
        }
    }

    var text: LocalizedStringKey {
        switch work {
        case .checking: "Checking the models"
        case .warming: "Reading a blank page"
        case .preparing(let preparation):
            switch (preparation.step, preparation.stage) {
            case (.compiling, "detect"): "Compiling the model that finds lines"
            case (.compiling, "recognize"): "Compiling the model that reads lines"
            case (.compiling, "reread"): "Compiling the model that reads lines again"
            case (.compiling, _): "Compiling the model that finds fields"
            case (.loading, "detect"): "Loading the model that finds lines"
            case (.loading, "recognize"): "Loading the model that reads lines"
            case (.loading, "reread"): "Loading the model that reads lines again"
            case (.loading, _): "Loading the model that finds fields"
            }
        }
    }
}

/// What the app shows until it can read: the step, how far, and for how long already.
struct StartView: View {
    let step: StartStep

    var body: some View {
        VStack(spacing: 16) {
            Image(systemName: "doc.text.viewfinder")
                .font(.largeTitle)
                .foregroundStyle(.tint)
                .accessibilityHidden(true)
            ProgressView(value: step.share) { Text(step.text) }
            TimelineView(.periodic(from: .now, by: 0.1)) { _ in
                Text("\(step.since.duration(to: .now) / .seconds(1), format: .number.precision(.fractionLength(1))) s")
                    .monospacedDigit()
                    .accessibilityHidden(true)
            }
            Text("The first start on a device takes longer: Core ML prepares the models for its chip. They are kept.")
                .font(.footnote)
                .foregroundStyle(.secondary)
        }
        .multilineTextAlignment(.center)
        .padding(32)
        .frame(maxWidth: 480)
    }
}

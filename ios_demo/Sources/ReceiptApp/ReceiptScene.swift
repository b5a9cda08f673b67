import SwiftUI

/// The whole app.
public struct ReceiptScene: Scene {
    @State private var model = AppModel()

    public init() {}

    public var body: some Scene {
        WindowGroup { RootView(model: model) }
    }
}

/// What there is to see, by how far the app is.
struct RootView: View {
    let model: AppModel

    var body: some View {
        content
            .task(id: model.units) { await model.start() }
    }

    @ViewBuilder private var content: some View {
        switch model.phase {
        case .starting(let step): StartView(step: step)
        case .failed(let reason): FailedView(reason: reason) { await model.start() }
        case .ready(let engine): ReadyView(model: model, engine: engine)
        }
    }
}

private struct ReadyView: View {
    let model: AppModel
    let engine: Engine

    var body: some View {
        TabView {
            ReadView(model: model.reading, engine: engine)
                .tabItem { Label("Read", systemImage: "doc.text.viewfinder") }
            BenchView(model: model.bench, engine: engine)
                .tabItem { Label("Bench", systemImage: "gauge.with.dots.needle.bottom.50percent") }
            EngineView(model: model, engine: engine)
                .tabItem { Label("Engine", systemImage: "cpu") }
        }
    }
}

private struct FailedView: View {
    let reason: String
    let again: () async -> Void

    var body: some View {
        ContentUnavailableView {
            Label("The reader cannot be opened", systemImage: "exclamationmark.triangle")
        } description: {
            Text(verbatim: reason)
        } actions: {
            Button("Try again") { Task { await again() } }
        }
    }
}

import ReceiptApp
import SwiftUI

@main struct ReceiptsApp: App {
    var body: some Scene { ReceiptScene() }
}

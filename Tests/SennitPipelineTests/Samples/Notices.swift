import SennitPipeline
import Synchronization

/// Everything that an observer was told.
final class Notices: Sendable {
    private let taken = Mutex<[RunNotice]>([])

    var all: [RunNotice] { taken.withLock { $0 } }

    func take(_ notice: RunNotice) { taken.withLock { $0.append(notice) } }
}

extension RunNotice {
    /// Whether an attempt has run into its timeout.
    var isTimeout: Bool {
        if case .event(let recorded) = self, case .stepTimedOut = recorded.event { true } else { false }
    }
}

import Synchronization

extension PayloadTests {
    /// A number that several closures share.
    final class Counter: Sendable {
        private let number = Mutex(0)

        var value: Int { number.withLock { $0 } }

        func increment(by step: Int = 1) { number.withLock { $0 += step } }
    }
}

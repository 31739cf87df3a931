import Synchronization

/// Finds the secrets in a value by encoding it: the value need not say which it has.
package final class SecretCollector: Sendable {
    @TaskLocal package static var current: SecretCollector?

    private let found = Mutex<[Secret]>([])

    package init() {}

    /// The secrets that have been encoded, each once.
    package var secrets: [Secret] { found.withLock { $0 } }

    func note(_ secret: Secret) {
        found.withLock { secrets in if !secrets.contains(secret) { secrets.append(secret) } }
    }
}

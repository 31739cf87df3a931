import Dispatch
import Synchronization

/// An offer that was taken back.
struct TakenBackOffer: Encodable {
    var sku: String
    var offer: String
}

/// What the loading thread ends with, and what it needs at the end.
final class LoadOutcome: Sendable {
    let documents = Mutex<[(PriceSourceDocument, CloudProvider)]>([])
    /// Offers whose rows go again before the load is committed.
    let takenBack = Mutex<[TakenBackOffer]>([])
    private let result = Mutex<Result<Int, any Error>?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    /// Says what it was.
    func end(with value: Result<Int, any Error>) {
        result.withLock { $0 = value }
        ended.signal()
    }

    /// Waits no longer than a time; `false` if the thread goes on.
    func hasEnded(within time: DispatchTimeInterval) -> Bool {
        guard ended.wait(timeout: .now() + time) == .success else { return false }
        ended.signal()
        return true
    }

    /// Waits for the end.
    ///
    /// - Returns: how many rows the server took.
    /// - Throws: `PriceProblem` with code `outputFailed`.
    func wait() throws -> Int {
        ended.wait()
        ended.signal()
        do {
            return try result.withLock { $0 }?.get() ?? 0
        } catch let problem as PriceProblem {
            throw problem
        } catch {
            throw PriceProblem(
                .outputFailed, "the database did not take the rows: \(error)",
                advice: PriceSchema.advice(about: error))
        }
    }
}

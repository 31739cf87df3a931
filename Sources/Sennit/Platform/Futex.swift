import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Sleeping on a word of memory until somebody changes it and says so.
// Safety: the duty is the caller's, hence `@unsafe`: the word is mapped, aligned to four bytes and changed by atomic
// steps only, as long as anybody waits on it. The kernel compares it and writes nothing; every process that has mapped
// it may change it.
@unsafe package enum Futex {
    /// Who may wait for and wake a word.
    package enum Scope: Sendable {
        /// Threads of this process only; cheaper.
        case thisProcess
        /// Every process that has mapped the word.
        case everyProcess
    }

    /// Why a wait ended.
    package enum WaitResult: Sendable {
        /// Woken, or interrupted by a signal: look at the word again.
        case woken
        /// The word was not `expected` to begin with.
        case changed
        /// The time was up.
        case timedOut
    }

    /// Sleeps while the word is `expected`, until woken or for the time given.
    ///
    /// - Parameters:
    ///   - word: Memory that every waiter and waker has mapped.
    ///   - expected: The value to sleep on.
    ///   - timeoutNanoseconds: Relative; `UInt64.max` means for ever.
    ///   - scope: The same for waiting and waking.
    /// - Returns: Why the wait ended.
    @discardableResult
    package static func wait(
        _ word: UnsafeMutablePointer<UInt32>, expected: UInt32, timeoutNanoseconds: UInt64 = .max,
        scope: Scope = .everyProcess
    ) -> WaitResult {
        switch unsafe sennit_futex_wait(word, expected, timeoutNanoseconds, scope == .everyProcess) {
        case EAGAIN: .changed
        case ETIMEDOUT: .timedOut
        default: .woken
        }
    }

    /// Wakes up to `count` sleepers and says how many there were.
    @discardableResult
    package static func wake(
        _ word: UnsafeMutablePointer<UInt32>, count: Int32 = 1, scope: Scope = .everyProcess
    ) -> Int32 {
        unsafe sennit_futex_wake(word, count, scope == .everyProcess)
    }
}

import Sennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: signal sets and actions are local values whose addresses the system uses during the call only.

/// The signals that ask the program to end, taken by a thread of their own instead of a handler.
///
/// Make it before any other thread exists: threads inherit which signals are held back. Workers do not; each starts with
/// its signals as they are by default.
final class TerminationSignals: Sendable {
    // Zero until there was one.
    private let first = Atomic<Int32>(0)
    private let numbers: [Int32]

    /// Holds the signals back from now on; those that the program's starter ignores, as `nohup` does, stay ignored.
    init() {
        numbers = [SIGINT, SIGTERM, SIGHUP].filter { !TerminationSignals.isIgnored($0) }
        var set = TerminationSignals.set(of: numbers)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The first signal that came, if any has.
    var received: Int32? {
        let number = first.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// Makes writing to a pipe without a reader an error rather than the end.
    func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `onFirst` for the first signal, from a thread of its own; the second one ends the process at once.
    func startWaiting(onFirst: @escaping @Sendable (Int32) -> Void) {
        guard !numbers.isEmpty else { return }
        // Without the thread the signals stay held back, and SIGKILL still works.
        try? SystemThread.start(name: "sennit-signals", stackBytes: 128 * 1024) { [self] in
            while true {
                var set = TerminationSignals.set(of: numbers)
                var number: Int32 = 0
                guard unsafe sigwait(&set, &number) == 0 else { continue }
                guard received == nil else { _exit(128 + number) }
                first.store(number, ordering: .releasing)
                onFirst(number)
            }
        }
    }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        let ignoring = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignoring
    }
}

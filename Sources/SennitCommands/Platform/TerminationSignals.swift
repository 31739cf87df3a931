import Sennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: actions are local values whose addresses the system uses during the call only; the handler calls nothing but
// `write`, which may be called anywhere, on a byte of its own.

/// The end of a pipe into which the handler writes the numbers of signals; -1 before there is one.
private let handlerPipe = Atomic<Int32>(-1)

/// The signals that ask the program to end: heard by a handler, obeyed by a thread.
///
/// They are not held back instead and waited for, because the main thread of an asynchronous program sleeps in the
/// dispatch library with no signal held back. Workers are started with their signals as they are by default.
final class TerminationSignals: Sendable {
    // Zero until there was one.
    private let first = Atomic<Int32>(0)

    /// The first signal that came, if any has.
    var received: Int32? {
        let number = first.load(ordering: .acquiring)
        return number == 0 ? nil : number
    }

    /// Makes writing to a pipe without a reader an error rather than the end.
    ///
    /// By a handler that does nothing: what this program starts has the signal as it is by default.
    static func ignoreBrokenPipes() {
        guard !isIgnored(SIGPIPE) else { return }
        var action = sigaction()
        action.sa_flags = SA_RESTART
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGPIPE, &action, nil)
    }

    /// Calls `onFirst` for the first of SIGINT, SIGTERM and SIGHUP, from a thread of its own; the second one ends the
    /// process at once.
    ///
    /// Those that the program's starter ignores, as `nohup` does, stay ignored. To be called once.
    func listen(onFirst: @escaping @Sendable (Int32) -> Void) throws {
        var pipe = try DescriptorPair.pipe()
        guard let output = pipe.first.take(), let input = pipe.second.take() else { return }
        let reader = output.take()
        handlerPipe.store(input.take(), ordering: .sequentiallyConsistent)
        try SystemThread.start(name: "sennit-signals", stackBytes: 128 * 1024) { [self] in
            while let number = TerminationSignals.next(from: reader) {
                guard received == nil else { _exit(128 + number) }
                first.store(number, ordering: .releasing)
                onFirst(number)
            }
        }
        for number in [SIGINT, SIGTERM, SIGHUP] where !TerminationSignals.isIgnored(number) {
            TerminationSignals.catch(number)
        }
    }

    private static func next(from reader: Int32) -> Int32? {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(reader, &byte, 1)
            if count == 1 { return Int32(byte) }
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    private static func `catch`(_ number: Int32) {
        var action = sigaction()
        // Calls that the signal interrupts are taken up again.
        action.sa_flags = SA_RESTART
        unsafe action.__sigaction_handler.sa_handler = { number in
            let before = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = unsafe write(handlerPipe.load(ordering: .relaxed), &byte, 1)
            errno = before
        }
        unsafe sigaction(number, &action, nil)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        let ignoring = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == ignoring
    }
}

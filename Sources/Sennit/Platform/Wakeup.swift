import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A descriptor that any thread can make readable, to wake one that waits in an `EventPoll`.
package final class Wakeup: Sendable {
    private let event: FileDescriptor

    /// The descriptor to watch for `.readable`.
    package var descriptor: Int32 { event.rawValue }

    /// Makes a wake-up that is not signalled.
    package init() throws(SystemError) {
        var descriptor: Int32 = -1
        try SystemError.check(unsafe sennit_event_create(&descriptor), "eventfd")
        event = FileDescriptor(adopting: descriptor)
    }

    /// Makes the descriptor readable.
    ///
    /// Signals that nobody has cleared yet count as one.
    package func signal() {
        var one: UInt64 = 1
        // Safety: here and in `clear`, eight bytes go between the descriptor and a local variable of that size; any
        // thread may do so at any time, for the kernel keeps the count.
        // Fails only when the counter is full, which is readable as well.
        _ = unsafe write(event.rawValue, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes the descriptor unreadable again; clear it before looking at what it announced.
    package func clear() {
        var count: UInt64 = 0
        _ = unsafe read(event.rawValue, &count, MemoryLayout<UInt64>.size)
    }
}

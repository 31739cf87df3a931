private import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the word is allocated with the object and freed with it; waiting takes a reference to the object, so nobody
// waits on freed memory.
/// Wakes one thread of this process that waits for something to change.
///
/// The waiter takes a ticket, looks at what it waits for, and waits; a ring in between is not lost.
// Safety: the word lives from `init` to `deinit`, and whoever waits or rings holds a reference to the bell. Threads
// touch it through `Atomic` alone, and in the futex calls the kernel compares it.
// Sendable by hand: the pointer never changes, and the word behind it is atomic.
@safe
package final class ThreadBell: @unchecked Sendable {
    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    package init() {
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic<UInt32>(0))
    }

    deinit {
        unsafe word.deinitialize(count: 1)
        unsafe word.deallocate()
    }

    package var ticket: UInt32 { unsafe word.pointee.load(ordering: .acquiring) }

    package func ring() {
        unsafe word.pointee.add(1, ordering: .releasing)
        unsafe Futex.wake(address, count: .max, scope: .thisProcess)
    }

    /// Waits until someone has rung since the ticket was taken, or for the time given.
    package func wait(after ticket: UInt32, timeoutNanoseconds: UInt64 = .max) {
        _ = unsafe Futex.wait(
            address, expected: ticket, timeoutNanoseconds: timeoutNanoseconds, scope: .thisProcess)
    }

    private var address: UnsafeMutablePointer<UInt32> {
        // An atomic word has the size and place of its value.
        unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: UInt32.self)
    }

    /// Lets another thread run.
    package static func yield() { sched_yield() }
}

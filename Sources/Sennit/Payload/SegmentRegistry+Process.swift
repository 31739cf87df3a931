import Synchronization

extension SegmentRegistry {
    /// The segments of this process.
    ///
    /// A ``SharedBuffer`` is made without a pool at hand, so there is one registry for all pools of a process.
    package static let process: SegmentRegistry = {
        let origin = processOrigin.exchange(UInt32.max, ordering: .relaxed)
        return SegmentRegistry(origin: origin, firstCounter: MonotonicClock.now() >> 20)
    }()

    /// Says who this process is among those it exchanges segments with, before its first segment.
    ///
    /// The number has 24 bits and is unlike that of any other living process of its tree; the process id will do. A
    /// later process may have the same number, since counters start with the time: an id returns only if a process
    /// makes more than a thousand segments per second for all of its life.
    ///
    /// - Returns: false when it is too late.
    @discardableResult
    package static func identifyProcess(as origin: UInt32) -> Bool {
        var seen = processOrigin.load(ordering: .relaxed)
        while seen != .max {
            let (isDone, original) = processOrigin.compareExchange(
                expected: seen, desired: origin & 0xFF_FFFF, ordering: .relaxed
            )
            if isDone { return true }
            seen = original
        }
        return false
    }

    /// `UInt32.max` once it has been used.
    private static let processOrigin = Atomic<UInt32>(0)
}

private import CSennit

/// Memory in pages that are 512 times as large as the usual ones.
enum HugePages {
    /// Below this size the usual pages cost little.
    private static var leastBytes: Int { 4 << 20 }

    /// Asks for them in memory that is about to be written for the first time, if there is much of it.
    ///
    /// Touching fresh memory costs a fault for each page: with the usual ones, most of the time that a copy of many
    /// megabytes takes. Where the system has no huge pages nothing changes.
    // Safety: the memory stays as it is; the system only notes how to provide it.
    @inline(__always)
    static func advise(_ memory: UnsafeMutableRawBufferPointer) {
        guard memory.count >= leastBytes, let start = memory.baseAddress else { return }
        unsafe sennit_advise_huge_pages(start, memory.count)
    }
}

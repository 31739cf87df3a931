#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the mapping is made and unmapped by this class alone, so it lives exactly as long as the instance.

/// Zeros of this process alone, where shared memory would lie in a worker process's case.
///
/// Pages that are never touched take no memory.
@safe
package final class PrivateMemory: @unchecked Sendable {
    // The address never changes; whoever gets it synchronises, as with shared memory.
    package let baseAddress: UnsafeMutableRawPointer
    package let byteCount: Int

    /// Maps so many bytes, at least one page.
    package init(byteCount: Int) throws(SystemError) {
        let address = unsafe mmap(
            nil, max(1, byteCount), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError(code: errno, operation: "mmap")
        }
        unsafe baseAddress = address
        self.byteCount = byteCount
    }

    deinit { unsafe _ = munmap(baseAddress, max(1, byteCount)) }
}

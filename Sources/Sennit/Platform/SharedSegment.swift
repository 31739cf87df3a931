import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory that several processes have mapped: an anonymous file, gone with its last user.
///
/// Access is not synchronised; what lies in it says how it may be touched.
// Safety: `base` leads to `size` mapped bytes until `deinit`; whoever uses it writes `unsafe` and keeps the object
// alive meanwhile. Every process that has the segment may write to the bytes at any time, but none can take them away:
// a segment from elsewhere must be as large as announced and sealed against shrinking.
// Sendable by hand: address and size never change, so threads race for nothing here; what they do with the bytes is
// settled by what lies in them.
@safe package final class SharedSegment: @unchecked Sendable {
    /// Where the segment starts; page-aligned, valid as long as this object lives.
    package let base: UnsafeMutableRawPointer
    /// The size in bytes.
    package let size: Int
    /// Number -1 where it was not kept.
    private let file: FileDescriptor

    /// The descriptor to hand to another process, if it was kept.
    package var descriptor: Int32? { file.rawValue >= 0 ? file.rawValue : nil }

    /// Makes a segment of zeros.
    ///
    /// - Parameters:
    ///   - size: Bytes, at least one.
    ///   - name: Shown in /proc/<pid>/maps; for people only.
    ///   - reserve: Takes the memory at once, so that a lack of it is an error here rather than SIGBUS
    ///     later. A control group's limit is not looked at.
    ///   - seal: Fixes the size for ever, which `init(adopting:size:)` insists on.
    /// - Throws: Such as ENOMEM, ENOSPC, EMFILE, or EFBIG beyond the limit on file sizes.
    package init(size: Int, name: String, reserve: Bool = false, seal: Bool = true) throws(SystemError) {
        guard size > 0 else { throw SystemError(code: EINVAL, operation: "memory segment of \(size) bytes") }
        var descriptor: Int32 = -1
        var step: Int32 = 0
        let code = unsafe sennit_memory_file(name, UInt64(size), reserve, seal, &descriptor, &step)
        let wasMade = step != Int32(sennit_memory_step_create.rawValue)
        try SystemError.check(code, wasMade ? "memory segment of \(size) bytes" : "memfd_create")
        let file = FileDescriptor(adopting: descriptor)
        unsafe self.base = try SharedSegment.map(descriptor, size)
        self.size = size
        self.file = file
    }

    /// Maps a segment that another process has made.
    ///
    /// A peer cannot cause SIGBUS with a file smaller than it claims, or by shrinking it afterwards: both are errors
    /// here.
    /// - Parameters:
    ///   - descriptor: The segment's descriptor, closed on every path unless kept.
    ///   - size: The bytes to map, at least one; the file may be larger.
    ///   - keepsDescriptor: Whether `descriptor` stays open to be handed on.
    /// - Throws: EINVAL for a file that is too small, EPERM for one that could shrink, or the system's refusal to map
    ///   it.
    package init(
        adopting descriptor: consuming FileDescriptor, size: Int, keepsDescriptor: Bool = false
    ) throws(SystemError) {
        guard size > 0 else { throw SystemError(code: EINVAL, operation: "memory segment of \(size) bytes") }
        var (fileSize, device, inode): (UInt64, UInt64, UInt64) = (0, 0, 0)
        let code = unsafe sennit_file_identity(descriptor.rawValue, nil, &fileSize, &device, &inode)
        try SystemError.check(code, "fstat of a memory segment")
        guard fileSize >= UInt64(size) else {
            throw SystemError(code: EINVAL, operation: "memory segment of \(fileSize) bytes, announced as \(size)")
        }
        guard sennit_is_sealed_against_shrinking(descriptor.rawValue) else {
            throw SystemError(code: EPERM, operation: "memory segment that its owner could shrink")
        }
        unsafe self.base = try SharedSegment.map(descriptor.rawValue, size)
        self.size = size
        self.file = keepsDescriptor ? descriptor : FileDescriptor(adopting: -1)
    }

    deinit {
        unsafe munmap(base, size)
    }

    private static func map(_ descriptor: Int32, _ size: Int) throws(SystemError) -> UnsafeMutableRawPointer {
        var address: UnsafeMutableRawPointer?
        let code = unsafe sennit_map_shared(descriptor, size, &address)
        guard code == 0, let address = unsafe address else {
            throw SystemError(code: code, operation: "mmap of \(size) bytes")
        }
        return unsafe address
    }
}

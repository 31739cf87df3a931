import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the mapping lives from `init` to `deinit` and is read only; the file behind it is never changed in place, it
// is replaced as a whole.
// Sendable by hand: nobody writes to the mapping.
/// A file's contents, mapped into memory.
@safe
final class MappedFile: @unchecked Sendable {
    private let address: UnsafeRawPointer
    private let count: Int

    init(_ path: String) throws(SystemError) {
        let file = try FileSystem.open(path, O_RDONLY)
        guard let status = FileSystem.status(of: file.rawValue), status.isRegular, status.size > 0 else {
            throw SystemError(code: EINVAL, operation: "open of \(path)")
        }
        count = Int(status.size)
        guard let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, file.rawValue, 0),
            unsafe address != MAP_FAILED
        else { throw SystemError(code: errno, operation: "mmap of \(path)") }
        unsafe self.address = UnsafeRawPointer(address)
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: address), count) }

    /// Lends the bytes.
    func withBytes<Value, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Value) throws(Failure) -> Value {
        try body(unsafe UnsafeRawBufferPointer(start: address, count: count).bytes)
    }
}

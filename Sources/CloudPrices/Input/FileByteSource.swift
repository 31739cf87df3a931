import ByteText

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is read from its start.
///
/// It is read in blocks rather than mapped: the block stays in the processor's cache, and a file that is cut short
/// while it is read gives an error instead of a signal.
public final class FileByteSource: ByteSource {
    /// The path.
    public let name: String
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `PriceProblem` with code `inputFailed`, naming the system's reason.
    public init(path: String) throws(PriceProblem) {
        name = path
        // Safety: here and below, the path is lent to the call as a C string.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failed("cannot be opened", path, errno) }
        #if os(Linux)
            _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }

    deinit { close(descriptor) }

    /// Reads the next block.
    public func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        while true {
            // Safety: the system writes into the lent buffer only, during the call.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                #if canImport(Glibc)
                    unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                #elseif canImport(Musl)
                    unsafe Musl.read(descriptor, bytes.baseAddress, bytes.count)
                #else
                    unsafe Darwin.read(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.failed("cannot be read", name, errno) }
        }
    }

    private static func failed(_ what: String, _ path: String, _ number: Int32) -> PriceProblem {
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return PriceProblem(.inputFailed, "the file \(what): \(reason)", source: path)
    }
}

/// Price lists in a folder, in the layout of the provider's addresses: a mirror, or recorded fixtures.
public struct FolderOrigin: PriceListOrigin {
    private let folder: String

    /// Makes an origin of the files below a folder.
    public init(_ folder: String) { self.folder = folder }

    /// Opens the file at a path, or the same with `.gz` at its end.
    ///
    /// - Throws: `PriceProblem` with code `inputFailed`; also for a path that leaves the folder.
    public func open(_ path: String) async throws -> any ByteSource {
        let parts = path.bytes.parts(at: "/").filter { !$0.isEmpty }
        guard !parts.contains(where: { $0 == ".." }) else {
            throw PriceProblem(.inputFailed, "the path leads out of the folder", source: path)
        }
        let file = folder + "/" + parts.map(\.string).joined(separator: "/")
        if unsafe access(file + ".gz", R_OK) == 0, unsafe access(file, R_OK) != 0 {
            return try GzipByteSource(try FileByteSource(path: file + ".gz"))
        }
        return try FileByteSource(path: file)
    }
}

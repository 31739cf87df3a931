import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the template is a local array that the system writes the name into; paths are C strings during calls only.

/// A directory for the length of a measurement, removed with the files directly in it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws(SystemError) {
        var template = Array("/tmp/sennit-XXXXXX".utf8CString)
        guard let name = unsafe mkdtemp(&template) else { throw SystemError(code: errno, operation: "mkdtemp") }
        path = unsafe String(cString: name)
        // Servers of another user must be able to pass through.
        _ = unsafe chmod(path, 0o711)
    }

    deinit {
        for name in Directory.names(in: path) where unsafe unlink("\(path)/\(name)") != 0 {
            _ = unsafe rmdir("\(path)/\(name)")
        }
        _ = unsafe rmdir(path)
    }
}

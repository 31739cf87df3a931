#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A system call that failed.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The errno.
    package var code: Int32
    /// What was being done, such as "memfd_create".
    package var operation: String

    package init(code: Int32, operation: String) {
        self.code = code
        self.operation = operation
    }

    package var description: String {
        let advice = SystemLimit.advice(on: code).map { "; \($0)" } ?? ""
        return "\(operation): \(SystemError.text(of: code))\(advice)"
    }

    /// Says what an errno means, in the C library's words.
    package static func text(of code: Int32) -> String {
        // Safety: the text is a constant or, for a number the C library does not know, in a buffer of this thread's own
        // (glibc since 2.32); it is copied before the thread can ask again.
        unsafe "\(String(cString: strerror(code))) (errno \(code))"
    }

    /// A descriptor that was sent to this process found no room in it.
    static let noRoomForDescriptor = SystemError(code: EMFILE, operation: "recvmsg")

    /// Throws unless `code` is 0.
    static func check(_ code: Int32, _ operation: String) throws(SystemError) {
        if code != 0 { throw SystemError(code: code, operation: operation) }
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The standard streams that a child inherits.
package enum InheritedStream {
    /// The stream's number; -1 when this process has closed it.
    ///
    /// Its number then goes to whatever is opened next, such as a socket of the pool's: that is close-on-exec, which no
    /// standard stream is.
    package static func descriptor(_ number: Int32) -> Int32 {
        let flags = fcntl(number, F_GETFD)
        return flags < 0 || flags & FD_CLOEXEC != 0 ? -1 : number
    }
}

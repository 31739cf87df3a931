import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the array of arguments lives until the end of the call that reads it.

/// A child as any library would start it: in its parent's process group, with no care for who outlives whom.
enum PlainChild {
    /// Starts a program found by its name.
    ///
    /// - Returns: The process's number.
    static func start(_ words: [String]) throws(SystemError) -> Int32 {
        guard let name = words.first else { throw SystemError(code: EINVAL, operation: "start of nothing") }
        let arguments = CStringArray(words)
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, name, nil, nil, arguments.pointer, environ)
        guard code == 0 else { throw SystemError(code: code, operation: "start of \(name)") }
        return pid
    }
}

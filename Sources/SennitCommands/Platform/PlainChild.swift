import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the argument strings are copied for the length of the call and freed after it.

/// A child as any library would start it: in its parent's process group, with no care for who outlives whom.
enum PlainChild {
    /// Starts a program found by its name.
    ///
    /// - Returns: The process's number.
    static func start(_ words: [String]) throws(SystemError) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        defer { for unsafe argument in unsafe arguments { unsafe free(argument) } }
        unsafe arguments.append(nil)
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, arguments[0] ?? strdup(""), nil, nil, arguments, environ)
        guard code == 0 else { throw SystemError(code: code, operation: "start of \(words.first ?? "nothing")") }
        return pid
    }
}

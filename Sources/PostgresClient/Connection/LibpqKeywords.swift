import CLibpq

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: libpq's array ends with an entry without a keyword and is freed after it was read; its strings are copied.
/// What the libpq at hand can be told of a connection.
enum LibpqKeywords {
    /// Each keyword, with the value that is built in; empty if there is none.
    ///
    /// The library must be loaded.
    static let known: [String: String] = {
        // An empty text leaves every value unset: unlike `PQconndefaults`, this reads no environment and no file.
        guard let options = unsafe PQconninfoParse("", nil) else { return [:] }
        defer { unsafe PQconninfoFree(options) }
        var known: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            known[unsafe String(cString: keyword)] =
                unsafe option.pointee.compiled.map { unsafe String(cString: $0) } ?? ""
            unsafe option += 1
        }
        return known
    }()

    /// Whether this process's environment has a variable that libpq reads.
    static func isSet(_ variable: String) -> Bool {
        guard let value = unsafe getenv(variable) else { return false }
        return unsafe value.pointee != 0
    }
}

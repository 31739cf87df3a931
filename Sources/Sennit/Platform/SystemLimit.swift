import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The limits that the system puts on this process, for messages that name them.
package enum SystemLimit {
    /// Which limit an errno means, with its value, and how to raise it; nil for an errno that means none.
    package static func advice(on code: Int32) -> String? {
        switch code {
        case EMFILE: "this process may have \(openFiles) open files: raise the limit (ulimit -n)"
        case ENFILE: "the machine's limit on open files is reached: raise it (sysctl fs.file-max)"
        case EFBIG: "a file or shared memory of this process may have \(fileBytes) bytes: raise the limit (ulimit -f)"
        case ENOMEM: memory
        default: nil
        }
    }

    /// How many descriptors this process may have open.
    package static var openFiles: String { text(sennit_soft_limit(Int32(sennit_limit_open_files.rawValue))) }

    private static var fileBytes: String { text(sennit_soft_limit(Int32(sennit_limit_file_bytes.rawValue))) }

    private static var memory: String {
        let space = sennit_soft_limit(Int32(sennit_limit_address_space.rawValue))
        guard space != .max else { return "the machine or the control group is out of memory" }
        return "this process may have \(space) bytes of address space: raise the limit (ulimit -v)"
    }

    private static func text(_ limit: UInt64) -> String { limit == .max ? "any number of" : String(limit) }
}

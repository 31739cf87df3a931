import ByteText

#if canImport(Glibc)
    import Glibc
    // The compiler finds members of `timespec` in this module if another file of the batch has loaded it first.
    import SwiftOverlayShims
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the process was given by whoever started it.
package enum ProcessEnvironment {
    /// The value of a variable, or nil when it is not set.
    package static func value(of name: String) -> String? {
        // Safety: the C library's text is copied at once; nothing in this module changes the environment.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

/// The wall clock.
package enum WallClock {
    /// Milliseconds since 1970.
    package static func milliseconds() -> Int64 {
        var time = timespec()
        // Safety: the call fills a local variable of this thread and keeps no pointer; this clock is always there.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// What tells one build of this program from another.
package enum BuildIdentity {
    /// Changes whenever the executable is built anew; also when it is copied, which is the safe side.
    package static let text: String = {
        guard let status = FileSystem.status("/proc/self/exe") else { return "build" }
        return "build-\(status.inode)-\(status.bytes)-\(status.modified)"
    }()
}

extension FileSystem {
    /// The directory in which the process was started.
    package static var workingDirectory: String {
        // Safety: the C library writes into the buffer whose size it is given; its text is copied.
        var buffer = [CChar](repeating: 0, count: 4096)
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return "." }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension FileSystem {
    /// Where files may be put that nobody will miss.
    package static var temporaryDirectory: String {
        let directory = ProcessEnvironment.value(of: "TMPDIR") ?? "/tmp"
        return PathText.withoutEndingSlashes(directory)
    }
}

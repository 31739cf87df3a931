import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the bytes written outlive the call that reads them, and poll gets the address of a local value.

/// One of the descriptors that a program is started with.
enum StandardStream: Int32, Sendable {
    case output = 1
    case notes = 2

    /// Opens what the program was started without, so that no file or socket gets these numbers by chance.
    ///
    /// Writing to an output that was closed stays an error.
    static func fillGaps() {
        // The system gives the lowest number that is free.
        while case let descriptor = unsafe open("/dev/null", O_RDONLY), descriptor >= 0 {
            if descriptor > notes.rawValue {
                _ = close(descriptor)
                return
            }
        }
    }

    /// Whether a person is looking, at a terminal that can do more than print.
    var isTerminal: Bool { isatty(rawValue) == 1 && environmentVariable("TERM") != "dumb" }

    /// Writes all of the text, without a buffer that could hide a failure.
    func write(_ text: String) throws(OutputError) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe systemWrite(rawValue, UnsafeRawBufferPointer(rebasing: bytes[start...]))
            }
            if count >= 0 {
                start += count
            } else if errno == EAGAIN {
                _ = wait(for: POLLOUT, milliseconds: 1000)
            } else if errno != EINTR {
                throw errno == EPIPE ? .closed : .failed(SystemError(code: errno, operation: "write"))
            }
        }
    }

    /// Whether whoever read the stream has gone, so that writing would fail.
    var isClosed: Bool { wait(for: 0, milliseconds: 0) & Int16(POLLERR) != 0 }

    private func wait(for events: Int32, milliseconds: Int32) -> Int16 {
        var entry = pollfd(fd: rawValue, events: Int16(events), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0 ? entry.revents : 0
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}

/// A variable of the environment; nil if it is not set.
func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}

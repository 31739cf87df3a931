import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The owner of an open descriptor: closes it when its life ends.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The descriptor's number, for as long as this value lives.
    package let rawValue: Int32

    /// Takes over a descriptor that nobody else will close.
    package init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        if rawValue >= 0 { _ = close(rawValue) }
    }

    /// Gives the descriptor up to the caller, who closes it.
    package consuming func take() -> Int32 {
        let rawValue = rawValue
        discard self
        return rawValue
    }

    /// Makes a second descriptor for the same open file, close-on-exec.
    package borrowing func duplicate() throws(SystemError) -> FileDescriptor {
        var copy: Int32 = -1
        // Safety: here and below, the call writes its numbers, one or as many as the array holds, to local variables of
        // this thread and keeps no pointer.
        try SystemError.check(unsafe sennit_duplicate(rawValue, &copy), "fcntl(F_DUPFD_CLOEXEC)")
        return FileDescriptor(adopting: copy)
    }
}

/// Two descriptors that belong together, both close-on-exec.
package struct DescriptorPair: ~Copyable, Sendable {
    /// A pipe's reading end, or one end of a socket pair; nil once taken.
    package var first: FileDescriptor?
    /// A pipe's writing end, or the other end of a socket pair; nil once taken.
    package var second: FileDescriptor?

    init(adopting descriptors: (Int32, Int32)) {
        first = FileDescriptor(adopting: descriptors.0)
        second = FileDescriptor(adopting: descriptors.1)
    }

    /// Makes a pipe: `first` reads what `second` writes.
    package static func pipe() throws(SystemError) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        try SystemError.check(unsafe sennit_pipe(&ends), "pipe2")
        return DescriptorPair(adopting: (ends[0], ends[1]))
    }

    /// Makes two connected local sockets: a byte stream, or packets that keep their boundaries.
    package static func sockets(packets: Bool = false) throws(SystemError) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        try SystemError.check(unsafe sennit_socket_pair(packets, &ends), "socketpair")
        return DescriptorPair(adopting: (ends[0], ends[1]))
    }
}

import CSennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension ControlSocket {
    /// What waits to be sent.
    struct Outgoing {
        struct Message {
            var bytes: [UInt8]
            var offset = 0
            /// Copies of the attached descriptors until the first byte is sent, which takes them along.
            var descriptors: [Int32]
        }

        var messages: [Message] = []
        var pendingBytes = 0

        mutating func discard() {
            for message in messages { message.closeDescriptors() }
            messages = []
            pendingBytes = 0
        }
    }

    /// How many bytes wait for the other end to read.
    package var pendingOutput: Int { outgoing.withLock { $0.pendingBytes } }

    /// Sends one frame, or queues it if the other end is slow and this end does not block.
    ///
    /// - Parameters:
    ///   - kind: What the message is about.
    ///   - payload: At most `maximumPayload` bytes.
    ///   - descriptors: At most `maximumDescriptors`, borrowed: they stay the caller's, who may close them afterwards.
    /// - Throws: An error after which either the whole frame will arrive or nothing of it, but for `.system` and
    ///   `.brokenPipe`, after which nothing more arrives.
    package func send(kind: UInt16, payload: RawSpan, descriptors: [Int32] = []) throws(ControlSocketError) {
        guard payload.byteCount <= ControlSocket.maximumPayload, descriptors.count <= ControlSocket.maximumDescriptors
        else { throw .frameTooLarge(bytes: payload.byteCount) }
        let header = ControlFrameHeader(
            length: UInt32(payload.byteCount), kind: kind, descriptorCount: UInt16(descriptors.count))
        try outgoing.withLock { (outgoing) throws(ControlSocketError) in
            try self.send(header: header.word, payload: payload, descriptors: descriptors, &outgoing)
        }
    }

    /// Sends one frame whose payload is an array.
    package func send(
        kind: UInt16, payload: [UInt8] = [], descriptors: [Int32] = []
    ) throws(ControlSocketError) {
        try unsafe send(kind: kind, payload: payload.span.bytes, descriptors: descriptors)
    }

    /// Sends what waits, as far as the other end reads; call it when the descriptor is writable.
    ///
    /// - Returns: Whether nothing waits any longer.
    @discardableResult
    package func flush() throws(ControlSocketError) -> Bool {
        try outgoing.withLock { (outgoing) throws(ControlSocketError) in try self.flush(&outgoing) }
    }

    private func flush(_ outgoing: inout Outgoing) throws(ControlSocketError) -> Bool {
        while let message = outgoing.messages.first {
            let rest = unsafe message.bytes.span.bytes.extracting(droppingFirst: message.offset)
            let sent = try write(header: nil, rest, message.descriptors)
            guard let sent else { return false }
            message.closeDescriptors()
            outgoing.messages[0].descriptors = []
            outgoing.messages[0].offset += sent
            outgoing.pendingBytes -= sent
            if outgoing.messages[0].offset == message.bytes.count { outgoing.messages.removeFirst() }
        }
        return true
    }

    private func send(
        header: UInt64, payload: RawSpan, descriptors: [Int32], _ outgoing: inout Outgoing
    ) throws(ControlSocketError) {
        let size = ControlFrameHeader.size + payload.byteCount
        let sent = try flush(&outgoing) ? try write(header: header, payload, descriptors) ?? 0 : 0
        if sent == size { return }
        if case .queued(let maximum) = sending, sent == 0, outgoing.pendingBytes + size > maximum {
            throw .outputFull(pendingBytes: outgoing.pendingBytes)
        }
        var bytes = unsafe withUnsafeBytes(of: header) { unsafe Array($0) }
        unsafe payload.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        var message = Outgoing.Message(bytes: bytes, offset: sent, descriptors: [])
        if sent == 0 { message.descriptors = try duplicates(of: descriptors) }
        outgoing.messages.append(message)
        outgoing.pendingBytes += size - sent
        guard sending == .blocking else { return }
        while try !flush(&outgoing) {
            do throws(SystemError) {
                _ = try EventPoll.wait(for: .writable, on: descriptor)
            } catch {
                throw .system(error)
            }
        }
    }

    /// Writes without waiting; nil if the other end takes nothing now.
    private func write(
        header: UInt64?, _ payload: RawSpan, _ descriptors: [Int32]
    ) throws(ControlSocketError) -> Int? {
        var word = header ?? 0
        let wordSize = header == nil ? 0 : ControlFrameHeader.size
        // Safety: the word, the payload and the array of descriptors are borrowed for the call, which reads as many
        // bytes and numbers as it is told and keeps no pointer. Payloads that must wait are copied into messages of
        // their own.
        let result = unsafe payload.withUnsafeBytes { bytes in
            unsafe sennit_socket_send(
                socket.rawValue, &word, wordSize, bytes.baseAddress, bytes.count, descriptors, descriptors.count)
        }
        if result >= 0 { return result }
        switch Int32(-result) {
        case EAGAIN: return nil
        case EPIPE, ECONNRESET: throw .brokenPipe
        case let code: throw .system(SystemError(code: code, operation: "sendmsg"))
        }
    }

    private func duplicates(of descriptors: [Int32]) throws(ControlSocketError) -> [Int32] {
        var copies: [Int32] = []
        for descriptor in descriptors {
            var copy: Int32 = -1
            let code = unsafe sennit_duplicate(descriptor, &copy)
            guard code == 0 else {
                Outgoing.Message(bytes: [], descriptors: copies).closeDescriptors()
                throw .system(SystemError(code: code, operation: "fcntl(F_DUPFD_CLOEXEC)"))
            }
            copies.append(copy)
        }
        return copies
    }
}

extension ControlSocket.Outgoing.Message {
    func closeDescriptors() {
        for descriptor in descriptors { _ = FileDescriptor(adopting: descriptor) }
    }
}

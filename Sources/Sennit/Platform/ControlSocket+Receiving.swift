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
    /// What has come in and is not a whole frame yet.
    struct Incoming {
        /// Bytes in `start..<end` are unread; the rest is room.
        var buffer: [UInt8] = []
        var start = 0
        var end = 0
        /// Descriptors whose frames are not whole yet, in order.
        var descriptors: [Int32] = []
        /// Why nothing more is received.
        var failure: ControlSocketError?

        mutating func discard() {
            for descriptor in descriptors { _ = FileDescriptor(adopting: descriptor) }
            descriptors = []
            buffer = []
            start = 0
            end = 0
        }
    }

    /// Room for control messages at rest; a larger frame has it grown for as long as it takes.
    private static let restingRoom = 4096
    /// How much one call reads at most, so that an end that never stops sending cannot keep the other busy for ever.
    private static let bytesPerCall = 4 << 20

    /// Hands over every whole frame that is there, without waiting for more.
    ///
    /// The handler runs under the socket's receiving lock: it may send on this socket but not receive. Descriptors that
    /// it does not take are closed.
    /// - Throws: `.malformed` or `.system`, after which every later call throws the same.
    package func receive(
        _ handler: (inout ControlFrame) -> Void
    ) throws(ControlSocketError) -> ControlReceipt {
        try incoming.withLock { (incoming) throws(ControlSocketError) in
            if let failure = incoming.failure { throw failure }
            do throws(ControlSocketError) {
                return try receive(into: &incoming, handler)
            } catch {
                incoming.discard()
                incoming.failure = error
                throw error
            }
        }
    }

    /// Waits until there is a frame or the other end is closed, and hands over what is there.
    ///
    /// - Returns: `.open(frames: 0)` when the time was up.
    package func receiveBlocking(
        timeoutNanoseconds: UInt64 = .max, _ handler: (inout ControlFrame) -> Void
    ) throws(ControlSocketError) -> ControlReceipt {
        let deadline = MonotonicClock.now().addingReportingOverflow(timeoutNanoseconds)
        while true {
            let receipt = try receive(handler)
            guard receipt == .open(frames: 0) else { return receipt }
            let now = MonotonicClock.now()
            let left = deadline.overflow ? .max : deadline.partialValue > now ? deadline.partialValue - now : 0
            if left == 0 { return receipt }
            do throws(SystemError) {
                _ = try EventPoll.wait(for: .readable, on: descriptor, timeoutNanoseconds: left)
            } catch {
                throw .system(error)
            }
        }
    }

    private func receive(
        into incoming: inout Incoming, _ handler: (inout ControlFrame) -> Void
    ) throws(ControlSocketError) -> ControlReceipt {
        var frames = 0
        var total = 0
        while total < ControlSocket.bytesPerCall {
            incoming.makeRoom(atLeast: ControlSocket.restingRoom)
            guard let count = try read(into: &incoming) else { return .open(frames: frames) }
            if count == 0 {
                let isTruncated = incoming.end > incoming.start
                incoming.discard()
                return .endOfFile(isTruncated: isTruncated)
            }
            total += count
            while var frame = try incoming.nextFrame() {
                frames += 1
                handler(&frame)
            }
        }
        return .open(frames: frames)
    }

    /// Reads once; nil if there is nothing now, 0 at the end.
    private func read(into incoming: inout Incoming) throws(ControlSocketError) -> Int? {
        let socket = socket.rawValue
        var arrived = [Int32](repeating: -1, count: ControlSocket.maximumDescriptors)
        var arrivedCount = 0
        let end = incoming.end
        // Safety: the buffer belongs to the thread that holds the receiving lock. The call writes at most `room.count`
        // bytes behind `end` and at most `maximumDescriptors` numbers to `arrived`, says how many, and keeps neither
        // pointer.
        let result = unsafe incoming.buffer.withUnsafeMutableBytes { buffer in
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
            return unsafe sennit_socket_receive(socket, room.baseAddress, room.count, &arrived, &arrivedCount)
        }
        incoming.descriptors.append(contentsOf: arrived.prefix(arrivedCount))
        if result >= 0 {
            incoming.end += result
            return result
        }
        switch Int32(-result) {
        case EAGAIN: return nil
        // The other end was closed with unread messages from us.
        case ECONNRESET: return 0
        case EMSGSIZE: throw .malformed("too many descriptors")
        case let code: throw .system(SystemError(code: code, operation: "recvmsg"))
        }
    }
}

extension ControlSocket.Incoming {
    /// Makes room behind the unread bytes: for the rest of a frame that has begun, and no less than `atLeast`.
    mutating func makeRoom(atLeast room: Int) {
        if start == end {
            start = 0
            end = 0
            if buffer.count > 16 * room { buffer = [] }
        }
        var wanted = room
        if let header { wanted = max(wanted, ControlFrameHeader.size + Int(header.length) - (end - start)) }
        if buffer.count - end >= wanted { return }
        if start > 0 {
            buffer.removeSubrange(..<start)
            end -= start
            start = 0
        }
        if buffer.count - end < wanted {
            // An array, which is appended at once; other sequences go byte by byte in a debug build.
            buffer.append(contentsOf: [UInt8](repeating: 0, count: wanted - (buffer.count - end)))
        }
    }

    /// The header of the frame that comes next, if all of it is there.
    private var header: ControlFrameHeader? {
        guard end - start >= ControlFrameHeader.size else { return nil }
        // The span is used up before the buffer changes.
        return unsafe ControlFrameHeader(bytes: buffer.span.bytes.extracting(start..<start + ControlFrameHeader.size))
    }

    /// Takes the next frame if all of it is there.
    mutating func nextFrame() throws(ControlSocketError) -> ControlFrame? {
        guard let header else {
            if start == end, !descriptors.isEmpty { throw .malformed("descriptors without a frame") }
            return nil
        }
        let (length, count) = (Int(header.length), Int(header.descriptorCount))
        guard length <= ControlSocket.maximumPayload else { throw .malformed("a frame of \(length) bytes") }
        guard count <= ControlSocket.maximumDescriptors else { throw .malformed("a frame of \(count) descriptors") }
        let from = start + ControlFrameHeader.size
        let isWhole = end - from >= length
        // They travel with the frame's first byte.
        let attached = try attachedDescriptors(count)
        guard isWhole else { return nil }
        let frame = ControlFrame(
            kind: header.kind, payload: Array(buffer[from..<from + length]),
            adopting: descriptors.prefix(attached).filter { $0 >= 0 }[...])
        descriptors.removeFirst(attached)
        start = from + length
        return frame
    }

    /// How many of the descriptors that came belong to a frame with `count` of them.
    ///
    /// Fewer than that when this process had no room for all; then the last one is -1.
    private func attachedDescriptors(_ count: Int) throws(ControlSocketError) -> Int {
        if let lost = descriptors.prefix(count).firstIndex(of: -1) { return lost + 1 }
        guard count <= descriptors.count else { throw .malformed("a frame without its descriptors") }
        return count
    }
}

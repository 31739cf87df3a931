import CSennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a control socket could not send or receive.
package enum ControlSocketError: Error, Hashable, CustomStringConvertible {
    /// The other end is closed; nothing more can be sent. What it wrote before may still be received.
    case brokenPipe
    /// The other end does not read, and more would not fit the bounded queue. The frame was not sent.
    case outputFull(pendingBytes: Int)
    /// The frame is over `ControlSocket.maximumPayload`. It was not sent.
    case frameTooLarge(bytes: Int)
    /// The other end sent something that is no frame. Nothing more is received.
    case malformed(String)
    case system(SystemError)

    package var description: String {
        switch self {
        case .brokenPipe: "the control socket's other end is closed"
        case .outputFull(let bytes): "the control socket's other end does not read (\(bytes) bytes are waiting)"
        case .frameTooLarge(let bytes):
            "a control frame of \(bytes) bytes is over the limit of \(ControlSocket.maximumPayload)"
        case .malformed(let reason): "the control socket's other end does not keep to the protocol: \(reason)"
        case .system(let error): "control socket: \(error)"
        }
    }
}

/// What a look for incoming frames found.
package enum ControlReceipt: Hashable, Sendable {
    /// The other end is there; so many frames were handed over.
    case open(frames: Int)
    /// The other end is closed and everything it sent is handed over, but for a frame it did not finish.
    case endOfFile(isTruncated: Bool)
}

/// One end of a stream of framed messages between this process and another, with descriptors attached to them.
///
/// Any thread may send and receive; frames neither mix nor change order.
package final class ControlSocket: Sendable {
    /// The most bytes one frame carries.
    package static let maximumPayload = 1 << 20
    /// The most descriptors one frame carries.
    package static let maximumDescriptors = Int(SENNIT_DESCRIPTORS_PER_MESSAGE)

    /// What sending does when the other end is slow.
    package enum Sending: Sendable, Hashable {
        /// Waits for it.
        case blocking
        /// Keeps up to so many bytes until `flush()` can send them.
        case queued(maximumBytes: Int)
    }

    let socket: FileDescriptor
    let sending: Sending
    let outgoing = Mutex(Outgoing())
    let incoming = Mutex(Incoming())

    /// The descriptor, to watch for `.readable` and, while `pendingOutput` is over 0, `.writable`.
    package var descriptor: Int32 { socket.rawValue }

    /// Takes over one end of a stream socket.
    package init(adopting socket: consuming FileDescriptor, sending: Sending = .queued(maximumBytes: 4 << 20)) {
        self.socket = socket
        self.sending = sending
    }

    deinit {
        outgoing.withLock { $0.discard() }
        incoming.withLock { $0.discard() }
    }
}

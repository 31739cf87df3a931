import CCurl
import Dispatch
import Glibc
import Synchronization
import WebFetch

/// A server that does with each connection what a test says, byte by byte.
final class RawServer: Sendable {
    let port: UInt16
    /// The Unix socket, if it listens at one.
    let path: String?
    private let listener: Int32
    private let state = Mutex(State())
    private let threads = DispatchGroup()

    private struct State {
        var open: [Int: RawConnection] = [:]
        var accepted = 0
        var isStopped = false
    }

    /// Listens at a free port of the loopback address, or at a Unix socket.
    init(path: String? = nil, _ handler: @escaping @Sendable (RawConnection) -> Void) throws {
        self.path = path
        if let path {
            (listener, port) = (try Self.makeListener(atPath: path), 0)
        } else {
            (listener, port) = try Self.listenAtLoopback()
        }
        startThread { [self] in
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                let connection = state.withLock { state -> RawConnection? in
                    guard !state.isStopped else { return nil }
                    let connection = RawConnection(descriptor, number: state.accepted)
                    state.open[state.accepted] = connection
                    state.accepted += 1
                    return connection
                }
                guard let connection else { break }
                startThread { [self] in
                    handler(connection)
                    state.withLock { $0.open[connection.number] = nil }
                    connection.close()
                }
            }
        }
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// How many connections were accepted.
    var connectionCount: Int { state.withLock { $0.accepted } }

    /// Ends every connection and waits until every handler has returned.
    func stop() {
        let connections = state.withLock { state -> [RawConnection]? in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            return Array(state.open.values)
        }
        // A second close would close whatever has the descriptor by then.
        guard let connections else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections { connection.cut() }
        threads.wait()
        close(listener)
        if let path { _ = unsafe unlink(path) }
    }

    private func startThread(_ body: @escaping @Sendable () -> Void) {
        threads.enter()
        let box = Box { [threads] in
            body()
            threads.leave()
        }
        // Safety: the box is released by the one thread that it is passed to.
        let started = unsafe sennit_thread_start(
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            }, Unmanaged.passRetained(box).toOpaque())
        precondition(started == 0)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    struct SystemError: Error { var number = errno }

    fileprivate static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func listenAtLoopback() throws -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, length) == 0 && listen(descriptor, 256) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard descriptor >= 0, bound else { throw SystemError() }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func makeListener(atPath path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                    && listen(descriptor, 256) == 0
            }
        }
        guard descriptor >= 0, bound else { throw SystemError() }
        return descriptor
    }
}

/// A request as its bytes arrived.
struct RawRequest: Sendable {
    var head: String
    var body: [UInt8]

    /// The method and the target.
    var line: String { String(head.prefix { $0 != "\r\n" }.split(separator: " ").prefix(2).joined(separator: " ")) }
    var target: String { String(line.split(separator: " ").last ?? "") }

    func header(_ name: String) -> String? {
        head.split(separator: "\r\n").dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }
}

/// `send`, whose name a connection has for itself.
private func transmit(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, waits: Bool) -> Int {
    unsafe send(descriptor, bytes, count, Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT)))
}

private func release(_ descriptor: Int32) { _ = close(descriptor) }

/// One connection of a `RawServer`.
final class RawConnection: Sendable {
    /// The place among the server's connections, from zero.
    let number: Int
    private let descriptor: Int32
    private let buffer = Mutex<[UInt8]>([])

    init(_ descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    /// The next bytes; none behind the last.
    func read() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    private func readMore() -> Bool {
        let bytes = read()
        buffer.withLock { $0 += bytes }
        return !bytes.isEmpty
    }

    /// Exactly so many bytes; nil if the client closes before.
    func read(exactly count: Int) -> [UInt8]? {
        while buffer.withLock({ $0.count < count }) {
            guard readMore() else { return nil }
        }
        return buffer.withLock { buffer in
            defer { buffer.removeFirst(count) }
            return Array(buffer.prefix(count))
        }
    }

    /// Everything up to a mark, and with it; nil if the client closes before.
    func read(through mark: String) -> String? {
        let mark = Array(mark.utf8)
        while true {
            let found = buffer.withLock { buffer -> String? in
                guard buffer.count >= mark.count,
                    let start = (0...(buffer.count - mark.count)).first(where: { buffer[$0...].starts(with: mark) })
                else { return nil }
                defer { buffer.removeFirst(start + mark.count) }
                return String(decoding: buffer[..<(start + mark.count)], as: UTF8.self)
            }
            if let found { return found }
            guard readMore() else { return nil }
        }
    }

    /// The next request with its body; nil once the client has closed.
    func readRequest() -> RawRequest? {
        guard let head = read(through: "\r\n\r\n") else { return nil }
        var request = RawRequest(head: head, body: [])
        if let length = request.header("content-length").flatMap({ Int($0) }) {
            guard let body = read(exactly: length) else { return nil }
            request.body = body
        } else if request.header("transfer-encoding") == "chunked" {
            while true {
                guard let line = read(through: "\r\n"), let size = Int(line.dropLast(1), radix: 16),
                    let piece = read(exactly: size + 2)
                else { return nil }
                if size == 0 { break }
                request.body += piece.dropLast(2)
            }
        }
        return request
    }

    /// Sends every byte.
    ///
    /// - Returns: Whether the client was still there.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe transmit(
                    descriptor, bytes.baseAddress.map { unsafe $0 + sent }, bytes.count - sent, waits: true)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends as much as the system takes without waiting.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe transmit(descriptor, bytes.baseAddress, bytes.count, waits: false)
        }
    }

    /// Sends a whole response.
    func respond(_ status: String, _ headers: [String] = [], _ body: [UInt8] = []) {
        let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.count)", "", ""]
        send(Array(lines.joined(separator: "\r\n").utf8) + body)
    }

    /// Reads until the client closes.
    func waitForClose() { while !read().isEmpty {} }

    /// Passes bytes on between the client and another server of this machine, until one of them closes.
    func tunnel(to port: UInt16) {
        guard let other = try? RawConnection(connectedTo: port) else { return }
        defer { other.close() }
        var ends = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&ends, 2, -1) > 0 {
            for (end, source, target) in [(0, self, other), (1, other, self)] where ends[end].revents != 0 {
                let bytes = source.read()
                guard !bytes.isEmpty, target.send(bytes) else { return }
            }
        }
    }

    private convenience init(connectedTo port: UInt16) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = RawServer.loopback(port)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw RawServer.SystemError() }
        self.init(descriptor, number: -1)
    }

    /// Ends both directions; a read or a send under way returns.
    func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Has the client see a reset in place of an end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    fileprivate func close() {
        release(descriptor)
    }
}

/// Runs `body` with a server and a client of it, and ends both, whatever happens.
func withServer<Result>(
    path: String? = nil, _ change: (inout WebConfiguration) -> Void = { _ in },
    handler: @escaping @Sendable (RawConnection) -> Void,
    _ body: (RawServer, WebClient) async throws -> Result
) async throws -> Result {
    let server = try RawServer(path: path, handler)
    var configuration = WebConfiguration()
    configuration.addresses = .publicAndLoopback
    configuration.retry = .never
    change(&configuration)
    do {
        let result = try await WebClient.withClient(configuration) { try await body(server, $0) }
        try await offPool { server.stop() }
        return result
    } catch {
        try await offPool { server.stop() }
        throw error
    }
}

/// A handler that answers every request of a connection.
func answering(
    _ answer: @escaping @Sendable (RawRequest, RawConnection) -> Void
) -> @Sendable (RawConnection) -> Void {
    { connection in
        while let request = connection.readRequest() { answer(request, connection) }
    }
}

import Glibc
import Sennit
import SennitPipeline
import SennitWebhooks
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct WebhookNotifierTests {
    private func notification() throws -> RunNotification {
        RunNotification(
            pipeline: "prices", run: try #require(RunID("20250421-143012-7f3a9c")), status: .failed,
            message: "Step 'aws' failed: \"no\"\nreally", failedSteps: ["aws"], milliseconds: 1500)
    }

    private func notifier(
        _ receiver: Receiver, attempts: Int = 3, timeout: String = ""
    ) -> WebhookNotifier {
        let settings = NotificationSettings(
            name: "team", type: .slack, url: .file(receiver.addressFile), attempts: attempts)
        return WebhookNotifier(
            settings, retry: RetryPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(2)))
    }

    @Test func `a message arrives in the form that Slack understands`() async throws {
        let receiver = try Receiver(answering: [200])
        let sent = await notifier(receiver).send(try notification())
        #expect(sent == NotificationSent(channel: "team", isDelivered: true, attempts: 1))
        let request = try #require(receiver.requests.first)
        #expect(request.hasPrefix("POST /hooks/s3cr3t HTTP/1.1\r\n"))
        #expect(
            request.hasSuffix(
                #"{"text":"Pipeline *prices* failed (run 20250421-143012-7f3a9c, 1.5 s). "#
                    + #"Step 'aws' failed: \"no\"\nreally"}"#), "\(request)")
    }

    @Test func `a receiver that recovers gets the message`() async throws {
        let receiver = try Receiver(answering: [500, 429, 204])
        let sent = await notifier(receiver).send(try notification())
        #expect(sent == NotificationSent(channel: "team", isDelivered: true, attempts: 3))
        #expect(receiver.requests.count == 3)
    }

    @Test func `a refusal is not tried again`() async throws {
        let receiver = try Receiver(answering: [404, 200])
        let sent = await notifier(receiver).send(try notification())
        #expect(!sent.isDelivered)
        #expect(sent.attempts == 1)
        #expect(sent.failure == "the receiver answered with status 404")
    }

    @Test func `nobody there, and the address stays secret`() async throws {
        let receiver = try Receiver(answering: [])
        let notifier = notifier(receiver, attempts: 2)
        receiver.close()
        let sent = await notifier.send(try notification())
        #expect(!sent.isDelivered)
        #expect(sent.attempts == 2)
        #expect(sent.failure?.contains("s3cr3t") == false)
    }

    @Test func `an address that is not there is told by its place`() async throws {
        let settings = NotificationSettings(name: "team", type: .webhook, url: .environment("HOOK_NOT_SET"))
        let sent = await WebhookNotifier(settings).send(try notification())
        #expect(sent.attempts == 0)
        #expect(sent.failure?.contains("HOOK_NOT_SET") == true)
    }
}

/// A server on the loopback that answers each connection with the next status.
final class Receiver: Sendable {
    private let socket: Int32
    private let seen = Mutex<[String]>([])
    /// A file with its address, which is gone when the receiver is.
    let addressFile = "\(FileSystem.temporaryDirectory)/sennit-hook-\(UInt64.random(in: 0 ... .max))"

    var requests: [String] { seen.withLock { $0 } }

    init(answering statuses: [Int]) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(socket >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, length) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        try #require(bound)
        self.socket = socket
        let port = UInt16(bigEndian: address.sin_port)
        try FileSystem.write(Array("http://127.0.0.1:\(port)/hooks/s3cr3t".utf8), to: addressFile)
        guard !statuses.isEmpty else { return }
        try SystemThread.start(name: "receiver", stackBytes: 512 * 1024) { [self] in
            for status in statuses where !answer(status) { return }
        }
    }

    deinit { try? FileSystem.remove(addressFile) }

    func close() { Glibc.close(socket) }

    private func answer(_ status: Int) -> Bool {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return false }
        defer { Glibc.close(connection) }
        var request = ""
        var block = [UInt8](repeating: 0, count: 65_536)
        while !Receiver.isWhole(request) {
            let count = unsafe recv(connection, &block, block.count, 0)
            guard count > 0 else { return false }
            request += String(decoding: block[..<count], as: UTF8.self)
        }
        seen.withLock { $0.append(request) }
        let answer = Array("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        return unsafe send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count
    }

    private static func isWhole(_ request: String) -> Bool {
        guard let end = request.firstRange(of: "\r\n\r\n") else { return false }
        let head = request[..<end.lowerBound].lowercased()
        guard let field = head.firstRange(of: "content-length: ") else { return false }
        let length = Int(head[field.upperBound...].prefix { $0.isNumber }) ?? 0
        return request[end.upperBound...].utf8.count >= length
    }
}

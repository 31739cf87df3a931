import Foundation
import Glibc
import Testing

@testable import WebFetch

struct LeakTests {
    /// In a process of its own: descriptors of tests that run beside this one would count as well.
    @Test func `no descriptor and no thread is left of clients that met every kind of end`() async {
        await #expect(processExitsWith: .success) {
            func count(_ folder: String) throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: folder).count
            }
            func round() async throws {
                var hasty = WebLimits()
                hasty.firstByte = .milliseconds(50)
                let handler = answering { request, connection in
                    switch request.target {
                    case "/whole": return connection.respond("200 OK", [], Array(repeating: 1, count: 100_000))
                    case "/cut": connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
                    case "/silent": connection.waitForClose()
                    default: break
                    }
                    connection.cut()
                }
                try await withServer(handler: handler) { server, client in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<40 {
                            let target = ["/whole", "/cut", "/silent", "/closed"][number % 4]
                            var request = try WebRequest(server.url(target))
                            if target == "/silent" { request.limits = hasty }
                            group.addTask { [request] in _ = try? await client.collect(request) }
                        }
                        for _ in 0..<20 {
                            let task = Task { try await client.collect(WebRequest(server.url("/silent"))) }
                            task.cancel()
                            group.addTask { _ = await task.result }
                        }
                        try await group.waitForAll()
                    }
                    // Some bodies are left unread.
                    _ = try await client.fetch(WebRequest(server.url("/whole"))) { $0.status }
                }
            }
            try await round()
            let (descriptors, threads) = (try count("/proc/self/fd"), try count("/proc/self/task"))
            for _ in 0..<5 { try await round() }
            // The last threads may still be on their way out, for which there is no event.
            for _ in 0..<2000 where try count("/proc/self/task") >= threads + 6 { usleep(5000) }
            expect(max(try count("/proc/self/fd"), descriptors), is: descriptors)
            // Threads of Swift's own pool may have been added; clients and servers would have left twelve or more.
            expect(try count("/proc/self/task") < threads + 6, is: true)
        }
    }

    @Test func `a client that is dropped without a word lets go of its thread and connections`() async throws {
        let closed = Signal()
        let server = try RawServer { connection in
            while connection.readRequest() != nil { connection.respond("200 OK") }
            closed.fire()
        }
        defer { server.stop() }
        do {
            var configuration = WebConfiguration()
            configuration.addresses = .publicAndLoopback
            let client = WebClient(configuration)
            _ = try await client.collect(WebRequest(server.url()))
        }
        await closed.wait()
    }
}

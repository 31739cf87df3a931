import CScriptedNames
import Glibc
import Synchronization
import Testing

@testable import WebFetch

/// Whatever a fetch waits for, its cancellation ends the wait, and the connection.
struct CancellationTests {
    /// Cancels a fetch once the server says that it is where it should be.
    private func cancelled(
        _ handler: @escaping @Sendable (RawConnection, Signal) -> Void,
        _ prepare: (inout WebRequest) -> Void = { _ in }
    ) async throws -> Bool {
        let signal = Signal()
        return try await withServer(handler: { handler($0, signal) }) { server, client in
            var request = try WebRequest(server.url())
            prepare(&request)
            let task = Task { [request] in try await client.collect(request) }
            await signal.wait()
            task.cancel()
            let result = await task.result
            // The server sees the end of the connection, so its handler returns; `withServer` waits for that.
            guard case .failure(let error) = result else { return false }
            return error is CancellationError
        }
    }

    @Test func `while it waits for a head`() async throws {
        #expect(
            try await cancelled { connection, signal in
                _ = connection.readRequest()
                signal.fire()
                connection.waitForClose()
            })
    }

    @Test func `within a head`() async throws {
        #expect(
            try await cancelled { connection, signal in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nX: y\r\n")
                signal.fire()
                connection.waitForClose()
            })
    }

    @Test func `within a body`() async throws {
        #expect(
            try await cancelled { connection, signal in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
                signal.fire()
                connection.waitForClose()
            })
    }

    @Test func `while it sends`() async throws {
        #expect(
            try await cancelled({ connection, signal in
                _ = connection.read(exactly: 100)
                signal.fire()
                // Nothing more is read until the client is gone, so its send stalls.
                connection.waitForClose()
            }) { request in
                request.method = .put
                request.upload = .bytes(Array(repeating: 0, count: 50 << 20))
            })
    }

    @Test func `while its own body does not come`() async throws {
        #expect(
            try await cancelled({ connection, signal in
                _ = connection.read(exactly: 100)
                signal.fire()
                connection.waitForClose()
            }) { request in
                request.method = .put
                request.upload = .stream(length: nil) {
                    {
                        try await Task.sleep(for: .seconds(3600))  // Ended by the cancellation that is tested.
                        return nil
                    }
                }
            })
    }

    @Test func `while it waits to try again`() async throws {
        let waiting = Signal()
        let transport = RecordedTransport([RecordedExchange(url: "http://e.org/", head: WebHead(status: 503))])
        var pace = Pace.immediate
        pace.wait = { _ in
            waiting.fire()
            try await Task.sleep(for: .seconds(3600))  // Ended by the cancellation that is tested.
        }
        let client = WebClient(WebConfiguration(), transport: transport, pace: pace)
        let task = Task { try await client.collect(WebRequest("http://e.org/")) }
        await waiting.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `while a name is looked up, without waiting for the name server`() async throws {
        let name = "slow-\(UInt32.random(in: 0 ... .max)).scripted.test"
        // Safety: the C function copies the name.
        unsafe sennit_names_block(name)
        defer { unsafe sennit_names_release(name) }
        try await withServer(handler: answering { _, connection in connection.respond("200 OK") }) { server, client in
            let task = Task { try await client.collect(WebRequest("http://\(name)/")) }
            while unsafe sennit_names_count(name) == 0 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // The engine is not held up either.
            let document = try await client.collect(WebRequest(server.url()))
            #expect(document.status == 200)
        }
    }

    @Test func `while it waits for its turn`() async throws {
        try await withServer({ $0.maximumRequests = 1 }, handler: { $0.waitForClose() }) { server, client in
            let first = Task { try await client.collect(WebRequest(server.url())) }
            while server.connectionCount == 0 { await Task.yield() }
            let second = Task { try await client.collect(WebRequest(server.url())) }
            while client.counts.requests < 2 { await Task.yield() }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
        }
    }

    @Test func `before it starts`() async throws {
        try await withServer(handler: { _ in }) { server, client in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await client.collect(WebRequest(server.url()))
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `a storm of cancellations leaves a client that works`() async throws {
        let handler = answering { _, connection in
            connection.respond("200 OK", [], Array(repeating: 7, count: 20_000))
        }
        try await withServer(handler: handler) { server, client in
            for round in 0..<20 {
                let tasks = (0..<20).map { _ in Task { try await client.collect(WebRequest(server.url())).bytes.count }
                }
                for (index, task) in tasks.enumerated() where (index + round).isMultiple(of: 2) { task.cancel() }
                for task in tasks {
                    switch await task.result {
                    case .success(let count): #expect(count == 20_000)
                    case .failure(let error): #expect(error is CancellationError)
                    }
                }
            }
            let document = try await client.collect(WebRequest(server.url()))
            #expect(document.bytes.count == 20_000)
        }
    }
}

/// Fires once, for whoever waits then or later.
final class Signal: Sendable {
    private let state = Mutex<(isFired: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func fire() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isFired = state.withLock { state in
                if !state.isFired { state.waiters.append(continuation) }
                return state.isFired
            }
            if isFired { continuation.resume() }
        }
    }
}

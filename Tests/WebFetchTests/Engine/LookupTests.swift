import CScriptedNames
import Testing

@testable import WebFetch

struct LookupTests {
    private func name() -> String { "name-\(UInt32.random(in: 0 ... .max)).scripted.test" }

    private func answer(_ name: String, _ addresses: [String]) {
        // Safety: the C function copies the texts.
        for address in addresses { unsafe sennit_names_add(name, address) }
    }

    @Test func `a name without an address is said so`() async throws {
        var configuration = WebConfiguration()
        configuration.retry = .never
        try await WebClient.withClient(configuration) { [name = name()] client in
            let error = try await client.failure(of: WebRequest("http://\(name)/"))
            #expect(error?.code == .nameNotFound)
            #expect(error?.phase == .lookup)
            #expect(error?.isUnsent == true)
        }
    }

    @Test func `a lookup without end is bounded by the time to connect`() async throws {
        let name = name()
        unsafe sennit_names_block(name)
        defer { unsafe sennit_names_release(name) }
        var configuration = WebConfiguration()
        configuration.retry = .never
        configuration.limits.connect = .milliseconds(200)
        try await WebClient.withClient(configuration) { client in
            let error = try await client.failure(of: WebRequest("http://\(name)/"))
            #expect(error?.code == .timedOut)
            #expect(error?.limit == .connect)
            #expect(error?.phase == .lookup)
        }
    }

    @Test(arguments: ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
    func `a name that leads to a private address is refused`(address: String) async throws {
        let name = name()
        answer(name, [address])
        var configuration = WebConfiguration()
        configuration.retry = .never
        try await WebClient.withClient(configuration) { client in
            let error = try await client.failure(of: WebRequest("http://\(name)/"))
            #expect(error?.code == .addressRefused)
        }
    }

    @Test func `a name whose address changes between a check and the connection gains nothing`() async throws {
        let name = name()
        // The policy is asked with the address that is connected to, whatever a lookup said before.
        answer(name, ["93.184.216.34", "127.0.0.1"])
        unsafe sennit_names_block(name)
        unsafe sennit_names_release(name)
        let handler = answering { _, connection in connection.respond("200 OK") }
        try await withServer({ $0.addresses = .publicOnly }, handler: handler) { server, client in
            var limits = WebLimits()
            limits.connect = .milliseconds(200)
            var request = try WebRequest("http://\(name):\(server.port)/")
            request.limits = limits
            _ = try await client.failure(of: request)
            // A client of its own has a memory of names of its own, so the name is looked up again.
            var configuration = WebConfiguration()
            configuration.retry = .never
            let error = try await WebClient.withClient(configuration) { try await $0.failure(of: request) }
            #expect(error?.code == .addressRefused)
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `a name that leads to the server is asked with its name`() async throws {
        let name = name()
        answer(name, ["127.0.0.1"])
        let handler = answering { request, connection in
            connection.respond("200 OK", [], Array((request.header("host") ?? "").utf8))
        }
        try await withServer(handler: handler) { server, client in
            let document = try await client.collect(WebRequest("http://\(name):\(server.port)/"))
            #expect(document.text == "\(name):\(server.port)")
            #expect(document.report?.remoteAddress == "127.0.0.1")
        }
    }
}

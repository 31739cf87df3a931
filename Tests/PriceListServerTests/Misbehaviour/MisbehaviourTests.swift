import CloudPrices
import Foundation
import PriceListServer
import Testing

struct MisbehaviourTests {
    @Test(
        arguments: [
            ("429", Misbehaviour(.status(429))),
            ("503=7@/api*2", Misbehaviour(.status(503, retryAfter: "7"), path: "/api", times: 2)),
            ("cut=100", Misbehaviour(.cut(after: 100))), ("truncated=5*1", Misbehaviour(.truncated(to: 5), times: 1)),
            ("html@x", Misbehaviour(.html, path: "x")), ("plain-as-gzip", Misbehaviour(.plainAsGzip)),
            ("damaged-gzip", Misbehaviour(.damagedGzip)), ("endless-pages", Misbehaviour(.endlessPages)),
            ("slow=9", Misbehaviour(.slow(piece: 9, pause: .milliseconds(20)))), ("changing", Misbehaviour(.changing)),
            ("repeated-page", Misbehaviour(.repeatedPage)), ("no-ranges", Misbehaviour(.noRanges)),
            ("overlapping-pages", Misbehaviour(.overlappingPages)),
        ]
    )
    func `words of a command line`(text: String, rule: Misbehaviour) {
        #expect(Misbehaviour(text) == rule)
    }

    @Test(arguments: ["", "200", "cut", "cut=-1", "html=1", "later", "429*0", "429*x", "600"])
    func `anything else is none`(text: String) {
        #expect(Misbehaviour(text) == nil)
    }

    @Test func `a rule is used so many times`() async throws {
        try await withSamples { server, client in
            server.misbehave(Misbehaviour(.status(503), path: "index", times: 2))
            let result = try await client.fetchWhole(PriceListRequest(server.url + "/offers/v1.0/aws/index.json")).0
            #expect(result.requests == 3)
        }
    }

    @Test func `pages repeat, overlap or never end`() async throws {
        try await withSamples {
            $0.azurePageSize = 400
        } _: { server, client in
            func link(_ path: String) async throws -> (next: String, items: Int) {
                let text = String(decoding: try await client.data(server.url + path), as: UTF8.self)
                let next = text.split(separator: "\"NextPageLink\":").last?.prefix { $0 != "," } ?? ""
                return (String(next), text.split(separator: "\"meterId\"").count - 1)
            }
            server.misbehave(Misbehaviour(.repeatedPage, times: 1))
            let repeated = try await link("/api/retail/prices?$skip=0").next
            #expect(repeated.hasSuffix("$skip=0\""))
            server.misbehave(Misbehaviour(.endlessPages, times: 1))
            let endless = try await link("/api/retail/prices?$skip=800").next
            #expect(endless.hasSuffix("$skip=1200\""))
            server.misbehave(Misbehaviour(.overlappingPages, times: 1))
            let overlapping = try await link("/api/retail/prices?$skip=400")
            #expect(overlapping.items == 401)
            let last = try await link("/api/retail/prices?$skip=800")
            #expect(last == (next: "null", items: 200))
        }
    }
}

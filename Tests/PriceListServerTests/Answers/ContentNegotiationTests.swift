import CloudPrices
import Foundation
import PriceListServer
import Testing

struct ContentNegotiationTests {
    private let content = Content("[1,2,3]")

    @Test func `a list has a tag, and the same tag is not sent again`() throws {
        let first = ContentNegotiation().answer(content)
        #expect(first.status == 200 && first.body == content.bytes)
        let tag = try #require(first.headers.first { $0.name == "etag" }?.value)
        #expect(ContentNegotiation(ifNoneMatch: tag).answer(content).status == 304)
        #expect(ContentNegotiation(ifNoneMatch: "\"other\"").answer(content).status == 200)
        #expect(ContentNegotiation(ifNoneMatch: tag, version: 2).answer(content).status == 200)
        #expect(ContentNegotiation(acceptsGzip: true, ifNoneMatch: tag).answer(content).status == 200)
    }

    @Test func `gzip is undone to the same bytes`() throws {
        let answer = ContentNegotiation(acceptsGzip: true).answer(content)
        #expect(answer.headers.contains(.init("content-encoding", "gzip")))
        #expect(try GzipInflater.expand(answer.body) == content.bytes)
        #expect(try GzipInflater.expand(GzipWriter.compress([])) == [])
    }

    @Test func `a part is sent if the whole is still the same`() {
        let part = ContentNegotiation(range: "bytes=3-").answer(content)
        #expect(part.status == 206 && part.body == Array(content.bytes[3...]))
        #expect(part.headers.contains(.init("content-range", "bytes 3-6/7")))
        #expect(ContentNegotiation(range: "bytes=3-", ifRange: "\"other\"").answer(content).status == 200)
        #expect(ContentNegotiation(range: "bytes=7-").answer(content).status == 416)
        #expect(ContentNegotiation(range: "bytes=-3").answer(content).status == 200)
    }
}

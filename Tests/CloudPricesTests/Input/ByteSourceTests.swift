import CloudPrices
import Foundation
import Testing

/// Reads everything, `step` bytes at a time.
private func contents(of source: any ByteSource, step: Int = 1000) throws -> [UInt8] {
    var result: [UInt8] = []
    var block = [UInt8](repeating: 0, count: step)
    while true {
        var span = block.mutableSpan
        let count = try source.read(into: &span)
        if count == 0 { return result }
        result += block[0..<count]
    }
}

/// "hello hello hello" and a line feed, as gzip made it.
private let hello: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x90,
    0x5c, 0x00, 0x3b, 0x7c, 0x8a, 0xdf, 0x12, 0x00, 0x00, 0x00,
]

struct GzipByteSourceTests {
    @Test(arguments: [1, 2, 1000])
    func `a stream is decompressed`(step: Int) throws {
        let source = try GzipByteSource(MemoryByteSource(hello, blockSize: step))
        #expect(String(decoding: try contents(of: source, step: step), as: UTF8.self) == "hello hello hello\n")
    }

    @Test func `members in a row are one stream`() throws {
        let source = try GzipByteSource(MemoryByteSource(hello + hello))
        #expect(try contents(of: source).count == 36)
    }

    @Test func `a stream that ends early is truncated`() throws {
        for count in 1..<hello.count {
            let source = try GzipByteSource(MemoryByteSource(Array(hello.prefix(count))))
            let problem = #expect(throws: PriceProblem.self) { try contents(of: source) }
            #expect(problem?.code == .truncated)
        }
    }

    @Test(arguments: [0, 12, 21, 25])
    func `a stream that lies is refused`(position: Int) throws {
        var bytes = hello
        bytes[position] ^= 0x55
        let source = try GzipByteSource(MemoryByteSource(bytes))
        let problem = #expect(throws: PriceProblem.self) { try contents(of: source) }
        #expect(problem?.code == .inputFailed || problem?.code == .truncated)
    }
}

struct FileByteSourceTests {
    @Test func `a file is read, a missing one named`() throws {
        let path = NSTemporaryDirectory() + "/byte-source-\(UUID().uuidString)"
        try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try contents(of: FileByteSource(path: path), step: 2) == Array("abc".utf8))
        let problem = #expect(throws: PriceProblem.self) { _ = try FileByteSource(path: path + ".no") }
        #expect(problem?.code == .inputFailed && problem?.message.contains("No such file") == true)
    }

    @Test func `a folder stands for a provider, compressed or not, and is not left`() async throws {
        let folder = NSTemporaryDirectory() + "/origin-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/a", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(hello).write(to: URL(fileURLWithPath: folder + "/a/b.json.gz"))
        let origin = FolderOrigin(folder)
        #expect(try contents(of: try await origin.open("/a/b.json")).count == 18)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/\u{301}b.json"))
        // A mark behind the slash makes one `Character` of both: the part is `..` all the same.
        for path in ["/a/../../b.json", "/a/../\u{301}b.json", "/a/../\u{200D}b.json"] {
            let problem = await #expect(throws: PriceProblem.self) { _ = try await origin.open(path) }
            #expect(problem?.message.contains("leads out") == true)
        }
    }
}

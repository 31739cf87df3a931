import Sennit
import Testing

private struct Coded: Error, Codable, Equatable { var code: Int }
private struct Opaque: Error, CustomStringConvertible { var description: String }
private struct Unwritable: Error, Codable {
    func encode(to encoder: any Encoder) throws { throw Coded(code: 1) }
}

@Suite struct `Error envelopes` {
    private func crossed(_ error: any Error, throwSite: [String] = []) throws -> any Error {
        var writer = ByteWriter()
        ErrorEnvelope.encode(error: error, throwSite: throwSite, into: &writer)
        let bytes = writer.bytes
        return try unsafe bytes.withUnsafeBytes {
            var reader = unsafe ByteReader($0)
            return try ErrorEnvelope.decode(from: &reader)
        }
    }

    @Test func `a Codable error arrives as itself`() throws {
        #expect(try crossed(Coded(code: 42)) as? Coded == Coded(code: 42))
    }

    @Test func `cancellation arrives as cancellation`() throws {
        #expect(try crossed(CancellationError()) is CancellationError)
    }

    @Test func `another error arrives with its type, its words and its place`() throws {
        let error = try #require(try crossed(Opaque(description: "broken"), throwSite: ["f()", "g()"]) as? RemoteError)
        #expect(error.typeName.hasSuffix("Opaque"))
        #expect(error.message == "broken")
        #expect(error.throwSite == ["f()", "g()"])
        #expect(error.description.contains("broken\n  at f()"))
    }

    @Test func `an error that cannot be encoded is described`() throws {
        #expect(try #require(try crossed(Unwritable()) as? RemoteError).typeName.hasSuffix("Unwritable"))
    }

    @Test func `a long description is cut between characters and frames are counted`() throws {
        let text = "a" + String(repeating: "👩‍👩‍👧‍👦", count: 10_000)
        let error = try #require(
            try crossed(Opaque(description: text), throwSite: Array(repeating: "f", count: 100)) as? RemoteError)
        #expect(error.message.utf8.count <= ErrorEnvelope.maximumMessageLength)
        #expect(text.hasPrefix(error.message))
        #expect(error.message.dropFirst().allSatisfy { $0 == "👩‍👩‍👧‍👦" })
        #expect(error.throwSite.count == 64)
    }

    @Test func `corrupt bytes give an error or another one, never a trap`() throws {
        var random = SeededGenerator(state: 3)
        for error in [Coded(code: 1), Opaque(description: "x")] as [any Error] {
            var writer = ByteWriter()
            ErrorEnvelope.encode(error: error, throwSite: ["f"], into: &writer)
            for _ in 0..<2000 {
                let bytes = mutated(writer.bytes, &random)
                unsafe bytes.withUnsafeBytes {
                    var reader = unsafe ByteReader($0)
                    _ = try? ErrorEnvelope.decode(from: &reader)
                }
            }
        }
    }
}

@Suite struct `Throw sites` {
    @inline(never)
    private func throwingLeaf(_ depth: Int) throws -> Int {
        if depth == 0 { throw Coded(code: 1) }
        return try throwingLeaf(depth - 1) + 1
    }

    @Test func `the functions an error was thrown through are known`() throws {
        ThrowSite.install()
        ThrowSite.recording(true)
        defer { ThrowSite.recording(false) }
        #expect(throws: Coded.self) { try throwingLeaf(3) }
        _ = try? throwingLeaf(3)
        let frames = ThrowSite.takeFrames()
        #expect(frames.first?.contains("throwingLeaf") == true, "\(frames)")
        #expect(ThrowSite.takeFrames().isEmpty)
    }

    @Test func `nothing is kept on a thread that does not ask`() {
        ThrowSite.install()
        _ = try? throwingLeaf(1)
        #expect(ThrowSite.takeFrames().isEmpty)
    }
}

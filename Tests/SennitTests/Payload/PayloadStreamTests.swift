import Sennit
import Testing

extension PayloadTests {
    @Suite("Stream")
    struct Stream {
        private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

        private static func feed(
            _ assembler: StreamAssembler, _ chunk: StreamChunk, of payload: [UInt8]
        ) throws {
            try unsafe payload[chunk.range].withUnsafeBytes { try unsafe assembler.receive(chunk, $0) }
        }

        @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 1_000_000])
        func `a payload of any size comes together`(_ size: Int) throws {
            let payload = Self.bytes(size)
            let assembler = StreamAssembler()
            let chunks = Array(StreamChunks(id: 5, totalBytes: size))
            #expect(chunks.count == max(1, (size + 262_143) / 262_144))
            for chunk in chunks {
                #expect(try assembler.take(5) == nil)
                try Self.feed(assembler, chunk, of: payload)
            }
            #expect(try assembler.take(5) == payload)
            #expect(try assembler.take(5) == nil)
            #expect(assembler.statistics == (0, 0))
        }

        @Test(arguments: 0..<20)
        func `payloads alternate piece by piece`(_ number: Int) throws {
            var seed = Seed(number)
            let assembler = StreamAssembler()
            var open = (0..<6).map { id in
                let payload = Self.bytes(Int.random(in: 0...5000, using: &seed))
                return (
                    id: UInt64(id), payload, StreamChunks(id: UInt64(id), totalBytes: payload.count, chunkBytes: 700)
                )
            }
            while let index = open.indices.randomElement(using: &seed) {
                if let chunk = open[index].2.next() {
                    try Self.feed(assembler, chunk, of: open[index].1)
                } else {
                    #expect(try assembler.take(open[index].id) == open[index].1)
                    open.remove(at: index)
                }
            }
            #expect(assembler.statistics == (0, 0))
        }

        @Test(arguments: [
            StreamChunk(id: 1, totalBytes: 1000, offset: 0, byteCount: 100),
            StreamChunk(id: 1, totalBytes: 1000, offset: 50, byteCount: 100),
            StreamChunk(id: 1, totalBytes: 1000, offset: 200, byteCount: 100),
            StreamChunk(id: 1, totalBytes: 1000, offset: 100, byteCount: 901),
            StreamChunk(id: 1, totalBytes: 1001, offset: 100, byteCount: 100),
            StreamChunk(id: 1, totalBytes: 1000, offset: 100, byteCount: 0),
            StreamChunk(id: 1, totalBytes: 1000, offset: -1, byteCount: 100),
        ])
        func `repeated, overlapping, gaping and impossible pieces fail their payload alone`(_ wrong: StreamChunk) throws
        {
            let assembler = StreamAssembler()
            let payload = Self.bytes(1000)
            try Self.feed(assembler, StreamChunk(id: 1, totalBytes: 1000, offset: 0, byteCount: 100), of: payload)
            try Self.feed(assembler, StreamChunk(id: 2, totalBytes: 1000, offset: 0, byteCount: 900), of: payload)
            let filler = [UInt8](repeating: 0, count: wrong.byteCount)
            #expect(throws: StreamError.self) {
                try unsafe filler.withUnsafeBytes { try unsafe assembler.receive(wrong, $0) }
            }
            #expect(assembler.statistics.reservedBytes == 1000)
            try Self.feed(assembler, StreamChunk(id: 2, totalBytes: 1000, offset: 900, byteCount: 100), of: payload)
            #expect(try assembler.take(2) == payload)
            #expect(throws: StreamError.self) { try assembler.take(1) }
        }

        @Test func `a piece after the last is refused`() throws {
            let assembler = StreamAssembler()
            let chunk = StreamChunk(id: 1, totalBytes: 10, offset: 0, byteCount: 10)
            try Self.feed(assembler, chunk, of: Self.bytes(10))
            #expect(throws: StreamError.self) { try Self.feed(assembler, chunk, of: Self.bytes(10)) }
            #expect(assembler.statistics.reservedBytes == 0)
        }

        @Test func `the bytes under way are bounded, and what is beyond fails alone`() throws {
            let assembler = StreamAssembler(maximumBytes: 1000, maximumStreams: 3)
            let payload = Self.bytes(700)
            try Self.feed(assembler, StreamChunk(id: 1, totalBytes: 700, offset: 0, byteCount: 300), of: payload)
            #expect(throws: StreamError.tooMuchInAssembly(id: 2, totalBytes: 700, maximum: 1000)) {
                try Self.feed(assembler, StreamChunk(id: 2, totalBytes: 700, offset: 0, byteCount: 300), of: payload)
            }
            try Self.feed(assembler, StreamChunk(id: 2, totalBytes: 700, offset: 300, byteCount: 400), of: payload)
            try Self.feed(assembler, StreamChunk(id: 1, totalBytes: 700, offset: 300, byteCount: 400), of: payload)
            #expect(try assembler.take(1) == payload)
            #expect(throws: StreamError.self) { try assembler.take(2) }
            #expect(assembler.statistics == (0, 0))
        }

        @Test func `an abandoned payload leaves nothing, whenever it was abandoned`() throws {
            let payload = Self.bytes(300)
            for moment in 0...3 {
                let assembler = StreamAssembler()
                for (index, chunk) in StreamChunks(id: 1, totalBytes: 300, chunkBytes: 100).enumerated() {
                    if index == moment { assembler.abandon(1) }
                    try Self.feed(assembler, chunk, of: payload)
                }
                if moment == 3 { assembler.abandon(1) }
                #expect(assembler.statistics == (0, 0), "abandoned before piece \(moment)")
                #expect(try assembler.take(1) == nil)
            }
        }

        @Test func `closing frees what is incomplete and leaves what is complete`() throws {
            let assembler = StreamAssembler()
            try Self.feed(assembler, StreamChunk(id: 1, totalBytes: 4, offset: 0, byteCount: 4), of: Self.bytes(4))
            try Self.feed(assembler, StreamChunk(id: 2, totalBytes: 4, offset: 0, byteCount: 2), of: Self.bytes(4))
            assembler.close()
            #expect(try assembler.take(1) == Self.bytes(4))
            #expect(throws: StreamError.closed) { try assembler.take(2) }
            #expect(throws: StreamError.closed) { try assembler.waitFor(3, timeout: .seconds(60)) }
            #expect(assembler.statistics == (0, 0))
        }

        @Test func `waiting ends with the time given`() {
            let assembler = StreamAssembler()
            #expect(throws: StreamError.timedOut(id: 9)) { try assembler.waitFor(9, timeout: .milliseconds(5)) }
        }

        @Test(.timeLimit(.minutes(5))) func `threads that wait get their payload, or the news that it will not come`()
            async throws
        {
            let assembler = StreamAssembler()
            let payload = Self.bytes(1000)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { @concurrent in try assembler.waitFor(1, timeout: .seconds(60)) == payload }
                group.addTask { @concurrent in
                    // Lets the other thread fall asleep, of which there is no sign; coming first is no failure either.
                    try await Task.sleep(for: .milliseconds(20))
                    for chunk in StreamChunks(id: 1, totalBytes: 1000, chunkBytes: 100) {
                        try Self.feed(assembler, chunk, of: payload)
                    }
                    return true
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }
}

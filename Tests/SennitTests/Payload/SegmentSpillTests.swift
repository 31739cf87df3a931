import Sennit
import Testing

/// Long messages are written where they will travel.
struct SegmentSpillTests {
    private let registry = SegmentRegistry(origin: 9)

    @Test func `a short message stays in the writer's own memory`() {
        let spill = SegmentSpill(registry: registry, threshold: 1000)
        var writer = ByteWriter(capacity: 16, memory: spill)
        writer.append([UInt8](repeating: 1, count: 1000))
        expect(writer, isLent: false)
        #expect(spill.segment == nil)
        #expect(registry.statistics.used == 0)
    }

    @Test func `a long message lies in a segment, whole`() throws {
        let spill = SegmentSpill(registry: registry, threshold: 1000)
        var writer = ByteWriter(capacity: 16, memory: spill)
        // Piece by piece, so that it outgrows several segments.
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for byte in bytes { writer.append(byte) }
        expect(writer, isLent: true)
        #expect(writer.bytes == bytes)
        let segment = try #require(spill.segment)
        let written = unsafe UnsafeRawBufferPointer(start: segment.baseAddress, count: bytes.count)
        #expect(unsafe written.elementsEqual(bytes))
    }

    @Test func `what is given back is used again, and nothing is left`() {
        let spill = SegmentSpill(registry: registry, threshold: 1000)
        var writer = ByteWriter(capacity: 16, memory: spill)
        for round in 0..<3 {
            writer.append([UInt8](repeating: UInt8(round), count: 100_000))
            #expect(writer.bytes == [UInt8](repeating: UInt8(round), count: 100_000))
            writer.reset()
            expect(writer, isLent: false)
            #expect(spill.segment == nil)
        }
        #expect(registry.statistics.used == 0)
        #expect(registry.statistics.cached == 1)
    }

    @Test func `the preferred segment is taken if the message fits there`() throws {
        let spill = SegmentSpill(registry: registry, threshold: 1000)
        let request = try registry.make(100_000)
        spill.prefer(request)
        var writer = ByteWriter(capacity: 16, memory: spill)
        writer.append([UInt8](repeating: 5, count: 90_000))
        #expect(spill.segment === request)
        // It grows beyond it, and takes along what is there.
        writer.append([UInt8](repeating: 6, count: request.capacity))
        #expect(spill.segment !== request)
        let expected = [UInt8](repeating: 5, count: 90_000) + [UInt8](repeating: 6, count: request.capacity)
        #expect(writer.bytes == expected)
    }

    @Test func `without segments a long message stays in the writer's own memory`() {
        var limits = SegmentRegistry.Limits()
        limits.segments = 0
        let spill = SegmentSpill(registry: SegmentRegistry(origin: 9, limits: limits), threshold: 1000)
        var writer = ByteWriter(capacity: 16, memory: spill)
        let bytes = [UInt8](repeating: 3, count: 10_000)
        writer.append(bytes)
        expect(writer, isLent: false)
        #expect(writer.bytes == bytes)
    }

    @Test func `when segments run out in the midst of a message its bytes are kept`() {
        var limits = SegmentRegistry.Limits()
        limits.segments = 1
        let spill = SegmentSpill(registry: SegmentRegistry(origin: 9, limits: limits), threshold: 1000)
        var writer = ByteWriter(capacity: 16, memory: spill)
        writer.append([UInt8](repeating: 3, count: 4000))
        expect(writer, isLent: true)
        writer.append([UInt8](repeating: 4, count: 100_000))
        expect(writer, isLent: false)
        #expect(writer.bytes == [UInt8](repeating: 3, count: 4000) + [UInt8](repeating: 4, count: 100_000))
    }

    @Test func `the names behind a result are read as they were written`() throws {
        let segments = try [registry.make(1), registry.make(1)]
        var writer = ByteWriter()
        writer.append([1, 2, 3])
        SegmentNames.append(segments, to: &writer)
        #expect(unsafe writer.withUnsafeBytes { unsafe SegmentNames.read(from: $0) } == segments.map(\.id))
    }

    @Test(arguments: [[], [1], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 2, 0, 0, 0]] as [[UInt8]])
    func `bytes that are no names are none`(_ bytes: [UInt8]) {
        #expect(unsafe bytes.withUnsafeBytes { unsafe SegmentNames.read(from: $0) } == nil)
    }
}

/// The macro would copy the writer.
private func expect(
    _ writer: borrowing ByteWriter, isLent expected: Bool, _ location: SourceLocation = #_sourceLocation
) {
    let isLent = writer.isLent
    #expect(isLent == expected, sourceLocation: location)
}

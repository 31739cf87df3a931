import Sennit
import Testing

private struct Point: Codable, PlainData, Equatable {
    var x: Double
    var y: Double
    var id: Int32
}

private struct Track: Codable, Equatable {
    var points: [Point]
    var last: Point?
    var weights: ContiguousArray<Float>
    var first: Point
    var vector: SIMD4<Float>
    var flags: [Bool]
    var maybe: [Int?]
}

@Suite struct `Plain data` {
    private let points = (0..<100).map { Point(x: Double($0), y: -1, id: Int32($0)) }

    @Test func `plain values and their arrays come back`() throws {
        #expect(try roundTrip(points[3]) == points[3])
        #expect(try roundTrip(points) == points)
        #expect(try roundTrip(Optional(points[1])) == points[1])
        #expect(try roundTrip([[points[0]], []]) == [[points[0]], []])
        #expect(try roundTrip([UInt8](0...255)) == [UInt8](0...255))
        #expect(try roundTrip([Int]()) == [])
        #expect(try roundTrip(["a": points]) == ["a": points])
    }

    @Test func `plain values inside a struct come back`() throws {
        let track = Track(
            points: points, last: nil, weights: [1.5, .infinity], first: points[9],
            vector: [1, 2, 3, 4], flags: [true, false], maybe: [nil, 1, nil])
        let copy = try roundTrip(track)
        #expect(copy.points == points)
        #expect(copy.last == nil)
        #expect(copy.weights == track.weights)
        #expect(copy.first == points[9])
        #expect(copy.vector == track.vector)
        #expect(copy.flags == [true, false])
        #expect(copy.maybe == [nil, 1, nil])
    }

    @Test func `an array of plain data takes its own bytes and little more`() throws {
        #expect(try encoded(points).count <= 100 * MemoryLayout<Point>.stride + 8)
        #expect(try encoded([1.0, 2.0]).count <= 16 + 8)
    }

    @Test func `bytes that are no truth value are an error`() throws {
        for value in [[true, false, true], [false]] {
            var bytes = try encoded(value)
            bytes[bytes.count - 1] = 2
            #expect(throws: WireError.self) { try decoded([Bool].self, from: bytes) }
        }
        var bytes = try encoded(true)
        bytes[bytes.count - 1] = 2
        #expect(throws: WireError.self) { try decoded(Bool.self, from: bytes) }
    }
}

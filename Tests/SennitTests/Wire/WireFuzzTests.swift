import Foundation
import Sennit
import Testing

/// SplitMix64, so that a failing round can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
        guard !bytes.isEmpty else { return bytes }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.remove(at: place)
        case 4: bytes.insert(UInt8.random(in: 0...24, using: &random), at: place)
        default: bytes[place] = [0xFF, 0x7F, 0x80, 0, 1].randomElement(using: &random) ?? 0
        }
    }
    return bytes
}

private struct Mixed: Codable {
    var text: String
    var people: [Person]
    var drawing: Drawing
    var sparse: Sparse
    var table: [Int: [String]]
    var names: [String: Int]
    var flags: [Bool]
    var bytes: [UInt8]
    var data: Data
    var url: URL?
    var deep: [[[Int?]]]
    var nothing: Nothing
    var set: Set<UInt16>
}

@Suite struct `Corrupt bytes` {
    @Test(arguments: 0..<8)
    func `give an error or a value, never a trap`(_ seed: UInt64) throws {
        let person = Person(name: "n", age: 300, scores: [1], nickname: "x", friends: [], isAdmin: true)
        let value = Mixed(
            text: "text", people: [person, person], drawing: .group([.circle(radius: 1)], .text("t", size: 2)),
            sparse: Sparse(a: 1, b: .some(nil), c: 3, d: nil, e: 5), table: [1: ["a"], 200: []],
            names: ["a": 1, "b": 2],
            flags: [true, false], bytes: [1, 2, 3], data: Data([1, 2, 3]), url: URL(string: "http://a.b/c"),
            deep: [[[nil, 1]], []], nothing: Nothing(), set: [1, 2])
        let bytes = try encoded(value)
        var random = SeededGenerator(state: seed)
        var failures = 0
        for _ in 0..<2500 {
            do { _ = try decoded(Mixed.self, from: mutated(bytes, &random)) } catch { failures += 1 }
        }
        #expect(failures > 500)
    }

    @Test func `an announced length is not believed`() {
        for tag in UInt8(0)...25 {
            let bytes: [UInt8] = [tag, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0]
            #expect(throws: (any Error).self) { try decoded([Int].self, from: bytes) }
            #expect(throws: (any Error).self) { try decoded([String].self, from: bytes) }
            #expect(throws: (any Error).self) { try decoded(String.self, from: bytes) }
            #expect(throws: (any Error).self) { try decoded([String: Int].self, from: bytes) }
        }
    }

    @Test func `a truncated string is an error`() throws {
        let bytes = try encoded("some text")
        let error = #expect(throws: WireError.self) { try decoded(String.self, from: Array(bytes.dropLast())) }
        #expect(error?.code == .truncated)
        #expect(throws: WireError.self) { try decoded(String.self, from: []) }
    }

    @Test func `a string that is no text is an error`() throws {
        var bytes = try encoded("abc")
        bytes[3] = 0xFF
        let error = #expect(throws: WireError.self) { try decoded(String.self, from: bytes) }
        #expect(error?.code == .invalidValue)
    }
}

import Sennit
import Testing

struct Person: Codable, Equatable {
    var name: String
    var age: Int
    var scores: [Double]
    var nickname: String?
    var friends: [Person]
    var isAdmin: Bool
}

enum Drawing: Codable, Equatable {
    case empty
    case circle(radius: Double)
    case text(String, size: Int)
    indirect case group([Drawing], Drawing)
}

enum Level: String, Codable { case low, high }

struct Sparse: Codable, Equatable {
    var a: Int?
    var b: Int??
    var c: Int???
    var d: String?
    var e: Int
}

struct Nothing: Codable, Equatable {}

class Animal: Codable {
    var name: String
    init(name: String) { self.name = name }
}

final class Dog: Animal {
    var tricks: [String] = []
    private enum CodingKeys: CodingKey { case tricks }
    override init(name: String) { super.init(name: name) }
    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tricks = try container.decode([String].self, forKey: .tricks)
        try super.init(from: try container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try super.encode(to: container.superEncoder())
        try container.encode(tricks, forKey: .tricks)
    }
}

@Suite struct `Wire values` {
    let person = Person(
        name: "Ada", age: 36, scores: [1.5, -2], nickname: nil,
        friends: [
            Person(
                name: "Charles, the engine's father", age: -1, scores: [], nickname: "C", friends: [], isAdmin: false)
        ],
        isAdmin: true)

    @Test func `a struct comes back`() throws { #expect(try roundTrip(person) == person) }

    @Test func `many structs come back and share their keys`() throws {
        let people = Array(repeating: person, count: 100)
        #expect(try roundTrip(people) == people)
        #expect(try encoded(people).count < 100 * 120)
    }

    @Test func `numbers come back at their limits`() throws {
        #expect(
            try roundTrip([Int.min, .max, 0, -1, 127, 128, -129, 40_000]) == [
                .min, .max, 0, -1, 127, 128, -129, 40_000,
            ])
        for value in [Int.min, -40_000, -129, -128, -1, 0, 127, 128, 70_000, .max] {
            #expect(try roundTrip([1: value]) == [1: value])
            #expect(try roundTrip(value) == value)
        }
        #expect(try roundTrip(["a": UInt64.max]) == ["a": UInt64.max])
        #expect(try roundTrip(["a": Int128.min]) == ["a": Int128.min])
        #expect(try roundTrip(["a": Float.pi]) == ["a": Float.pi])
        #expect(try roundTrip(["a": Double.nan])["a"]?.isNaN == true)
    }

    @Test func `enumerations with payloads come back`() throws {
        let drawing = Drawing.group([.empty, .circle(radius: 2), .group([], .empty)], .text("x", size: 3))
        #expect(try roundTrip(drawing) == drawing)
        #expect(try roundTrip([Level.high, .low]) == [.high, .low])
    }

    @Test func `optionals of optionals keep their depth`() throws {
        let values = [
            Sparse(a: nil, b: nil, c: nil, d: nil, e: 1),
            Sparse(a: 1, b: .some(nil), c: .some(nil), d: "", e: 2),
            Sparse(a: 1, b: 2, c: .some(.some(nil)), d: "x", e: 3),
            Sparse(a: 1, b: 2, c: 3, d: "x", e: 3),
        ]
        #expect(try roundTrip(values) == values)
        let nested: [Int??] = [nil, .some(nil), 3]
        #expect(try roundTrip(nested) == nested)
        #expect(try roundTrip(Optional<Person>.none) == nil)
        #expect(try roundTrip(Optional(person)) == person)
        #expect(try roundTrip(Int??.some(nil)) == .some(nil))
        #expect(try roundTrip(Int??.none) == .none)
    }

    @Test func `collections of the standard library come back`() throws {
        #expect(try roundTrip([3: "c", -1: "a"]) == [3: "c", -1: "a"])
        #expect(try roundTrip([[1, 2]: Level.low]) == [[1, 2]: Level.low])
        #expect(try roundTrip(Set(0..<100)) == Set(0..<100))
        #expect(try roundTrip(["é": "ü", "": "e"]) == ["é": "ü", "": "e"])
        #expect(
            try roundTrip(["", "a", "🇺🇦 long enough to need storage"]) == ["", "a", "🇺🇦 long enough to need storage"])
        #expect(try roundTrip(0..<5) == 0..<5)
        #expect(try roundTrip(Duration.seconds(3)) == .seconds(3))
        #expect(try roundTrip([[[1], []], []] as [[[Int]]]) == [[[1], []], []])
        let many = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("key \($0)", $0) })
        #expect(try roundTrip([many, many]) == [many, many])
    }

    @Test func `a class and its superclass come back`() throws {
        let dog = Dog(name: "Rex")
        dog.tricks = ["sit", "roll"]
        let copy = try roundTrip(dog)
        #expect(copy.name == "Rex")
        #expect(copy.tricks == ["sit", "roll"])
    }

    @Test func `a struct without properties comes back`() throws {
        #expect(try encoded(Nothing()).count < 16)
        #expect(try roundTrip(Nothing()) == Nothing())
        #expect(try roundTrip([Nothing(), Nothing()]).count == 2)
    }

    @Test func `a value larger than the limit is an error that leaves the writer as it was`() throws {
        for value in [Array(repeating: "x", count: 1000), ["x" + String(repeating: "y", count: 1000)]] {
            var writer = ByteWriter()
            writer.append(9)
            let error = #expect(throws: WireError.self) { try WireCoder.encode(value, into: &writer, sizeLimit: 100) }
            #expect(error?.code == .tooLarge)
            #expect(writer.bytes == [9])
        }
        #expect(throws: WireError.self) { try encoded([UInt8](repeating: 0, count: 1 << 20), sizeLimit: 1 << 16) }
        #expect(throws: WireError.self) { try encoded(1.0, sizeLimit: 4) }
    }

    @Test func `recursion without end is an error`() throws {
        struct Endless: Codable {
            var next: [Endless]
            init() { next = [] }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                try container.encode(self)
            }
        }
        let error = #expect(throws: WireError.self) { try encoded(Endless()) }
        #expect(error?.code == .depthExceeded)
    }

    @Test func `deep values come back up to the limit`() throws {
        struct Chain: Codable {
            var next: [Chain]
            init(depth: Int) { next = depth == 0 ? [] : [Chain(depth: depth - 1)] }
        }
        // Each link is a struct and an array.
        #expect(try roundTrip(Chain(depth: 250)).next.count == 1)
        #expect(throws: WireError.self) { try encoded(Chain(depth: 260)) }
    }

    @Test func `messages follow each other in one buffer`() throws {
        var writer = ByteWriter()
        try WireCoder.encode(person, into: &writer, sizeLimit: 1 << 20)
        try WireCoder.encode("text", into: &writer, sizeLimit: 1 << 20)
        try WireCoder.encode(5, into: &writer, sizeLimit: 1 << 20)
        try WireCoder.encode(person, into: &writer, sizeLimit: 1 << 20)
        let (bytes, person) = (writer.bytes, person)
        try unsafe bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in
            var reader = unsafe ByteReader(bytes)
            #expect(try WireCoder.decode(Person.self, from: &reader) == person)
            #expect(try WireCoder.decode(String.self, from: &reader) == "text")
            #expect(try WireCoder.decode(Int.self, from: &reader) == 5)
            #expect(try WireCoder.decode(Person.self, from: &reader) == person)
            #expect(reader.remaining == 0)
        }
    }
}

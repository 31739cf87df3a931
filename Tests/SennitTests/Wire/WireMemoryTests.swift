import Sennit
import SennitTesting
import Testing

private struct Flat: Codable, Equatable {
    var a: Int
    var b: Int
}

/// Writes its keys in the order that it is told, and leaves out those that are nil.
private struct Shuffled: Codable, Equatable {
    var first: Int?
    var second: String?
    var third: Flat?
    var isReversed = false

    private enum CodingKeys: CodingKey { case first, second, third, isReversed }

    init(_ first: Int?, _ second: String?, _ third: Flat?, isReversed: Bool = false) {
        (self.first, self.second, self.third, self.isReversed) = (first, second, third, isReversed)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if isReversed {
            try container.encode(isReversed, forKey: .isReversed)
            try container.encodeIfPresent(third, forKey: .third)
            try container.encodeIfPresent(second, forKey: .second)
            try container.encodeIfPresent(first, forKey: .first)
        } else {
            try container.encodeIfPresent(first, forKey: .first)
            try container.encodeIfPresent(second, forKey: .second)
            try container.encodeIfPresent(third, forKey: .third)
            try container.encode(isReversed, forKey: .isReversed)
        }
    }
}

/// Two containers with keys of different types around one value, as a class and its superclass may make them.
private class Base: Codable {
    var name: String
    init(name: String) { self.name = name }
}

private final class Derived: Base {
    var size: Int
    private enum CodingKeys: CodingKey { case size }
    init(name: String, size: Int) {
        self.size = size
        super.init(name: name)
    }
    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        size = try container.decode(Int.self, forKey: .size)
        try super.init(from: decoder)
        // The first container still reads after the second was made.
        #expect(try container.decode(Int.self, forKey: .size) == size)
    }
    override func encode(to encoder: any Encoder) throws {
        try super.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(size, forKey: .size)
    }
}

/// A key whose text and number are given.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?
    init(_ stringValue: String, _ intValue: Int? = nil) { (self.stringValue, self.intValue) = (stringValue, intValue) }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

private struct Keyed: Codable, Equatable {
    var keys: [String]
    var numbers: [Int?]

    init(_ keys: [String], _ numbers: [Int?] = []) {
        self.keys = keys
        self.numbers = numbers + Array(repeating: nil, count: max(0, keys.count - numbers.count))
    }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        keys = container.allKeys.map(\.stringValue)
        numbers = []
        for (place, key) in keys.enumerated() {
            #expect(try container.decode(Int.self, forKey: AnyKey(key)) == place)
            numbers.append(nil)
        }
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyKey.self)
        for (place, key) in keys.enumerated() { try container.encode(place, forKey: AnyKey(key, numbers[place])) }
    }
}

/// A value whose code is given by the test.
private struct Scripted: Encodable {
    var write: (any Encoder) throws -> Void
    func encode(to encoder: any Encoder) throws { try write(encoder) }
}

/// Gives its decoder and its container to the test, which keeps them.
private struct Keeping: Decodable {
    final class Kept {
        var decoder: (any Decoder)?
        var container: KeyedDecodingContainer<AnyKey>?
    }
    let kept = Kept()
    let values: Int
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        values = try container.decode(Int.self, forKey: AnyKey("a"))
        kept.decoder = decoder
        kept.container = container
    }
}

/// One thread's coder: its memory goes from message to message.
private struct Coder: ~Copyable {
    var writer = ByteWriter()
    var encoding = EncodingMemory()
    var decoding = DecodingMemory()

    mutating func encode<T: Encodable>(_ value: T, sizeLimit: Int = 1 << 20) throws -> [UInt8] {
        writer.reset()
        try WireCoder.encode(value, into: &writer, attachments: nil, sizeLimit: sizeLimit, using: &encoding)
        return writer.bytes
    }

    mutating func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> T {
        // Safety: the array outlives the reader.
        try unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            let value = try WireCoder.decode(type, from: &reader, attachments: nil, using: &decoding)
            #expect(reader.remaining == 0)
            return value
        }
    }

    /// The bytes are those of a coder without a past, and are read as the same value.
    mutating func expectExchange<T: Codable & Equatable>(_ value: T) throws {
        let bytes = try encode(value)
        #expect(try bytes == encoded(value))
        #expect(try decode(T.self, bytes) == value)
    }
}

@Suite struct `A coder's memory` {
    @Test(arguments: 0..<4)
    func `changes neither bytes nor values, whatever came before`(_ seed: UInt64) throws {
        var coder = Coder()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let number = Int.random(in: 0...300, using: &random)
            let shuffled = Shuffled(
                Bool.random(using: &random) ? number : nil, Bool.random(using: &random) ? "text \(number)" : nil,
                Bool.random(using: &random) ? Flat(a: 1, b: number) : nil, isReversed: Bool.random(using: &random))
            switch Int.random(in: 0..<9, using: &random) {
            case 0: try coder.expectExchange(Flat(a: number, b: -number))
            case 1: try coder.expectExchange(shuffled)
            case 2: try coder.expectExchange([shuffled, Shuffled(1, nil, nil), shuffled])
            case 3: try coder.expectExchange(["a": Flat(a: 1, b: 2), "flat \(number)": Flat(a: 3, b: 4)])
            case 4: try coder.expectExchange(Optional(shuffled))
            case 5: try coder.expectExchange(Drawing.group([.circle(radius: 1), .empty], .text("x", size: number)))
            case 6: try coder.expectExchange([[Flat(a: 1, b: 2)], []])
            case 7: try coder.expectExchange("text alone")
            default: try coder.expectExchange(Sparse(a: number, b: .some(nil), c: nil, d: "x", e: 1))
            }
        }
    }

    @Test func `keys may come in another order, or not at all`() throws {
        var coder = Coder()
        for isReversed in [false, false, true, false, true, true] {
            try coder.expectExchange(Shuffled(1, "two", Flat(a: 3, b: 3), isReversed: isReversed))
            try coder.expectExchange(Shuffled(nil, "two", nil, isReversed: isReversed))
            try coder.expectExchange(Shuffled(1, nil, Flat(a: 3, b: 3), isReversed: isReversed))
        }
    }

    @Test func `two containers around one value stay two`() throws {
        var coder = Coder()
        for size in 0..<5 {
            let copy = try coder.decode(Derived.self, coder.encode(Derived(name: "n\(size)", size: size)))
            #expect(copy.name == "n\(size)")
            #expect(copy.size == size)
        }
    }

    @Test func `many keys are known again, and too many are forgotten`() throws {
        var coder = Coder()
        for count in [3, 20, 17, 16, 20, 100, 20, 65, 64, 0, 1, 500] {
            let keys = (0..<count).map { "key \($0)" }
            try coder.expectExchange(Keyed(keys))
            try coder.expectExchange(Keyed(keys.reversed()))
        }
    }

    @Test func `a key whose number is another is another key`() throws {
        var coder = Coder()
        for numbers in [[1, 2], [nil, nil], [1, nil], [1, 3]] as [[Int?]] {
            let value = Keyed(["a", "b"], numbers)
            #expect(try coder.encode(value) == encoded(value))
        }
    }

    @Test func `keys of different bytes are different keys`() throws {
        let accents = ["\u{E9}", "e\u{301}", "a\u{323}\u{307}", "a\u{307}\u{323}"]
        // As many others make the table of keys larger than it is searched one by one.
        for others in [0, 30] {
            var coder = Coder()
            let keys = (0..<others).map { "key \($0)" } + accents
            for order in [keys, keys.reversed(), keys] {
                let copy = try coder.decode(Keyed.self, coder.encode(Keyed(order)))
                #expect(copy.keys.map { Array($0.utf8) } == order.map { Array($0.utf8) })
            }
        }
    }

    @Test func `a failed message leaves nothing behind`() throws {
        struct Failure: Error {}
        var coder = Coder()
        try coder.expectExchange(Flat(a: 1, b: 2))
        for _ in 0..<3 {
            #expect(throws: Failure.self) {
                try coder.encode(
                    Scripted {
                        var container = $0.container(keyedBy: AnyKey.self)
                        try container.encode(Flat(a: 1, b: 2), forKey: AnyKey("x"))
                        throw Failure()
                    })
            }
            #expect(throws: WireError.self) { try coder.encode(Keyed((0..<50).map { "\($0)" }), sizeLimit: 40) }
            try coder.expectExchange(Shuffled(1, "two", Flat(a: 3, b: 3)))
        }
    }

    @Test func `what somebody keeps refuses to write, and later messages are whole`() throws {
        final class Kept {
            var encoders: [any Encoder] = []
            var keyed: [KeyedEncodingContainer<AnyKey>] = []
            var unkeyed: [any UnkeyedEncodingContainer] = []
        }
        var coder = Coder()
        let kept = Kept()
        for round in 0..<12 {
            _ = try coder.encode(
                Scripted {
                    if round % 4 == 0 { kept.encoders.append($0) }
                    var container = $0.container(keyedBy: AnyKey.self)
                    try container.encode(1, forKey: AnyKey("a"))
                    if round % 4 == 1 { kept.keyed.append(container) }
                    let nested = container.nestedUnkeyedContainer(forKey: AnyKey("nested"))
                    if round % 4 == 2 { kept.unkeyed.append(nested) }
                    let inner = Scripted { if round % 4 == 3 { kept.encoders.append($0) } }
                    try container.encode(inner, forKey: AnyKey("inner"))
                })
            try coder.expectExchange(Shuffled(1, "two", Flat(a: 3, b: 3)))
            // They refuse outside of any message, and while another one is written.
            for attempt in 0..<2 {
                let check = {
                    for index in kept.keyed.indices {
                        #expect(throws: WireError.self) { try kept.keyed[index].encode(2, forKey: AnyKey("late")) }
                    }
                    for index in kept.unkeyed.indices {
                        #expect(throws: WireError.self) { try kept.unkeyed[index].encode(2) }
                    }
                    for encoder in kept.encoders {
                        var keyed = encoder.container(keyedBy: AnyKey.self)
                        #expect(throws: WireError.self) { try keyed.encode(3, forKey: AnyKey("late")) }
                        var single = encoder.singleValueContainer()
                        #expect(throws: WireError.self) { try single.encode(3) }
                    }
                }
                if attempt == 0 { check() } else { _ = try coder.encode(Scripted { _ in check() }) }
            }
        }
    }

    @Test func `a decoder that somebody keeps finds no bytes, and later messages are read`() throws {
        var coder = Coder()
        let bytes = try encoded(Keyed(["b", "a"]))
        let kept = try (0..<3).map { _ in try coder.decode(Keeping.self, bytes).kept }
        for _ in 0..<3 {
            try coder.expectExchange(Shuffled(1, "two", Flat(a: 3, b: 3)))
            for kept in kept {
                #expect(throws: (any Error).self) { try kept.container?.decode(Int.self, forKey: AnyKey("a")) }
                #expect(throws: (any Error).self) { try kept.decoder?.container(keyedBy: AnyKey.self) }
                #expect(kept.container?.contains(AnyKey("a")) != true)
            }
        }
    }

    @Test func `a value may be read as one type after another`() throws {
        struct Either: Codable, Equatable {
            var first: String
            var second: String
            var third: Int
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                func text(_ key: CodingKeys) throws -> String {
                    #expect(throws: DecodingError.self) { try container.decode(Int.self, forKey: key) }
                    #expect(try container.decodeIfPresent(String.self, forKey: key) != nil)
                    return try container.decode(String.self, forKey: key)
                }
                first = try text(.first)
                second = try text(.second)
                third = try container.decode(Int.self, forKey: .third)
            }
            init(_ first: String, _ second: String) { (self.first, self.second, third) = (first, second, 3) }
        }
        var coder = Coder()
        for number in 0..<3 { try coder.expectExchange([Either("a", "b"), Either("\(number)", "")]) }
    }

    @Test func `one message may be written while another is`() throws {
        var coder = Coder()
        for number in 0..<3 {
            let bytes = try coder.encode(
                Scripted {
                    var container = $0.container(keyedBy: AnyKey.self)
                    var inner = Coder()
                    try inner.expectExchange(Flat(a: number, b: 1))
                    try container.encode(inner.encode(Flat(a: number, b: 2)), forKey: AnyKey("bytes"))
                })
            let inner = try #require(try coder.decode([String: [UInt8]].self, bytes)["bytes"])
            #expect(try coder.decode(Flat.self, inner) == Flat(a: number, b: 2))
        }
    }

    @Test(arguments: 0..<4)
    func `survives corrupt bytes`(_ seed: UInt64) throws {
        var coder = Coder()
        var random = SeededGenerator(seed: seed)
        let values = [
            Shuffled(1, "two", Flat(a: 3, b: 300)), Shuffled(nil, "two", nil, isReversed: true),
            Shuffled(1, nil, Flat(a: 1, b: 2), isReversed: true),
        ]
        let bytes = try encoded(values)
        for _ in 0..<2000 {
            let corrupt = mutated(bytes, &random)
            // Safety: the array outlives the reader.
            unsafe corrupt.withUnsafeBytes {
                var reader = unsafe ByteReader($0)
                _ = try? WireCoder.decode([Shuffled].self, from: &reader, attachments: nil, using: &coder.decoding)
            }
            #expect(try coder.decode([Shuffled].self, bytes) == values)
        }
    }
}

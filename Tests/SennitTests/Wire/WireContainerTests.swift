import Sennit
import Testing

private struct Keys: CodingKey, ExpressibleByStringLiteral {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(stringLiteral value: String) { stringValue = value }
}

/// A value whose code is given by the test.
private struct Scripted: Encodable {
    var write: (any Encoder) throws -> Void
    func encode(to encoder: any Encoder) throws { try write(encoder) }
}

/// What a test reads with its own code.
private struct Read: Decodable {
    // A struct around the closure: pushing a task-local of the bare function type crashed in release builds of 6.3.1.
    struct Script: Sendable {
        var read: @Sendable (any Decoder) throws -> Void = { _ in }
    }
    @TaskLocal static var script = Script()
    init(from decoder: any Decoder) throws { try Self.script.read(decoder) }
}

private func exchange(
    _ write: @escaping (any Encoder) throws -> Void, _ read: @escaping @Sendable (any Decoder) throws -> Void
) throws {
    let bytes = try encoded(Scripted(write: write))
    try Read.$script.withValue(.init(read: read)) { _ = try decoded(Read.self, from: bytes) }
}

@Suite struct `Wire containers` {
    @Test func `keys are read in any order, more than once, or not at all`() throws {
        try exchange {
            var container = $0.container(keyedBy: Keys.self)
            for number in 0..<30 { try container.encode(number, forKey: Keys(stringValue: "k\(number)")) }
            try container.encodeNil(forKey: "nil")
        } _: {
            let container = try $0.container(keyedBy: Keys.self)
            for number in (0..<30).reversed() {
                #expect(try container.decode(Int.self, forKey: Keys(stringValue: "k\(number)")) == number)
            }
            #expect(container.contains("k3"))
            #expect(!container.contains("absent"))
            #expect(container.allKeys.count == 31)
            #expect(try container.decodeNil(forKey: "nil"))
            #expect(try container.decodeIfPresent(Int.self, forKey: "nil") == nil)
            #expect(try container.decodeIfPresent(Int.self, forKey: "absent") == nil)
            #expect(try container.decodeIfPresent(Int.self, forKey: "k7") == 7)
            #expect(throws: DecodingError.self) { try container.decode(Int.self, forKey: "absent") }
            #expect(throws: DecodingError.self) { try container.decode(String.self, forKey: "k1") }
            #expect(try container.decode(UInt8.self, forKey: "k1") == 1)
        }
    }

    @Test func `nested containers may be written in turns`() throws {
        try exchange {
            var outer = $0.container(keyedBy: Keys.self)
            var left = outer.nestedUnkeyedContainer(forKey: "left")
            var right = outer.nestedContainer(keyedBy: Keys.self, forKey: "right")
            let later = outer.superEncoder()
            var deep = right.nestedUnkeyedContainer(forKey: "deep")
            for number in 0..<20 {
                try left.encode("l\(number)")
                try right.encode([number: [number]], forKey: Keys(stringValue: "r\(number)"))
                try deep.encode(number)
            }
            var inner = left.nestedUnkeyedContainer()
            try deep.encode("end")
            try inner.encode("inside")
            try outer.encode("last", forKey: "last")
            try inner.encode("again")
            var single = later.singleValueContainer()
            try single.encode("super")
        } _: {
            let outer = try $0.container(keyedBy: Keys.self)
            #expect(try outer.decode(String.self, forKey: "last") == "last")
            #expect(try outer.superDecoder().singleValueContainer().decode(String.self) == "super")
            var left = try outer.nestedUnkeyedContainer(forKey: "left")
            let right = try outer.nestedContainer(keyedBy: Keys.self, forKey: "right")
            var deep = try right.nestedUnkeyedContainer(forKey: "deep")
            #expect(left.count == 21)
            #expect(deep.count == 21)
            for number in 0..<20 {
                #expect(try left.decode(String.self) == "l\(number)")
                #expect(
                    try right.decode([Int: [Int]].self, forKey: Keys(stringValue: "r\(number)")) == [number: [number]])
                #expect(try deep.decode(Int.self) == number)
            }
            #expect(try deep.decode(String.self) == "end")
            #expect(try left.decode([String].self) == ["inside", "again"])
            #expect(left.isAtEnd && deep.isAtEnd)
            #expect(throws: DecodingError.self) { try left.decode(Int.self) }
        }
    }

    @Test func `several containers of one encoder are one container`() throws {
        try exchange {
            var first = $0.container(keyedBy: Keys.self)
            try first.encode(1, forKey: "a")
            var second = $0.container(keyedBy: Keys.self)
            try second.encode(2, forKey: "b")
            try first.encode(3, forKey: "c")
        } _: {
            let container = try $0.container(keyedBy: Keys.self)
            #expect(container.allKeys.map(\.stringValue) == ["a", "b", "c"])
            #expect(try container.decode(Int.self, forKey: "c") == 3)
        }
    }

    @Test func `the last value of a key written twice counts`() throws {
        try exchange {
            var container = $0.container(keyedBy: Keys.self)
            try container.encode(1, forKey: "a")
            try container.encode(2, forKey: "b")
            try container.encode(3, forKey: "a")
        } _: {
            let container = try $0.container(keyedBy: Keys.self)
            #expect(try container.decode(Int.self, forKey: "a") == 3)
            #expect(container.allKeys.count == 2)
        }
    }

    @Test func `super encoders left empty read as empty containers`() throws {
        try exchange {
            var container = $0.unkeyedContainer()
            _ = container.superEncoder()
            let second = container.superEncoder()
            var keyed = second.container(keyedBy: Keys.self)
            try container.encode(true)
            try keyed.encode(1, forKey: "a")
        } _: {
            var container = try $0.unkeyedContainer()
            #expect(try container.superDecoder().container(keyedBy: Keys.self).allKeys.isEmpty)
            let second = try container.superDecoder().container(keyedBy: Keys.self)
            #expect(try second.decode(Int.self, forKey: "a") == 1)
            #expect(try container.decode(Bool.self))
        }
    }

    @Test func `an error caught by the value's own code leaves no trace`() throws {
        struct Failing: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                try container.encode(1)
                throw WireError(.unsupported, "on purpose")
            }
        }
        try exchange {
            var container = $0.container(keyedBy: Keys.self)
            try container.encode(1, forKey: "a")
            try? container.encode(Failing(), forKey: "b")
            try container.encode(2, forKey: "c")
        } _: {
            let container = try $0.container(keyedBy: Keys.self)
            #expect(container.allKeys.map(\.stringValue) == ["a", "c"])
        }
    }

    @Test func `one value written as two kinds of container is an error`() {
        #expect(throws: WireError.self) {
            try encoded(
                Scripted {
                    _ = $0.container(keyedBy: Keys.self)
                    _ = $0.unkeyedContainer()
                })
        }
        #expect(throws: WireError.self) {
            try encoded(
                Scripted {
                    var container = $0.singleValueContainer()
                    try container.encode(1)
                    try container.encode(2)
                })
        }
    }

    @Test func `a container kept for later refuses to write`() throws {
        var kept: (any UnkeyedEncodingContainer)?
        _ = try encoded(Scripted { kept = $0.unkeyedContainer() })
        #expect(throws: WireError.self) { try kept?.encode(1) }
    }

    @Test func `what is opened in a container kept for later refuses to write`() throws {
        var kept: (any UnkeyedEncodingContainer)?
        _ = try encoded(Scripted { kept = $0.unkeyedContainer() })
        var outer = try #require(kept)
        var nested = outer.nestedUnkeyedContainer()
        #expect(throws: WireError.self) { try nested.encode(1) }
        var single = outer.superEncoder().singleValueContainer()
        #expect(throws: WireError.self) { try single.encode(1) }
    }

    @Test func `the coding path names the value that failed`() throws {
        let bytes = try encoded(["list": [["a": 1], ["b": 2]]])
        let error = #expect(throws: WireError.self) { try decoded([String: [[String: Bool]]].self, from: bytes) }
        #expect(error?.code == .typeMismatch)
        #expect(error?.codingPath == ["list", "Index 0", "a"])
    }

    @Test func `an array is read element by element, and elements as an array`() throws {
        try exchange {
            var container = $0.container(keyedBy: Keys.self)
            try container.encode([1, 2, 300], forKey: "whole")
            var parts = container.nestedUnkeyedContainer(forKey: "parts")
            try parts.encode(1)
            try parts.encode(contentsOf: [2, 3])
            try parts.encode(contentsOf: [UInt8]())
            try parts.encode(contentsOf: ["x"])
            var run = container.nestedUnkeyedContainer(forKey: "run")
            try run.encode(contentsOf: [7, 8] as [UInt8])
        } _: {
            let container = try $0.container(keyedBy: Keys.self)
            var whole = try container.nestedUnkeyedContainer(forKey: "whole")
            #expect(whole.count == 3)
            #expect(try whole.decode(Int8.self) == 1)
            #expect(try whole.decode(Double.self) == 2)
            #expect(throws: DecodingError.self) { try whole.decode(Int8.self) }
            #expect(try whole.decode(Int16.self) == 300)
            #expect(try container.decode([Int32].self, forKey: "whole") == [1, 2, 300])
            #expect(throws: DecodingError.self) { try container.decode([Int8].self, forKey: "whole") }
            var parts = try container.nestedUnkeyedContainer(forKey: "parts")
            #expect(try (0..<3).map { _ in try parts.decode(Int.self) } == [1, 2, 3])
            #expect(try parts.decode(String.self) == "x")
            #expect(parts.isAtEnd)
            #expect(try container.decode([UInt8].self, forKey: "run") == [7, 8])
            #expect(try container.decode([Int].self, forKey: "run") == [7, 8])
        }
    }
}

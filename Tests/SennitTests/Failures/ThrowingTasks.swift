import Sennit

/// Throws an error, of one of the kinds that give other executors trouble.
struct Throw: PoolTask {
    enum Way: String, Codable, CaseIterable {
        case plain, typed, classBased, unencodable, undecodable, oddlyMade, huge, cancellation, foreverDescribed
    }

    var way: Way

    func run(in context: NoContext) throws -> Int {
        switch way {
        case .plain: throw PlainError()
        case .typed: throw TypedError(code: 42, place: ["here", "there"])
        case .classBased: throw ClassError(17)
        case .unencodable: throw UnencodableError(text: "no bytes for this")
        case .undecodable: throw UndecodableError(text: "one way only")
        case .oddlyMade: throw OddlyMadeError(first: 1, second: "two")
        case .huge: throw HugeError(text: String(repeating: "h", count: 3 << 20))
        case .cancellation: throw CancellationError()
        case .foreverDescribed: throw TrappingError()
        }
    }
}

struct PlainError: Error, CustomStringConvertible {
    var description: String { "plainly wrong" }
}

struct TypedError: Error, Codable, Equatable {
    var code: Int
    var place: [String]
}

final class ClassError: Error, CustomStringConvertible {
    let number: Int
    init(_ number: Int) { self.number = number }
    var description: String { "class \(number)" }
}

struct UnencodableError: Error, Codable, CustomStringConvertible {
    var text: String
    var description: String { text }
    func encode(to encoder: any Encoder) throws { throw PlainError() }
}

struct UndecodableError: Error, Codable, CustomStringConvertible {
    var text: String
    var description: String { text }

    init(text: String) { self.text = text }
    init(from decoder: any Decoder) throws { throw PlainError() }
}

/// An error whose initialiser takes several labelled arguments.
struct OddlyMadeError: Error, CustomStringConvertible {
    let description: String
    init(first: Int, second: String) { description = "\(first) and \(second)" }
}

struct HugeError: Error, Codable {
    var text: String
}

/// Asking what it says is fatal.
struct TrappingError: Error, CustomStringConvertible {
    var description: String { fatalError("no words") }
}

/// A value that cannot travel in one way or another.
struct Trouble: Codable, Sendable, Equatable {
    enum Way: String, Codable {
        case none, encodeThrows, decodeThrows, encodeTraps, decodeTraps, decodeExits
    }

    var way: Way

    func encode(to encoder: any Encoder) throws {
        switch way {
        case .encodeThrows: throw PlainError()
        case .encodeTraps: fatalError("cannot be written")
        default:
            var container = encoder.singleValueContainer()
            try container.encode(way.rawValue)
        }
    }

    init(way: Way) { self.way = way }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        way = Way(rawValue: text) ?? .none
        switch way {
        case .decodeThrows: throw PlainError()
        case .decodeTraps: fatalError("cannot be read")
        case .decodeExits: ProcessEnd.now(5)
        default: break
        }
    }
}

/// Makes trouble on the way back.
struct MakeTrouble: PoolTask {
    var way: Trouble.Way
    func run(in context: NoContext) -> Trouble { Trouble(way: way) }
}

/// Gives back so many bytes.
struct MakeBytes: PoolTask {
    var count: Int
    func run(in context: NoContext) -> [UInt8] { [UInt8](repeating: 9, count: count) }
}

import Foundation

/// One event as a line of an export: a JSON object whose last member is the value as it is stored, byte by byte.
struct ExportedEvent: Codable {
    var position: Int
    var stream: StreamID
    var version: Int
    var type: String
    var schema: Int
    /// Microseconds since 1970.
    var time: Int
    var correlation: String?
    var causation: String?
    /// Whether this is the mark of a deleted stream.
    var isDeleted: Bool?

    init(_ event: RecordedEvent) {
        position = event.position
        stream = event.stream
        version = event.version
        type = event.type.name
        schema = event.type.version
        time = event.microseconds
        correlation = event.metadata.correlation
        causation = event.metadata.causation
        isDeleted = event.isTombstone ? true : nil
    }

    /// The line, with its end.
    func line(payload: ArraySlice<UInt8>) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = Array(try encoder.encode(self))
        line.removeLast()
        line.append(contentsOf: Array(#","payload":"#.utf8))
        line.append(contentsOf: payload)
        line.append(contentsOf: Array("}\n".utf8))
        return line
    }

    /// Reads a line.
    ///
    /// The value is taken as the bytes that stand there, so that numbers keep their digits.
    static func parse(_ line: [UInt8]) throws -> (event: ExportedEvent, payload: [UInt8]) {
        let event = try JSONDecoder().decode(ExportedEvent.self, from: Data(line))
        guard let range = JSONMember.range(of: "payload", in: line) else { throw MissingPayload() }
        return (event, Array(line[range]))
    }

    struct MissingPayload: Error, CustomStringConvertible {
        var description: String { "There is no \"payload\"." }
    }
}

/// Finds where the value of a member stands in the text of a JSON object that is known to be valid.
enum JSONMember {
    static func range(of name: String, in text: [UInt8]) -> Range<Int>? {
        var depth = 0
        var index = 0
        var key: Range<Int>?
        var start: Int?
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                let end = endOfString(from: index, in: text)
                if depth == 1, start == nil, key == nil { key = index + 1..<end }
                index = end
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ":") where depth == 1: start = index + 1
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
                let closes = text[index] != UInt8(ascii: ",")
                if depth == 1, let start, let found = key, text[found].elementsEqual(name.utf8) {
                    return trimmed(start..<index, in: text)
                }
                if depth == 1 { (key, start) = (nil, nil) }
                if closes { depth -= 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The index of the closing quotation mark.
    private static func endOfString(from quote: Int, in text: [UInt8]) -> Int {
        var index = quote + 1
        while index < text.count, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, text.count)
    }

    private static func trimmed(_ range: Range<Int>, in text: [UInt8]) -> Range<Int> {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        let first = range.first { !blanks.contains(text[$0]) } ?? range.upperBound
        let last = range.last { !blanks.contains(text[$0]) } ?? range.lowerBound
        return first <= last ? first..<last + 1 : range.lowerBound..<range.lowerBound
    }
}

import Foundation

/// Files of JSON that people may read, too: names in alphabetical order, one value on each line.
enum JSONFile {
    /// Writes a value; equal values give equal bytes.
    static func write(_ value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try encoder.encode(value).write(to: URL(filePath: path), options: .atomic)
    }

    /// Reads a value.
    static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
    }
}

import SennitPipeline

/// Settings that name all keys that they may have.
protocol KeyedSettings: Decodable {
    associatedtype CodingKeys: CodingKey & CaseIterable
}

/// Settings in which a key that is not known is an error: a misspelt one must not be passed over.
struct KnownKeysOnly<Value: KeyedSettings>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let known = Value.CodingKeys.allCases.map(\.stringValue)
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "there is no '\(key.stringValue)'; there are "
                        + known.joined(separator: ", ") + "."
                        + NameSuggestion.question(key.stringValue, among: known)))
        }
        value = try Value(from: decoder)
    }
}

extension KnownKeysOnly: Sendable where Value: Sendable {}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

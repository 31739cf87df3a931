/// Says what to write, so that a row that could not be read is read or left out: YAML that works as it stands.
enum ReadingAdvice {
    private static let place = "in the selection file, or in section 'prices' of the configuration"

    /// The way out where a unit is not known.
    static func unit(_ published: Span<UInt8>, of provider: CloudProvider) -> String {
        let text = String(copying: published)
        let meaning = UnitBlock(text).flatMap { $0.rest.isEmpty ? nil : $0 } ?? UnitBlock(count: 1, rest: text)
        let unit = text.isEmpty ? "Units" : meaning.rest
        return "Write `units: {\(provider): {\(quoted(text)): {unit: \(quoted(unit)), block: \(meaning.count)}}}` "
            + "\(place), with the unit and block that it means" + orSkip(provider)
    }

    /// The way out where a place is not known.
    static func region(_ found: Span<UInt8>, of provider: CloudProvider) -> String {
        "Write `regions: {\(provider): [\(quoted(String(copying: found)))]}` \(place) for a place of its own, or "
            + "`{name: region}` in place of the list" + orSkip(provider)
    }

    /// The way out where the list has something that cannot be said to be known.
    static func skip(_ provider: CloudProvider) -> String {
        "Write `unknown: {\(provider): {skip: 100}}` \(place) to leave such rows out and count them."
    }

    private static func orSkip(_ provider: CloudProvider) -> String {
        "; or `unknown: {\(provider): {skip: 100}}` to leave such rows out and count them."
    }

    /// A text in quotes as YAML reads it, after variables have been expanded.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "$": result += "$$"
            case "`": result += "\\x60"
            default:
                let isPlain =
                    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
                    && ![0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
                result += isPlain ? String(scalar) : "\\U" + hexadecimal(scalar.value)
            }
        }
        return result + "\""
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

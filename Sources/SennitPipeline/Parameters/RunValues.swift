import ByteText

/// Values by name, as people read and write them.
package enum RunValues {
    /// Such as `day=2026-01-31, region=eu`, in the order of the names.
    package static func text(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }

    /// The name and the value of `name=value`; nil if there is no name or no equals sign.
    package static func split(_ text: String) -> (name: String, value: String)? {
        guard let (name, value) = text.bytes.cut(at: "="), !name.isEmpty else { return nil }
        return (name.string, value.string)
    }
}

extension RunValues {
    /// Whether a text has a control character, of ASCII or of Latin 1: a terminal would obey it.
    static func hasControls(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    /// As ``text(_:)``, cut where a table would become too wide.
    package static func short(_ values: [String: String]) -> String {
        let text = text(values)
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}

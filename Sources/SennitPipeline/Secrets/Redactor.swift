import ByteText

/// Takes the values of secrets out of texts that people will read.
///
/// Values of fewer than four characters are let through: taking them out would only garble the text.
package struct Redactor: Sendable {
    private let values: [String]
    private let replacement = "[redacted]"

    /// Knows the values of those secrets that can be read.
    package init(_ secrets: [Secret]) { self.init(values: secrets.compactMap { try? $0.reveal() }) }

    /// Knows values.
    package init(values: [String]) {
        // Longer ones first: one may be part of another.
        let known = Set(values.filter { $0.unicodeScalars.count >= 4 }.map(\.bytes))
        self.values = known.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }.map(\.string)
    }

    /// The text without the values.
    package func redact(_ text: String) -> String {
        guard !values.isEmpty else { return text }
        return values.reduce(text) { text, value in
            text.bytes.replaced(value.bytes, with: replacement.bytes)
        }
    }

    /// The end of a longer text without the values; one that was cut at the beginning is taken out as well.
    package func redact(tail: String) -> String {
        var text = redact(tail)
        for value in values {
            let scalars = value.unicodeScalars
            let remainders = (4..<max(5, scalars.count)).reversed().lazy.map { Substring(scalars.suffix($0)).bytes }
            guard let rest = remainders.lazy.compactMap({ text.bytes.withoutStart($0) }).first else { continue }
            text = replacement + rest.string
        }
        return text
    }

    /// The record without the values.
    package func redact(_ failure: StepFailureRecord) -> StepFailureRecord {
        var failure = failure
        failure.message = redact(failure.message)
        failure.standardErrorTail = failure.standardErrorTail.map { redact(tail: $0) }
        return failure
    }
}

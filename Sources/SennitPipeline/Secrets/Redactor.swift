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
        self.values = Set(values.filter { $0.count >= 4 }).sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// The text without the values.
    package func redact(_ text: String) -> String {
        guard !values.isEmpty else { return text }
        return values.reduce(text) { text, value in
            text.contains(value) ? text.replacing(value, with: replacement) : text
        }
    }

    /// The end of a longer text without the values; one that was cut at the beginning is taken out as well.
    package func redact(tail: String) -> String {
        var text = redact(tail)
        for value in values {
            let remainders = (4..<max(5, value.count)).reversed().map { value.suffix($0) }
            guard let remainder = remainders.first(where: { text.hasPrefix($0) }) else { continue }
            text = replacement + text.dropFirst(remainder.count)
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

/// What is wrong with a configuration, and where.
package struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place in the text, from 1; 1:1 for what is wrong with all of it.
    package let line: Int
    package let column: Int
    /// The names on the way to it from the top, such as `steps.aws`; empty for the top itself.
    package let path: String
    /// What is wrong, and what would be right.
    package let message: String

    package init(line: Int, column: Int, path: String = "", message: String) {
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }

    /// The path and the message, without the place.
    package var words: String { path.isEmpty ? message : "\(path): \(message)" }

    /// The place, the path and the message.
    package var description: String { "\(line):\(column): \(words)" }
}

/// What is said of a key that nobody knows: one wording for every file.
package enum UnknownKey {
    /// How many known keys are listed.
    private static let listed = 20

    /// The sentence.
    ///
    /// - Parameters:
    ///   - key: What was written.
    ///   - known: The keys that could stand there.
    ///   - isComplete: Whether `known` are all of them, so that they are worth a list.
    /// - Returns: That there is no such key, which there are, and which may have been meant.
    package static func message(_ key: String, among known: [String], isComplete: Bool = true) -> String {
        let shown = key.utf8.count > 100 ? key.prefix(40) + "…" : key[...]
        var text = "there is no '\(shown)'"
        if isComplete, !known.isEmpty {
            text += "; there are " + known.prefix(listed).joined(separator: ", ")
            if known.count > listed { text += " and \(known.count - listed) others" }
        }
        return text + "." + NameSuggestion.question(key, among: known)
    }
}

/// A place in a file of checks.
public struct CheckLocation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The file's name as it was given.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int

    /// Makes a place.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// File, line and column with colons between them.
    public var description: String { "\(file):\(line):\(column)" }
}

/// Something that kept checks from being run: it makes the run an error, whatever the other checks say.
public struct CheckProblem: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// Where in the file of checks it comes from.
    public let location: CheckLocation

    /// What is wrong and the way out.
    public let message: String

    /// Makes a problem.
    public init(location: CheckLocation, message: String) {
        self.location = location
        self.message = message
    }

    /// Place and message.
    public var description: String { "\(location): \(message)" }
}

/// An error that a task threw in a worker process and that could not cross as itself.
///
/// Errors that are `Codable` arrive as their own type; this stands for all others.
public struct RemoteError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name of the error's type in the worker, module first.
    public let typeName: String
    /// What the error said about itself, at most 64 KiB.
    public let message: String
    /// The functions the error was thrown through, innermost first; empty when they are not known.
    public let throwSite: [String]

    /// Describes an error that stays where it is.
    public init(typeName: String, message: String, throwSite: [String] = []) {
        self.typeName = typeName
        self.message = message
        self.throwSite = throwSite
    }

    /// The type, what it said and where it was thrown.
    public var description: String {
        let head = "\(typeName): \(message)"
        return throwSite.isEmpty ? head : head + throwSite.map { "\n  at \($0)" }.joined()
    }
}

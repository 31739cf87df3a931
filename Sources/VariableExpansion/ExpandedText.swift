/// A text with values, and the variables that it used.
public struct ExpandedText: Sendable, Hashable {
    /// The text with values in place of variables.
    public let text: String

    /// The variables whose value was asked for, in the order in which they first appear.
    public let variables: [VariableUse]

    /// The names that were used and have a value.
    public var used: [String] { variables.filter(\.isDefined).map(\.name) }

    /// The names that were used and have no value, whether or not there is a default.
    public var undefined: [String] { variables.filter { !$0.isDefined }.map(\.name) }
}

/// A variable that a text names.
public struct VariableUse: Sendable, Hashable {
    /// The name without dollar sign and braces.
    public let name: String

    /// Whether it has a value; an empty one counts.
    public let isDefined: Bool

    /// Whether, somewhere in the text, it has neither a value nor a default nor a test: nothing stands there, silently
    /// unless the expander is strict.
    public let isMissed: Bool

    /// How often the text names it.
    public let count: Int

    /// The line of the first use, from 1.
    public let line: Int

    /// The column of the dollar sign of the first use, in Unicode scalars from 1.
    public let column: Int
}

/// A set of forms that variables may have in a text.
public struct VariableDialect: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Hashable { case coverage, compose }

    private let kind: Kind

    /// The forms of coverage.py's configuration files, the default.
    ///
    /// A name is any run of letters and digits of any script and `_`, so it may start with a digit. A default ends at
    /// the first `}` and is taken as it stands. Whatever is no known form stays in the text.
    public static let coverage = VariableDialect(kind: .coverage)

    /// The forms of Compose files.
    ///
    /// | in the text | becomes |
    /// |---|---|
    /// | `${NAME-word}` | the value, or the word |
    /// | `${NAME?word}` | the value, or an error that says the word |
    /// | `${NAME+word}` | the word if there is a value, else nothing |
    /// | `${NAME:-word}`, `${NAME:?word}`, `${NAME:+word}` | the same, but an empty value counts as none |
    ///
    /// Words may hold forms again, and braces in pairs. A name is ASCII: a letter or `_`, then letters, digits and `_`.
    /// A dollar sign that begins no form is an error; `$$` writes one.
    public static let compose = VariableDialect(kind: .compose)

    /// The dialect's name: `coverage` or `compose`.
    public var description: String { kind == .compose ? "compose" : "coverage" }
}

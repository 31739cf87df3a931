/// What is wrong with a text, where, and what to do.
///
/// No error holds a value, nor the text around the place: either may be secret.
public struct VariableExpansionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong.
    ///
    /// More kinds may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String, Hashable { case undefined, required, illFormed, unclosed, tooDeep, tooLong }

        private let kind: Kind

        /// A variable has no value, and nothing says what to do without one.
        public static let undefined = Code(kind: .undefined)
        /// A variable has no value, or an empty one, and the text says that it must.
        public static let required = Code(kind: .required)
        /// A dollar sign begins no known form.
        public static let illFormed = Code(kind: .illFormed)
        /// A form has no end.
        public static let unclosed = Code(kind: .unclosed)
        /// Forms stand in each other more deeply than allowed.
        public static let tooDeep = Code(kind: .tooDeep)
        /// The result would be longer than allowed.
        public static let tooLong = Code(kind: .tooLong)

        /// The code in one word.
        public var description: String { kind.rawValue }
    }

    /// What kind of thing is wrong.
    public let code: Code

    /// The variable that it is about, if it is about one.
    public let name: String?

    /// What is wrong and the way out, in one line.
    public let message: String

    /// The line of the dollar sign, from 1.
    public let line: Int

    /// The column of the dollar sign, in Unicode scalars from 1.
    public let column: Int

    /// Place and message: `3:7: Variable HOST is undefined; …`.
    public var description: String { "\(line):\(column): \(message)" }
}

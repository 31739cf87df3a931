/// What is wrong with a dump.
public struct DumpRowsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of faults; more may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The dump ends in the middle of a table's rows.
        public static let brokenOff = Code(description: "brokenOff")
        /// The dump does not have the table of prices.
        public static let noPrices = Code(description: "noPrices")
        /// The database has rows of the dump already.
        public static let alreadyThere = Code(description: "alreadyThere")
    }

    /// The kind of fault.
    public let code: Code
    /// The dump.
    public let path: String
    /// The table that it is about, with its schema.
    public let table: String

    init(_ code: Code, path: String, table: String) {
        self.code = code
        self.path = path
        self.table = table
    }

    /// What is wrong, where, and the way out.
    public var description: String {
        switch code {
        case .brokenOff: "\(path) breaks off in the rows of \(table); make the dump again"
        case .alreadyThere: "the database has rows of \(path) already; add each dump up once, into tables without rows"
        default: "\(path) has no rows of \(table) in it; name a plain dump of the price tables"
        }
    }
}

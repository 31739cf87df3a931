import ByteText

/// A table, or the rows of it that meet a condition; equal if the database would be told the same bytes.
struct Dataset: Sendable, Hashable {
    /// The table's name as SQL has it.
    var table: String
    /// The name of the filter, if there is one.
    var filterName: String?
    /// The condition of the filter.
    var filter: String?

    /// The end of a statement about these rows, from FROM on.
    func from(where condition: String? = nil) -> String {
        "FROM \(table)" + (SQLText.all([filter, condition]).map { " WHERE \($0)" } ?? "")
    }

    /// These rows as one item of a FROM clause.
    func item(as alias: String) -> String {
        filter.map { "(SELECT * FROM \(table) WHERE \($0)) AS \(alias)" } ?? "\(table) AS \(alias)"
    }

    static func == (left: Dataset, right: Dataset) -> Bool {
        left.table.bytes == right.table.bytes && left.filterName?.bytes == right.filterName?.bytes
            && left.filter?.bytes == right.filter?.bytes
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(table.bytes)
        hasher.combine(filter?.bytes)
    }

    /// The name in reports.
    var title: String { table + (filterName.map { " [\($0)]" } ?? "") }
}

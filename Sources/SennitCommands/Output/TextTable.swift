/// A table of plain text: the first column to the left, the others to the right.
package struct TextTable: Sendable {
    private let header: [String]
    private var rows: [[String]] = []

    /// A table with a title for each column; empty titles make a table without a title line.
    package init(header: [String]) { self.header = header }

    /// Adds a row; cells that are missing are empty, and cells beyond the header are dropped.
    package mutating func append(_ cells: [String]) {
        rows.append((0..<header.count).map { $0 < cells.count ? cells[$0] : "" })
    }

    /// The table's lines, each without blanks at its end.
    package var lines: [String] {
        let titles = header.allSatisfy(\.isEmpty) ? [] : [header]
        let all = titles + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }
            let line = cells.joined(separator: "  ")
            let end = line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex
            return String(line[..<end])
        }
    }
}

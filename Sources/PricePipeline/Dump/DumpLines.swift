import ObjectStorage

/// A dump, by lines outside of its `COPY` sections and by blocks of whole lines inside.
struct DumpLines {
    private let file: FileBytes
    private var buffer: [UInt8] = []
    private var start = 0
    private var hasEnded = false
    /// Whether the last section was read to its end.
    private(set) var sectionHasEnded = false

    init(_ file: FileBytes) { self.file = file }

    /// The next line without its end, or nil at the end of the file.
    mutating func nextLine() throws -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            searched = buffer.count - start
            guard try fill() else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return buffer[start...]
            }
        }
    }

    /// A `COPY` section, whose rows come next.
    struct Section {
        /// The table, with its schema.
        var table: String
        /// What loads the rows.
        var statement: String
    }

    /// Goes on to the next section of a schema's tables; nil at the end of the file.
    mutating func nextSection(of schema: String) throws -> Section? {
        let start = Array("COPY \(schema).".utf8)
        while let line = try nextLine() {
            guard line.starts(with: start), line.hasEnding(" FROM stdin;") else { continue }
            let statement = String(decoding: line.dropLast(), as: UTF8.self)
            let table = statement.dropFirst("COPY ".count).prefix { $0 != " " }
            return Section(table: String(table), statement: statement)
        }
        return nil
    }

    /// The next lines of a section, or nil when `\.` has been reached, or the end of the file.
    mutating func nextRows() throws -> ArraySlice<UInt8>? {
        sectionHasEnded = false
        while true {
            // A row never begins with a backslash and a point: the point of a value is not escaped.
            if buffer[start...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "\n")]) {
                start += 3
                sectionHasEnded = true
                return nil
            }
            if let end = endOfWholeLines() {
                defer { start = end }
                return buffer[start..<end]
            }
            guard try fill() else { return nil }
        }
    }

    /// Where the whole lines of the buffer end that belong to the section; nil if there is none yet.
    private func endOfWholeLines() -> Int? {
        guard let last = buffer[start...].lastIndex(of: UInt8(ascii: "\n")), last > start else { return nil }
        let mark: [UInt8] = [UInt8(ascii: "\n"), UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "\n")]
        var place = start
        while let found = buffer[place...last].firstIndex(of: UInt8(ascii: "\\")) {
            if found > start, found + 2 <= last, Array(buffer[(found - 1)...(found + 2)]) == mark { return found }
            place = found + 1
        }
        return last + 1
    }

    private mutating func fill() throws -> Bool {
        guard !hasEnded else { return false }
        buffer.removeSubrange(..<start)
        start = 0
        let more = try file.read(upTo: 1 << 20)
        hasEnded = more.isEmpty
        buffer += more
        return !hasEnded
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasEnding(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

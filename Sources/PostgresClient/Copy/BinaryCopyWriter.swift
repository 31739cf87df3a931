// Safety: bytes are lent by a span for the length of a call and copied into the buffer in it.
/// Writes the rows of a `COPY … FROM STDIN (FORMAT binary)`, field by field, without making strings.
///
/// ```swift
/// try connection.copyIn("COPY price (sku, amount) FROM STDIN (FORMAT binary)") { writer in
///     var rows = BinaryCopyWriter(writer, columnCount: 2)
///     for price in prices {
///         try rows.startRow()
///         try rows.appendText(price.sku)
///         try rows.appendNumeric(decimalText: price.amount)
///     }
///     try rows.finish()
/// }
/// ```
///
/// Rows are gathered and sent in blocks of 256 kB. A field must have its column's own type: the server does not
/// convert, it refuses. ``abandonRow()`` takes back the row that was begun, as when one of its values proves to be
/// wrong.
public struct BinaryCopyWriter: ~Copyable {
    private var buffer: RowBuffer
    private let send: (RawSpan) throws(PostgresError) -> Void
    private let columnCount: Int
    private var fieldsLeft = 0
    private var rowStart = 0
    private var isFinished = false
    /// How many rows were started and not abandoned.
    public private(set) var rowCount = 0

    /// When a row starts and at least so much is gathered, it is sent.
    static let blockSize = 256 * 1024
    /// The longest row; it is gathered whole in memory.
    static let longestRow = 256 << 20

    /// Writes to a COPY.
    ///
    /// - Parameters:
    ///   - writer: What ``PostgresConnection/copyIn(_:_:)`` has given.
    ///   - columnCount: How many fields every row has.
    public init(_ writer: PostgresCopyWriter, columnCount: Int) {
        self.init(columnCount: columnCount) { bytes throws(PostgresError) in try writer.write(bytes) }
    }

    /// Writes blocks to wherever the closure takes them.
    public init(columnCount: Int, _ send: @escaping (RawSpan) throws(PostgresError) -> Void) {
        self.columnCount = columnCount
        self.send = send
        buffer = RowBuffer(capacity: Self.blockSize + 16 * 1024)
        for byte in [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00] as [UInt8] {
            buffer.append(byte)
        }
        // No flags, no extension of the header.
        buffer.append(Int64(0))
        rowStart = buffer.count
    }

    /// Begins a row.
    ///
    /// - Throws: ``PostgresError`` if the row before has fields missing, or if its block cannot be sent.
    public mutating func startRow() throws(PostgresError) {
        try endRow()
        if buffer.count >= Self.blockSize { try flush() }
        rowStart = buffer.count
        buffer.append(Int16(truncatingIfNeeded: columnCount))
        fieldsLeft = columnCount
        rowCount += 1
    }

    /// Takes back the row that was begun last, whole or not; nothing happens if there is none.
    public mutating func abandonRow() {
        guard buffer.count > rowStart else { return }
        buffer.cut(at: rowStart)
        fieldsLeft = 0
        rowCount -= 1
    }

    /// Ends the data and sends what is left.
    public mutating func finish() throws(PostgresError) {
        guard !isFinished else { return }
        try endRow()
        isFinished = true
        buffer.append(Int16(-1))
        try flush()
    }

    private func endRow() throws(PostgresError) {
        guard fieldsLeft == 0, !isFinished else {
            let problem = isFinished ? "a row after the end" : "row \(rowCount) has \(columnCount - fieldsLeft) fields"
            throw PostgresError(.misuse, problem, detail: "every row has \(columnCount)")
        }
    }

    private mutating func flush() throws(PostgresError) {
        try buffer.withBytes { bytes throws(PostgresError) in try send(bytes) }
        buffer.cut(at: 0)
        rowStart = 0
    }

    /// Counts a field and makes sure that the row stays within bounds.
    @inline(always)
    private mutating func beginField(_ size: Int) throws(PostgresError) {
        guard fieldsLeft > 0 else { throw surplusField() }
        guard size <= Self.longestRow - (buffer.count - rowStart) else {
            throw PostgresError(.invalidValue, "row \(rowCount) is longer than \(Self.longestRow) bytes")
        }
        fieldsLeft -= 1
    }

    private func surplusField() -> PostgresError {
        PostgresError(.misuse, "row \(rowCount) has more than \(columnCount) fields, or was not started")
    }
}

extension BinaryCopyWriter {
    /// Appends a null.
    public mutating func appendNull() throws(PostgresError) {
        try beginField(4)
        buffer.append(Int32(-1))
    }

    /// Appends a `text` or `varchar` field; also a `char(n)` or an enumeration.
    ///
    /// The server refuses bytes that are not UTF-8, and zero.
    public mutating func appendText(_ utf8: RawSpan) throws(PostgresError) {
        try beginField(4 + utf8.byteCount)
        buffer.append(Int32(truncatingIfNeeded: utf8.byteCount))
        unsafe utf8.withUnsafeBytes { unsafe buffer.append($0) }
    }

    /// Appends a text field.
    public mutating func appendText(_ text: String) throws(PostgresError) {
        try unsafe appendText(text.utf8Span.span.bytes)
    }

    /// Appends a `jsonb` field from the text of a JSON value.
    public mutating func appendJSONB(_ utf8: RawSpan) throws(PostgresError) {
        try beginField(5 + utf8.byteCount)
        buffer.append(Int32(truncatingIfNeeded: utf8.byteCount + 1))
        buffer.append(UInt8(1))
        unsafe utf8.withUnsafeBytes { unsafe buffer.append($0) }
    }

    /// Appends a `boolean` field.
    public mutating func appendBool(_ value: Bool) throws(PostgresError) {
        try beginField(5)
        buffer.append(Int32(1))
        buffer.append(UInt8(value ? 1 : 0))
    }

    /// Appends a `bigint` field.
    public mutating func appendInteger(_ value: Int64) throws(PostgresError) { try append(fixed: value) }

    /// Appends an `integer` field.
    public mutating func appendInteger(_ value: Int32) throws(PostgresError) { try append(fixed: value) }

    /// Appends a `smallint` field.
    public mutating func appendInteger(_ value: Int16) throws(PostgresError) { try append(fixed: value) }

    @inline(always)
    private mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(fixed: Value) throws(PostgresError) {
        let size = MemoryLayout<Value>.size
        try beginField(4 + size)
        buffer.append(Int32(size))
        buffer.append(fixed)
    }

    /// Appends a `timestamptz` field.
    public mutating func appendTimestamp(_ moment: PostgresTimestamp) throws(PostgresError) {
        try append(fixed: moment.microsecondsSince2000)
    }

    /// Appends a `date` field.
    public mutating func appendDate(_ day: PostgresDate) throws(PostgresError) {
        try append(fixed: day.daysSince2000)
    }

    /// Appends a `numeric` field from a decimal number's text, exactly: every digit, and as many after the point.
    ///
    /// A sign and an exponent may be there: `-1.50`, `3.4E-05`. Nothing is appended if the text is something else.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidValue``, after which the field is still to be
    ///   appended.
    public mutating func appendNumeric(decimalText: RawSpan) throws(PostgresError) {
        try beginField(12 + decimalText.byteCount)
        let problem = unsafe decimalText.withUnsafeBytes { unsafe buffer.appendNumeric($0) }
        guard let problem else { return }
        fieldsLeft += 1
        let start = unsafe decimalText.withUnsafeBytes { unsafe String(decoding: $0.prefix(40), as: UTF8.self) }
        throw PostgresError(.invalidValue, "'\(start)\(decimalText.byteCount > 40 ? "…" : "")' \(problem)")
    }

    /// Appends a `numeric` field from a string; see ``appendNumeric(decimalText:)-(RawSpan)``.
    public mutating func appendNumeric(decimalText: String) throws(PostgresError) {
        try unsafe appendNumeric(decimalText: decimalText.utf8Span.span.bytes)
    }
}

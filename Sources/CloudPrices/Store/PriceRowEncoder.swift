import PostgresClient

/// Writes rows as the fields of `api_price.infra_price`.
struct PriceRowEncoder: ~Copyable {
    private var writer: BinaryCopyWriter

    init(_ send: @escaping (RawSpan) throws(PostgresError) -> Void) {
        writer = BinaryCopyWriter(columnCount: PriceSchema.columns.count, send)
    }

    var rowCount: Int { writer.rowCount }

    mutating func finish() throws(PostgresError) { try writer.finish() }

    /// Writes a row whole, or leaves nothing of it; its document's number counts from behind those that are there.
    mutating func append(_ row: borrowing PriceRowBuffer, documentsBefore: Int32) throws(PostgresError) {
        let (document, isTooLarge) = row.source.id.addingReportingOverflow(documentsBefore)
        guard !isTooLarge else { throw PostgresError(.misuse, "the table of documents has no number left") }
        try writer.startRow()
        do throws(PostgresError) {
            try writer.appendText(row.provider.rawValue)
            try text(.sku, row)
            try text(.rateCode, row)
            try text(.service, row)
            try text(.region, row)
            try optional(.productFamily, row)
            try optional(.skuName, row)
            try optional(.description, row)
            if row.has(.attributes) {
                // Safety: here and below, the row's text is copied during the call.
                try unsafe writer.appendJSONB(row.text(.attributes).bytes)
            } else {
                try writer.appendNull()
            }
            try writer.appendText(row.term.rawValue)
            if let months = row.termMonths {
                try writer.appendInteger(Int16(clamping: months))
            } else {
                try writer.appendNull()
            }
            try optional(.purchaseOption, row)
            try optional(.offeringClass, row)
            try writer.appendText(row.charge.rawValue)
            try appendAmounts(row)
            try text(.currency, row)
            try text(.unit, row)
            try text(.normalisedUnit, row)
            try writer.appendInteger(row.unitBlock)
            try moment(row.effectiveFrom)
            try moment(row.effectiveTo)
            try writer.appendInteger(document)
            try writer.appendInteger(Int64(row.offset))
        } catch {
            writer.abandonRow()
            throw error
        }
    }

    private mutating func appendAmounts(_ row: borrowing PriceRowBuffer) throws(PostgresError) {
        try amount(row.tierStart)
        if let end = row.tierEnd { try amount(end) } else { try writer.appendNull() }
        try unsafe writer.appendNumeric(decimalText: row.text(.price).bytes)
        if row.price.hasPublishedNotation { try text(.price, row) } else { try writer.appendNull() }
    }

    private mutating func amount(_ value: ExactDecimal) throws(PostgresError) {
        try writer.appendNumeric(decimalText: value.isZero ? "0" : value.plainText)
    }

    private mutating func text(_ field: PriceText, _ row: borrowing PriceRowBuffer) throws(PostgresError) {
        try unsafe writer.appendText(row.text(field).bytes)
    }

    private mutating func optional(_ field: PriceText, _ row: borrowing PriceRowBuffer) throws(PostgresError) {
        if row.has(field) { try text(field, row) } else { try writer.appendNull() }
    }

    private mutating func moment(_ value: PriceInstant?) throws(PostgresError) {
        guard let value else { return try writer.appendNull() }
        try writer.appendTimestamp(PostgresTimestamp(microsecondsSince1970: value.microseconds))
    }
}

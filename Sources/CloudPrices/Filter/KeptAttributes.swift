/// Writes the attributes that a row keeps, as one JSON object.
struct KeptAttributes: ~Copyable {
    private var text = ByteArena()

    /// Sets the row's attributes to those of the names that have a value; clears them if there are no names.
    mutating func set(
        on row: inout PriceRowBuffer, _ names: [String], value: (String) -> String?
    ) throws(PriceProblem) {
        guard !names.isEmpty else { return row.clear(.attributes) }
        text.cut(at: 0)
        for name in names {
            guard let value = value(name) else { continue }
            text.append(text.count == 0 ? "{\"" : ",\"")
            JSONText.append(Array(name.utf8).span, to: &text)
            text.append("\":\"")
            JSONText.append(Array(value.utf8).span, to: &text)
            text.append("\"")
        }
        text.append(text.count == 0 ? "{}" : "}")
        try row.set(.attributes, text.text(0..<text.count))
    }
}

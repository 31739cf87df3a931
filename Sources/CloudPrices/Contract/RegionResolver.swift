/// Finds the regions of rows, and asks the table once for each pair of texts.
struct RegionResolver {
    private struct Known {
        var code: [UInt8]
        var location: [UInt8]
        var region: [UInt8]?
    }

    private let table: RegionTable
    private var known: [Known] = []
    private var places: [UInt64: Int] = [:]

    /// Makes a resolver with nothing looked up.
    init(_ table: RegionTable) { self.table = table }

    /// The canonical name of a region in UTF-8; nil if it is not known.
    ///
    /// See `RegionTable.region(code:location:)`.
    mutating func region(code: Span<UInt8>, location: Span<UInt8>) -> [UInt8]? {
        let hash = location.mixed(into: code.mixed(into: 0))
        if let place = places[hash] {
            let entry = known[place]
            if code.equals(entry.code.span), location.equals(entry.location.span) { return entry.region }
        }
        let region = table.region(code: String(copying: code), location: String(copying: location))
        let entry = Known(
            code: Array(copying: code), location: Array(copying: location), region: region.map { Array($0.utf8) })
        // As many as there are regions; what does not look like one is not worth keeping.
        if known.count < 4096 {
            places[hash] = known.count
            known.append(entry)
        }
        return entry.region
    }
}

extension [UInt8] {
    /// Copies a text.
    init(copying text: Span<UInt8>) {
        // Safety: the buffer is used only inside the call.
        self = unsafe text.withUnsafeBufferPointer { unsafe Array($0) }
    }
}

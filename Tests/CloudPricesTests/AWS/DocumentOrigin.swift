import CloudPrices

/// Documents by path.
struct DocumentOrigin: PriceListOrigin {
    let documents: [String: String]

    init(_ documents: [String: String]) { self.documents = documents }

    func open(_ path: String) async throws -> any ByteSource {
        guard let text = documents[path] else { throw PriceProblem(.inputFailed, "not here", source: path) }
        return MemoryByteSource(text, name: path)
    }
}

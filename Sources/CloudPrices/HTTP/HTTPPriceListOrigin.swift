import ByteText

/// A provider's documents over HTTP: from its servers, from a mock of them, or from a recording.
public struct HTTPPriceListOrigin: PriceListOrigin {
    private let client: PriceListClient
    private let root: String
    private let secretHeader: SecretHeader?

    /// Makes an origin below a root such as `https://prices.azure.com`.
    ///
    /// A secret, such as the key of Google's catalog, goes into a header and never into an address: so it is in no
    /// error, no log and no recording.
    public init(_ client: PriceListClient, root: String, secretHeader: SecretHeader? = nil) {
        self.client = client
        self.root = root.bytes.withoutEnd("/")?.string ?? root
        self.secretHeader = secretHeader
    }

    /// Opens a document and waits for its first bytes, so that a refusal is known here.
    public func open(_ path: String) async throws -> any ByteSource {
        let request = PriceListRequest(root + path, content: Self.content(of: path), secretHeader: secretHeader)
        let pieces = PieceQueue()
        let client = client
        // On a thread of its own: the parser blocks the one that it runs on.
        let fetch = Task(executorPreference: ThreadExecutor.fetches) {
            do {
                _ = try await client.fetch(request) { try await pieces.put($0) }
                pieces.end(.success(()))
            } catch let error as PriceListFetchError {
                pieces.end(.failure(PriceProblem(error, path: path)))
            } catch let problem as PriceProblem {
                pieces.end(.failure(problem))
            } catch {
                pieces.end(.failure(PriceProblem(.inputFailed, "reading failed: \(error)", source: path)))
            }
        }
        let source = HTTPByteSource(name: path, pieces: pieces, fetch: fetch)
        try await pieces.started()
        try Task.checkCancellation()
        return source
    }

    private static func content(of path: String) -> PriceListRequest.Content {
        path.bytes.parts(at: "?")[0].hasEnd(".csv") ? .csv : .json
    }
}

extension PriceProblem {
    /// A failed fetch as a problem of the document.
    init(_ error: PriceListFetchError, path: String) {
        let advice =
            switch error.code {
            case .refused: "Check the address, and the key if the server takes one."
            case .throttled: "Wait, or ask for less at a time."
            case .htmlInPlaceOfData: "Something on the way answers in the provider's place: a portal, a proxy."
            case .badAddress: "An address begins with http:// or https://."
            case .notRecorded: "Record it again, with the same selection."
            case .changedMeanwhile: "Run it again."
            case .tooLarge: "Raise the limit if the list may be this large."
            default: "Run it again; what was read so far is not used."
            }
        self.init(error.code == .refused ? .refused : .inputFailed, error.description, source: path, advice: advice)
    }
}

import Testing
import WebFetch

/// Checks what a mutating call returns, which `#expect` cannot hold.
func expect<Value: Equatable>(
    _ value: Value, is expected: Value, _ location: SourceLocation = #_sourceLocation
) {
    #expect(value == expected, sourceLocation: location)
}

extension WebClient {
    /// The error that a fetch ends with; nil if it does not fail.
    func failure(of request: WebRequest) async throws -> WebFetchError? {
        do {
            _ = try await collect(request)
            return nil
        } catch let error as WebFetchError {
            return error
        }
    }
}

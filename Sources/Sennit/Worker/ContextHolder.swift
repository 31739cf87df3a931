/// The context of a worker, made from a type that is known only by name.
package protocol ContextHolder: Sendable {
    var context: any WorkerContext { get }
    func makeThreadState() async throws -> Any
    func shutDown() async
}

private struct TypedContextHolder<Context: WorkerContext>: ContextHolder {
    let typed: Context

    var context: any WorkerContext { typed }
    func makeThreadState() async throws -> Any { try await typed.makeThreadState() }
    func shutDown() async { await typed.shutDown() }
}

// Safety: the reader does not outlive the closure that lends it the configuration's bytes.
extension WorkerContext {
    /// Makes the context from its encoded configuration.
    package static func makeHolder(configuration: [UInt8]) async throws -> any ContextHolder {
        let decoded: Configuration
        do {
            decoded = try unsafe configuration.withUnsafeBytes { bytes in
                var reader = unsafe ByteReader(bytes)
                return try WireCoder.decode(Configuration.self, from: &reader)
            }
        } catch {
            throw PoolError(.decodingFailed, "The configuration of \(Self.self) could not be decoded.", cause: error)
        }
        return TypedContextHolder(typed: try await Self(decoded))
    }
}

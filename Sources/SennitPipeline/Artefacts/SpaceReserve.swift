import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Room on the disk that is kept for the history: a step that fills the disk must not keep its own end from being
/// recorded.
package struct SpaceReserve: Sendable {
    /// How much is kept: some thousand events.
    package static let bytes: Int64 = 2 << 20

    private let path: String

    /// The reserve of a store.
    package init(_ layout: StoreLayout) { path = "\(layout.root)/reserve" }

    /// Takes the room, unless it is taken already; without room there is no reserve.
    package func fill() {
        guard FileSystem.status(path)?.bytes != Self.bytes, let file = try? FileSystem.create(path) else { return }
        #if canImport(Darwin)
            let bytes = [UInt8](repeating: 1, count: Int(Self.bytes))
            let isThere = (try? FileSystem.write(bytes[...], to: file, path: path)) != nil
        #else
            let isThere = posix_fallocate(file.rawValue, 0, off_t(Self.bytes)) == 0
        #endif
        if !isThere { try? FileSystem.remove(path) }
    }

    /// Gives the room away.
    ///
    /// - Returns: Whether there was some.
    package func release() -> Bool {
        guard FileSystem.status(path) != nil else { return false }
        return (try? FileSystem.remove(path)) != nil
    }
}

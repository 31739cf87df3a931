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

    /// Takes the room, or as much of it as there is, unless it is taken already.
    package func fill() {
        guard FileSystem.status(path)?.bytes != Self.bytes else { return }
        for part in [1, 2, 4, 8] where fill(Self.bytes / Int64(part)) { return }
    }

    private func fill(_ count: Int64) -> Bool {
        guard let file = try? FileSystem.create(path) else { return false }
        #if canImport(Darwin)
            let bytes = [UInt8](repeating: 1, count: Int(count))
            let isThere = (try? FileSystem.write(bytes[...], to: file, path: path)) != nil
        #else
            let isThere = posix_fallocate(file.rawValue, 0, off_t(count)) == 0
        #endif
        if !isThere { try? FileSystem.remove(path) }
        return isThere
    }

    /// Gives the room away.
    ///
    /// - Returns: Whether there was some.
    package func release() -> Bool {
        guard FileSystem.status(path) != nil else { return false }
        return (try? FileSystem.remove(path)) != nil
    }
}

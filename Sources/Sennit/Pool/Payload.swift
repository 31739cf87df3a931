// Safety: bytes held in place are copied to and from two words that are as long as the sixteen bytes they hold at most;
// bytes in shared memory stay mapped while their owner is held, and the slot or segment they lie in is given back only
// when the last holder has gone.
/// The bytes of an argument or a result, wherever they are.
package enum PayloadBytes: Sendable {
    /// At most sixteen bytes, held in place: most results are that small, and this saves an allocation.
    case small(UInt64, UInt64, count: UInt8)
    case bytes([UInt8])
    /// Bytes in shared memory that are given back when the last holder goes.
    case held(HeldPayload)
    /// Bytes that name shared memory, which is kept for whoever decodes them.
    indirect case naming([SegmentReference], PayloadBytes)

    /// Copies what it is given.
    package init(copying source: UnsafeRawBufferPointer) {
        guard source.count <= 16 else {
            self = unsafe .bytes([UInt8](source))
            return
        }
        var words: (UInt64, UInt64) = (0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyMemory(from: source) }
        self = .small(words.0, words.1, count: UInt8(source.count))
    }

    package var count: Int {
        switch self {
        case .small(_, _, let count): Int(count)
        case .bytes(let bytes): bytes.count
        case .held(let payload): payload.count
        case .naming(_, let bytes): bytes.count
        }
    }

    @inline(__always)
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch self {
        case .small(let first, let second, let count):
            let words = (first, second)
            return try unsafe withUnsafeBytes(of: words) {
                try unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)]))
            }
        case .bytes(let bytes):
            return try unsafe bytes.withUnsafeBytes { try unsafe body($0) }
        case .held(let payload):
            return try unsafe payload.withBytes(body)
        case .naming(let segments, let bytes):
            return try withExtendedLifetime(segments) { try unsafe bytes.withBytes(body) }
        }
    }
}

/// Bytes in shared memory, with what must happen when nobody reads them any more.
// @unchecked Sendable: the memory is mapped while `owner` lives, and no thread or process writes to it until
// `onRelease` has run.
@safe
package final class HeldPayload: @unchecked Sendable {
    private let memory: UnsafeRawBufferPointer
    private let owner: (any AnyObject & Sendable)?
    private let onRelease: @Sendable () -> Void

    package init(
        _ memory: UnsafeRawBufferPointer, owner: (any AnyObject & Sendable)?,
        onRelease: @escaping @Sendable () -> Void
    ) {
        unsafe self.memory = memory
        self.owner = owner
        self.onRelease = onRelease
    }

    deinit { onRelease() }

    package var count: Int { unsafe memory.count }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try unsafe body(memory)
    }
}

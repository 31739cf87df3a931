/// The bytes of an argument or a result, wherever they are.
package enum PayloadBytes: Sendable {
    /// At most sixteen bytes, held in place: most results are that small, and this saves an allocation.
    case small(UInt64, UInt64, count: UInt8)
    case bytes([UInt8])
    /// Bytes in shared memory that are given back when the last holder goes.
    case held(HeldPayload)

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
        }
    }

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
        }
    }
}

/// Bytes in shared memory, with what must happen when nobody reads them any more.
@safe
package final class HeldPayload: @unchecked Sendable {
    // The memory is mapped while `owner` lives, and nobody writes to it until `onRelease` has run.
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

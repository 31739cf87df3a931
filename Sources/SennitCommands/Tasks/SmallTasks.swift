import Sennit

/// The cheapest task there is: nothing to do, nothing to encode.
struct NoOperation: PoolTask, PlainData {
    func run(in context: NoContext) async throws -> NoOutput { NoOutput() }
}

/// Sends its bytes back.
struct Echo: PoolTask {
    let bytes: [UInt8]

    func run(in context: NoContext) async throws -> [UInt8] { bytes }
}

/// Adds one to a byte of every page of a shared buffer and sends it back.
struct TouchPages: PoolTask {
    static let pageBytes = 4096

    let buffer: SharedBuffer

    func run(in context: NoContext) async throws -> SharedBuffer {
        buffer.withMutableSpan(of: UInt8.self) { bytes in
            for index in stride(from: 0, to: bytes.count, by: TouchPages.pageBytes) { bytes[index] &+= 1 }
        }
        return buffer
    }
}

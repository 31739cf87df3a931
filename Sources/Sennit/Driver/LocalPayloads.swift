internal import Synchronization

// Safety: bytes are used only within the call that lends them, and chunks lie within them.
/// Large payloads between the pool and a worker of the same process: nothing needs to be sent.
package final class LocalPayloads: Sendable {
    private let requests = StreamAssembler()
    private let results = StreamAssembler()
    private let nextResult = Atomic<UInt64>(1)

    package init() {}

    /// The segment with this name, if there is one.
    package func segment(_ id: SegmentID) -> SegmentReference? { SegmentRegistry.process.reference(to: id) }

    /// The segment with this name, or an error.
    package func knownSegment(_ id: SegmentID) throws -> SegmentReference {
        guard let segment = segment(id) else { throw PayloadError.unknownSegment(id) }
        return segment
    }

    package func putRequest(_ payload: PayloadBytes, id: UInt64) {
        unsafe payload.withBytes { bytes in unsafe put(bytes, into: requests, id: id) }
    }

    package func takeRequest(_ id: UInt64) throws -> [UInt8] { try requests.waitFor(id, timeout: .seconds(60)) }

    package func withdrawRequest(_ id: UInt64) { requests.abandon(id) }

    package func putResult(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let id = nextResult.wrappingAdd(1, ordering: .relaxed).oldValue
        unsafe put(bytes, into: results, id: id)
        return id
    }

    package func takeResult(_ id: UInt64) -> [UInt8]? { try? results.take(id) }

    private func put(_ bytes: UnsafeRawBufferPointer, into assembler: StreamAssembler, id: UInt64) {
        for chunk in StreamChunks(id: id, totalBytes: bytes.count) {
            try? unsafe assembler.receive(chunk, UnsafeRawBufferPointer(rebasing: bytes[chunk.range]))
        }
    }
}

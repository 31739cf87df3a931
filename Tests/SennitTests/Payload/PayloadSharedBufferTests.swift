import Foundation
import Sennit
import Testing

extension PayloadTests {
    @Suite("Shared buffer")
    struct Buffers {
        // Sendable by hand, as the JSON coder asks: each test makes its own and stays on one thread with it.
        private final class Attachments: AttachmentEncoding, @unchecked Sendable {
            let segments = AttachedSegments()
            func attach(_ segment: any AnyObject & Sendable) throws { try segments.attach(segment) }
        }

        // Sendable by hand: it never changes, and each test stays on one thread with its own.
        private final class Lookup: AttachmentDecoding, @unchecked Sendable {
            let lookup: SegmentLookup
            init(_ registry: SegmentRegistry) { lookup = SegmentLookup(in: registry) }
            func segment(_ id: UInt64) throws -> AnyObject { try lookup.segment(id) }
        }

        private struct Message: Codable {
            var name: String
            var first: SharedBuffer
            var second: SharedBuffer
        }

        private func coders(_ registry: SegmentRegistry) -> (JSONEncoder, Attachments, JSONDecoder) {
            let (encoder, attachments, decoder) = (JSONEncoder(), Attachments(), JSONDecoder())
            encoder.userInfo[.attachmentEncoding] = attachments
            decoder.userInfo[.attachmentDecoding] = Lookup(registry)
            return (encoder, attachments, decoder)
        }

        @Test func `a new buffer is zero, even on memory used before`() throws {
            for _ in 0..<2 {
                let buffer = try SharedBuffer(byteCount: 300_000)
                #expect(unsafe buffer.withUnsafeBytes { unsafe $0.allSatisfy { $0 == 0 } })
                _ = unsafe buffer.withUnsafeMutableBytes { unsafe $0.initializeMemory(as: UInt8.self, repeating: 9) }
            }
        }

        @Test(arguments: [0, 1, 4096, 100_001])
        func `contents are copied in and out`(_ count: Int) throws {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let buffer = try SharedBuffer(copying: bytes)
            #expect(buffer.byteCount == count)
            #expect(buffer.array(of: UInt8.self) == bytes)
            #expect(try SharedBuffer(copying: bytes.lazy.map { $0 }).array(of: UInt8.self) == bytes)
        }

        @Test func `typed views see whole elements`() throws {
            let buffer = try SharedBuffer(byteCount: 8 * 100 + 3)
            buffer.withMutableSpan(of: Double.self) { span in
                for index in span.indices { span[index] = Double(index) }
            }
            #expect(buffer.withSpan(of: Double.self) { $0.count } == 100)
            #expect(buffer.withSpan(of: Double.self) { $0[99] } == 99)
            #expect(buffer.array(of: Double.self).reduce(0, +) == 4950)
        }

        @Test func `a copy is a memory of its own`() throws {
            let buffer = try SharedBuffer(copying: [1, 2, 3] as [Int])
            let copy = try buffer.copy()
            buffer.withMutableSpan(of: Int.self) { $0[0] = 7 }
            #expect(copy.array(of: Int.self) == [1, 2, 3])
        }

        @Test func `out and back in one process is the very same memory`() throws {
            let (encoder, attachments, decoder) = coders(.process)
            let buffer = try SharedBuffer(copying: Array(0..<1000))
            let data = try encoder.encode(Message(name: "twice", first: buffer, second: buffer))
            #expect(attachments.segments.segments.count == 1)
            let message = try decoder.decode(Message.self, from: data)
            #expect(address(message.first) == address(buffer))
            message.second.withMutableSpan(of: Int.self) { $0[5] = -1 }
            #expect(buffer.withSpan(of: Int.self) { $0[5] } == -1)
        }

        @Test func `the memory lives as long as the last buffer on it`() throws {
            let (encoder, attachments, decoder) = coders(.process)
            var buffer: SharedBuffer? = try SharedBuffer(copying: [1, 2, 3] as [Int])
            let data = try encoder.encode(["buffer": buffer])
            let back = try #require(try decoder.decode([String: SharedBuffer].self, from: data)["buffer"])
            buffer = nil
            #expect(buffer == nil && attachments.segments.segments.count == 1)
            #expect(back.array(of: Int.self) == [1, 2, 3])
        }

        @Test func `another process finds it once it was lent`() throws {
            let parent = SegmentRegistry.process
            let worker = SegmentRegistry(origin: 77)
            let (encoder, attachments, decoder) = coders(worker)
            let buffer = try SharedBuffer(copying: [1, 2, 3] as [Int])
            let data = try encoder.encode(["buffer": buffer])
            #expect(throws: PayloadError.self) { try decoder.decode([String: SharedBuffer].self, from: data) }
            let segment = try #require(attachments.segments.segments.first)
            parent.attach(SegmentLink(4_000_000)) {}
            defer { parent.detach(SegmentLink(4_000_000)) }
            #expect(parent.lend(segment, to: SegmentLink(4_000_000), for: .buffer))
            try worker.adopt(
                segment.id, descriptor: FileDescriptor(adopting: segment.descriptor).duplicateAndRelease(),
                byteCount: segment.capacity, from: SegmentLink(0)
            )
            let there = try #require(try decoder.decode([String: SharedBuffer].self, from: data)["buffer"])
            there.withMutableSpan(of: Int.self) { $0[1] = 20 }
            #expect(buffer.array(of: Int.self) == [1, 20, 3])
            #expect(address(there) != address(buffer))
        }

        @Test func `other coders refuse it and say why`() throws {
            let buffer = try SharedBuffer(byteCount: 10)
            let error = #expect(throws: EncodingError.self) { try JSONEncoder().encode(["key": buffer]) }
            #expect("\(String(describing: error))".contains("process-thread pool"))
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(SharedBuffer.self, from: Data(#"{"segment":1,"byteCount":1}"#.utf8))
            }
        }

        @Test func `a message cannot claim more bytes than the memory has`() throws {
            let (encoder, _, decoder) = coders(.process)
            let buffer = try SharedBuffer(byteCount: 10)
            let text = String(decoding: try encoder.encode(buffer), as: UTF8.self)
            for claim in ["4097", "-1"] {
                let forged = text.replacingOccurrences(of: "\"byteCount\":10", with: "\"byteCount\":\(claim)")
                #expect(throws: DecodingError.self) { try decoder.decode(SharedBuffer.self, from: Data(forged.utf8)) }
            }
        }

        @Test(arguments: [-1, Int.max])
        func `impossible sizes are refused`(_ size: Int) {
            let error = #expect(throws: PoolError.self) { try SharedBuffer(byteCount: size) }
            #expect(error?.code == .invalidArgument)
        }

        private func address(_ buffer: SharedBuffer) -> UInt {
            unsafe buffer.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        }
    }
}

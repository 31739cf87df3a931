import Foundation
import ObjectStorage
import Testing

struct WholeFileTests {
    @Test func `a writer that fails leaves what was there, and nothing else`() async throws {
        let scratch = try Scratch()
        let path = try scratch.file("a.sql", Array("old".utf8))
        struct Fault: Error {}
        await #expect(throws: Fault.self) {
            try await WholeFile.replace(path) { file in
                try file.write(Array("half".utf8))
                throw Fault()
            }
        }
        #expect(try scratch.bytes("a.sql") == Array("old".utf8))
        #expect(scratch.files == ["a.sql"])
    }

    @Test func `a full disk is told, and leaves nothing behind`() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("in", [UInt8](repeating: 1, count: 4096))
        // A device that is always full, under the name of the object's folder.
        let full = await #expect(throws: StorageError.self) {
            try await WholeFile.replace(scratch.path("out")) { _ in
                let device = try FileBytes.writing("/dev/full")
                try device.write(try FileBytes.reading(file).read())
            }
        }
        #expect(full?.message.contains("make room") == true)
        #expect(scratch.files == ["in"])
    }
}

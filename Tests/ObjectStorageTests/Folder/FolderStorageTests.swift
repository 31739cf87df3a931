import Foundation
import ObjectStorage
import Testing

struct FolderStorageTests {
    @Test func `files are put, listed by key, read and removed`() async throws {
        let scratch = try Scratch()
        let storage = FolderStorage(scratch.path("dumps/"))
        #expect(try await storage.list(prefix: "").isEmpty)
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try scratch.file("one", bytes)
        for key in ["b/2.sql", "a/1.sql", "b/1.sql"] { try await storage.put(file, as: ObjectKey(key)) }
        let found = try await storage.list(prefix: "b/")
        #expect(found.map(\.key.text) == ["b/1.sql", "b/2.sql"])
        #expect(found.allSatisfy { $0.byteCount == 700_000 && $0.modified > 1_700_000_000 })
        try await storage.get(ObjectKey("b/1.sql"), into: scratch.path("back"))
        #expect(try scratch.bytes("back") == bytes)
        try await storage.delete(ObjectKey("b/1.sql"))
        try await storage.delete(ObjectKey("b/1.sql"))
        #expect(try await storage.list(prefix: "").map(\.key.text) == ["a/1.sql", "b/2.sql"])
    }

    @Test func `an object replaces the one before it`() async throws {
        let scratch = try Scratch()
        let storage = FolderStorage(scratch.path("dumps"))
        let key = try ObjectKey("a.sql")
        for text in ["first", "second"] { try await storage.put(scratch.file("in", Array(text.utf8)), as: key) }
        #expect(try scratch.bytes("dumps/a.sql") == Array("second".utf8))
    }

    @Test func `what is half written is not listed`() async throws {
        let scratch = try Scratch()
        _ = try scratch.file(".partial-1-x-a.sql", [1])
        _ = try scratch.file("a.sql", [1])
        #expect(try await FolderStorage(scratch.folder).list(prefix: "").map(\.key.text) == ["a.sql"])
    }

    @Test func `a file that is not there, and one that is a folder`() async throws {
        let scratch = try Scratch()
        let storage = FolderStorage(scratch.path("dumps"))
        let key = try ObjectKey("a.sql")
        let missing = await #expect(throws: StorageError.self) { try await storage.put(scratch.path("none"), as: key) }
        #expect(missing?.code == .notFound && missing?.message.contains("none") == true)
        let folder = await #expect(throws: StorageError.self) { try await storage.put(scratch.folder, as: key) }
        #expect(folder?.code == .fileSystem)
        #expect(try await storage.list(prefix: "").isEmpty)
    }
}

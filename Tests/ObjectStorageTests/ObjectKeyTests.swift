import ObjectStorage
import Testing

struct ObjectKeyTests {
    @Test(arguments: ["a", "a/b.sql", "aws/2026-11-24 é.sql", "...", ".hidden"])
    func `keys`(text: String) throws { #expect(try ObjectKey(text).text == text) }

    @Test(
        arguments: ["", "/a", "a/", "a//b", "../a", "a/..", ".", "a\nb", "a\u{0}", String(repeating: "k", count: 1025)]
    )
    func `what is no key`(text: String) {
        let error = #expect(throws: StorageError.self) { try ObjectKey(text) }
        #expect(error?.code == .invalidKey)
    }
}

extension ObjectKeyTests {
    @Test(arguments: ["\u{301}", "\u{FE0F}", "\u{200D}"])
    func `no mark behind a slash leads out of the storage`(mark: String) {
        for text in ["../\(mark)x", "a/../\(mark)x", "/\(mark)x", "a/./\(mark)", "a//\(mark)b"] {
            #expect(throws: StorageError.self) { try ObjectKey(text) }
        }
    }

    @Test func `keys are equal when their bytes are`() throws {
        let keys = [try ObjectKey("é"), try ObjectKey("e\u{301}")]
        #expect(keys[0] != keys[1] && Set(keys).count == 2)
        #expect(keys.sorted().map(\.text.utf8.count) == [3, 2])
    }
}

struct StorageLocationTests {
    @Test func `folders and buckets`() throws {
        #expect(try StorageLocation("dumps") == .folder("dumps"))
        #expect(try StorageLocation("/var/dumps") == .folder("/var/dumps"))
        #expect(try StorageLocation("s3://prices") == .bucket(name: "prices", prefix: ""))
        #expect(try StorageLocation("s3://prices/a/b/") == .bucket(name: "prices", prefix: "a/b"))
    }

    @Test(arguments: ["", "http://host/a", "s3://", "s3://UPPER", "s3://ab", "s3://prices/../a"])
    func `neither`(text: String) { #expect(throws: StorageError.self) { try StorageLocation(text) } }
}

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

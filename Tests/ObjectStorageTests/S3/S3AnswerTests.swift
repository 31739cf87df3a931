import ObjectStorage
import Testing

struct S3AnswerTests {
    @Test func `a page of a listing`() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
            <IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>
            <Contents><Key>a/1 &amp; 2.sql</Key><LastModified>2026-11-24T12:00:00.000Z</LastModified>
            <Size>17</Size><Owner><ID>x</ID></Owner></Contents></ListBucketResult>
            """
        let answer = try S3Answer(parsing: Array(text.utf8))
        #expect(answer.root == "ListBucketResult" && answer.continuation == "next")
        let entry = try #require(answer.entries.first)
        #expect(entry.key == "a/1 & 2.sql" && entry.byteCount == 17 && entry.modified == 1_795_521_600)
    }

    @Test func `an error`() throws {
        let text = "<Error><Code>NoSuchBucket</Code><Message>The bucket does not exist</Message></Error>"
        let answer = try S3Answer(parsing: Array(text.utf8))
        #expect(answer.root == "Error" && answer.errorCode == "NoSuchBucket")
        #expect(answer.errorMessage == "The bucket does not exist")
    }

    @Test(arguments: [
        "<L><Contents><Size>1</Size></Contents></L>", "<L><Contents><Key>a</Key><Size>many</Size></Contents></L>",
        "<L><Contents><Key>a</Key><LastModified>soon</LastModified></Contents></L>",
    ])
    func `an object that is not described`(text: String) {
        let error = #expect(throws: StorageError.self) { try S3Answer(parsing: Array(text.utf8)) }
        #expect(error?.code == .unexpectedAnswer && error?.message.hasPrefix("the storage lists") == true)
    }

    @Test(.timeLimit(.minutes(5))) func `an entity that grows without end is refused`() {
        let names = (1...9).map { "<!ENTITY e\($0) \"" + String(repeating: "&e\($0 - 1);", count: 10) + "\">" }
        let text = "<!DOCTYPE L [<!ENTITY e0 \"12345\">\(names.joined())]><L>&e9;</L>"
        let error = #expect(throws: StorageError.self) { try S3Answer(parsing: Array(text.utf8)) }
        #expect(error?.code == .unexpectedAnswer)
    }

    @Test(arguments: ["", "{}", "<html>", "<a><b></a>"])
    func `what is no XML`(text: String) {
        let error = #expect(throws: StorageError.self) { try S3Answer(parsing: Array(text.utf8)) }
        #expect(error?.code == .unexpectedAnswer)
    }
}

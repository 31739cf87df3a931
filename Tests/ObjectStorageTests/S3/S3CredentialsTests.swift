import ObjectStorage
import Testing

struct S3CredentialsTests {
    @Test func `the secret is never shown`() throws {
        let credentials = try S3Credentials(parsing: "id:very-secret:token")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("very-secret") && !text.contains("token"))
        }
        #expect(credentials.accessKeyID == "id")
    }

    @Test(arguments: ["", "id", "id:", ":secret", "id:secret:"])
    func `what is no key is refused without being repeated`(text: String) {
        let error = #expect(throws: StorageError.self) { try S3Credentials(parsing: text) }
        #expect(error?.code == .invalidCredentials)
        #expect(text.count < 3 || error?.message.contains(text) == false)
    }
}

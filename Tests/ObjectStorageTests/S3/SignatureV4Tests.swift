import ByteText
import ObjectStorage
import Testing

/// The requests and signatures that Amazon publishes with the description of the protocol.
struct SignatureV4Tests {
    private static let signer = SignatureV4(
        credentials: S3Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", moment: SignatureMoment(secondsSince1970: 1_369_353_600))

    private func signature(of request: SignatureV4.Request) -> Substring? {
        Self.signer.signedHeaders(for: request).first { $0.name == "authorization" }?.value
            .split(separator: "Signature=").last
    }

    @Test func `a part of an object`() {
        let request = SignatureV4.Request(
            method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt",
            headers: [("Range", "bytes=0-9")])
        #expect(signature(of: request) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func `a listing`() {
        let request = SignatureV4.Request(
            method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/",
            query: [("prefix", "J"), ("max-keys", "2")])
        #expect(signature(of: request) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func `a session's token is sent and signed`() {
        var signer = Self.signer
        signer.credentials = S3Credentials(accessKeyID: "A", secretKey: "B", sessionToken: "token")
        let headers = signer.signedHeaders(for: SignatureV4.Request(method: "GET", host: "h", path: "/"))
        #expect(headers.contains { $0.name == "x-amz-security-token" && $0.value == "token" })
        #expect(headers.contains { $0.value.contains("x-amz-date;x-amz-security-token") })
    }

    @Test(arguments: [
        (0, "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
        (1_709_251_199, "20240229T235959Z"), (4_107_542_400, "21000301T000000Z"),
        (253_402_300_799, "99991231T235959Z"), (Int64.max, "99991231T235959Z"), (Int64.min, "19700101T000000Z"),
    ])
    func `a moment`(seconds: Int64, timestamp: String) {
        #expect(SignatureMoment(secondsSince1970: seconds).timestamp == timestamp)
    }

    @Test func `what is encoded in a path and in a query`() {
        #expect("a b/é~+".bytes.percentEncoded(keeping: "/") == "a%20b/%C3%A9~%2B")
        #expect("a/b".bytes.percentEncoded() == "a%2Fb")
        #expect(SignatureV4.queryText([("b", "2"), ("a", "x y")]) == "a=x%20y&b=2")
    }
}

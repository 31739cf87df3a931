import ByteText
import Crypto
import Foundation

/// Signature version 4 of a request, as Amazon documents it for S3.
///
/// The page is "Authenticating Requests: Using the Authorization Header". Pure: the moment is passed in.
package struct SignatureV4 {
    package var credentials: S3Credentials
    package var region: String
    package var moment: SignatureMoment

    package init(credentials: S3Credentials, region: String, moment: SignatureMoment) {
        self.credentials = credentials
        self.region = region
        self.moment = moment
    }

    /// What is signed of a request.
    package struct Request {
        package var method: String
        package var host: String
        /// The path, its parts percent-encoded but for `/`.
        package var path: String
        package var query: [(name: String, value: String)]
        package var headers: [(name: String, value: String)]
        /// The SHA-256 of the body in hexadecimal digits.
        package var payloadHash: String

        package init(
            method: String, host: String, path: String, query: [(name: String, value: String)] = [],
            headers: [(name: String, value: String)] = [], payloadHash: String = SignatureV4.emptyHash
        ) {
            self.method = method
            self.host = host
            self.path = path
            self.query = query
            self.headers = headers
            self.payloadHash = payloadHash
        }
    }

    /// The hash of no bytes.
    package static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Every header that the request must be sent with, the signature among them; `host` is left to the client.
    package func signedHeaders(for request: Request) -> [(name: String, value: String)] {
        var headers = request.headers.map { (name: $0.name.lowercased(), value: $0.value) }
        headers.append((name: "x-amz-content-sha256", value: request.payloadHash))
        headers.append((name: "x-amz-date", value: moment.timestamp))
        if let token = credentials.sessionToken { headers.append((name: "x-amz-security-token", value: token)) }
        let authorization = authorization(of: request, headers: headers + [(name: "host", value: request.host)])
        return headers + [(name: "authorization", value: authorization)]
    }

    private func authorization(of request: Request, headers: [(name: String, value: String)]) -> String {
        let sorted = headers.sorted { $0.name.bytes < $1.name.bytes }
        let names = sorted.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, request.path, Self.queryText(request.query),
            sorted.map { "\($0.name):\($0.value)\n" }.joined(), names, request.payloadHash,
        ].joined(separator: "\n")
        let scope = "\(moment.day)/\(region)/s3/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", moment.timestamp, scope, Self.hexadecimal(SHA256.hash(data: Data(canonical.utf8))),
        ].joined(separator: "\n")
        let signature = Self.hexadecimal(Self.code(text, key: signingKey()))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope),"
            + "SignedHeaders=\(names),Signature=\(signature)"
    }

    private func signingKey() -> SymmetricKey {
        let start = SymmetricKey(data: Data("AWS4\(credentials.secretKey)".utf8))
        return [moment.day, region, "s3", "aws4_request"].reduce(start) { key, part in
            SymmetricKey(data: Data(Self.code(part, key: key)))
        }
    }

    private static func code(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }

    /// A query in the order and the encoding that is signed; sent as it stands.
    package static func queryText(_ query: [(name: String, value: String)]) -> String {
        query.map { "\($0.name.bytes.percentEncoded())=\($0.value.bytes.percentEncoded())" }
            .sorted { $0.bytes < $1.bytes }.joined(separator: "&")
    }

    package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String { bytes.map(digits).joined() }

    private static func digits(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }
}

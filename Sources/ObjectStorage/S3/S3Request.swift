import NIOHTTP1

/// A request to the service, not yet signed.
struct S3Request: Sendable {
    var method: HTTPMethod
    /// The path on the service, percent-encoded.
    var path: String
    /// What it is about, for errors.
    var subject: String
    var query: [(name: String, value: String)] = []
    var upload: S3Upload?

    init(method: HTTPMethod, path: String, subject: String) {
        self.method = method
        self.path = path
        self.subject = subject
    }
}

/// A file that a request carries.
struct S3Upload: Sendable {
    var file: String
    var byteCount: Int64
    /// The SHA-256 of its bytes.
    var hash: String
}

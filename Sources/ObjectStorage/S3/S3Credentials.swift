import ByteText

/// The keys to an S3-compatible service.
///
/// Printing them shows the identifier alone.
public struct S3Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Who asks; no secret.
    public let accessKeyID: String
    let secretKey: String
    let sessionToken: String?

    /// Makes credentials from their parts.
    public init(accessKeyID: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    /// Reads `ACCESS_KEY_ID:SECRET_KEY` or `ACCESS_KEY_ID:SECRET_KEY:SESSION_TOKEN`, the form of `STORAGE_KEY`.
    ///
    /// - Throws: ``StorageError`` with `invalidCredentials`, which does not repeat the text.
    public init(parsing text: String) throws(StorageError) {
        let parts = text.bytes.parts(at: ":", limit: 3)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw StorageError(
                .invalidCredentials, "the storage's key must have the form ACCESS_KEY_ID:SECRET_KEY[:SESSION_TOKEN]")
        }
        self.init(
            accessKeyID: parts[0].string, secretKey: parts[1].string,
            sessionToken: parts.count == 3 ? parts[2].string : nil)
    }

    /// The identifier alone.
    public var description: String { "S3Credentials(\(accessKeyID))" }
    /// The identifier alone.
    public var debugDescription: String { description }
    /// A mirror that shows the identifier alone.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

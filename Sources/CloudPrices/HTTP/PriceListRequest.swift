import ByteText

/// One address of a price list, and what is expected there.
public struct PriceListRequest: Sendable {
    /// What the body is expected to hold.
    public enum Content: String, Sendable {
        /// One JSON value.
        case json
        /// Comma-separated values.
        case csv
    }

    /// The whole address.
    ///
    /// It is shown in errors and written into recordings, so a secret does not belong in it.
    public var url: String
    /// What the body is expected to hold.
    public var content: Content
    /// A header that carries a secret, such as a key; its value is never shown, recorded or sent to another host.
    public var secretHeader: SecretHeader?

    /// Makes a request without a secret.
    public init(_ url: String, content: Content = .json, secretHeader: SecretHeader? = nil) {
        self.url = url
        self.content = content
        self.secretHeader = secretHeader
    }
}

/// A header whose value stays out of every text that this program writes.
public struct SecretHeader: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the header.
    public let name: String
    /// The secret itself.
    package let value: String

    /// Makes a header from its name and its secret.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// The name alone.
    public var description: String { "\(name): (secret)" }
    /// The name alone.
    public var debugDescription: String { description }
    /// The name alone.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    /// A text without the secret in it, in case a server sends it back.
    package func redacting(_ text: String) -> String {
        text.bytes.replaced(value.bytes, with: "(secret)")
    }
}

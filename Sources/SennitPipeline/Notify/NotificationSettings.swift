import ByteText

/// A channel on which people hear of runs, as a configuration file describes it.
public struct NotificationSettings: Sendable, Hashable, Decodable {
    /// What the receiver understands.
    public enum Kind: String, Sendable, Hashable, Decodable, CaseIterable {
        /// The message format of Slack's incoming webhooks, which many others accept as well.
        case slack
        /// Any body: the template, or an object with all there is to say.
        case webhook
    }

    /// When the channel is used.
    public enum Occasion: String, Sendable, Hashable, Decodable, CaseIterable {
        /// A run has failed.
        case failure
        /// A run has ended well.
        case success
        /// A run was stopped.
        case cancellation
    }

    /// The channel's name in the history.
    public var name: String
    /// What the receiver understands.
    public var type: Kind
    /// Where the address is to be found: it is a secret, for whoever has it can write there.
    public var url: Secret
    /// When the channel is used; on failure unless said otherwise.
    public var on: [Occasion]?
    /// The body, with `{{pipeline}}`, `{{run}}`, `{{status}}`, `{{message}}`, `{{failed_steps}}` and `{{seconds}}`.
    public var template: String?
    /// The media type of the body; JSON unless said otherwise.
    ///
    /// Values are escaped for JSON then.
    public var contentType: String?
    /// How long one attempt may take, 10 seconds unless said otherwise.
    var timeout: TimeSpan?
    /// How often it is tried, three times unless said otherwise.
    public var attempts: Int?

    /// Describes a channel.
    public init(
        name: String, type: Kind, url: Secret, on: [Occasion]? = nil, template: String? = nil,
        contentType: String? = nil, attempts: Int? = nil
    ) {
        self.name = name
        self.type = type
        self.url = url
        self.on = on
        self.template = template
        self.contentType = contentType
        self.attempts = attempts
    }

    /// How long one attempt may take.
    public var attemptTimeout: Duration { timeout?.duration ?? .seconds(10) }

    /// Whether the channel is used for runs that have ended so.
    public func wants(_ status: RunSummary.Status) -> Bool {
        switch status {
        case .failed: (on ?? [.failure]).contains(.failure)
        case .finished: (on ?? [.failure]).contains(.success)
        case .cancelled: (on ?? [.failure]).contains(.cancellation)
        default: false
        }
    }

    /// The body of a message.
    public func body(_ notification: RunNotification) -> String {
        let template = template ?? NotificationTemplate.standard(for: type)
        let isJSON = (contentType ?? "application/json").bytes.holds("json")
        return NotificationTemplate.fill(template, with: notification, asJSON: isJSON)
    }
}

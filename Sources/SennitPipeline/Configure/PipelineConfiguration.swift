internal import VariableExpansion
internal import Yams

/// A configuration file: YAML in which variables of the environment are expanded.
///
/// ```yaml
/// store: /var/lib/prices
/// parallel: 2
/// steps:
///   aws: {timeout: 10 min, attempts: 5, delay: 2 s}
/// notifications:
///   - {name: team, type: slack, url: {environment: SLACK_URL}}
/// prices:
///   regions: [eu-west-1, "${REGION-us-east-1}"]
/// ```
///
/// The sections `store`, `parallel`, `steps` and `notifications` are the engine's; all others are the pipelines' own.
/// Secrets do not belong into variables: a section names their place (see ``Secret``).
public struct PipelineConfiguration: Sendable {
    /// The file; nil for a configuration that is not from a file.
    public let path: String?

    /// The directory of the store, if one is named.
    public let store: String?
    /// How many steps may run at once, if that is said.
    public let parallel: Int?
    /// The channels on which people hear of runs.
    public let notifications: [NotificationSettings]

    /// Whether pipelines that have bundled sources too are to use their live ones.
    public var isLive = false

    let steps: [String: StepSettings]
    private let text: String

    /// A configuration that says nothing.
    public init() {
        path = nil
        store = nil
        parallel = nil
        notifications = []
        steps = [:]
        text = ""
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - variables: The value of each variable; the environment's by default.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of what is wrong.
    public init(
        contentsOf path: String, variables: (String) -> String? = { PipelineConfiguration.environment($0) }
    ) throws {
        let text: String
        do {
            text = String(decoding: try FileSystem.read(path, limit: 16 << 20), as: UTF8.self)
        } catch {
            throw PipelineError(.invalidConfiguration, "'\(path)' cannot be read.", cause: error)
        }
        try self.init(text: text, path: path, variables: variables)
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: Where it comes from, for errors.
    ///   - variables: The value of each variable; the environment's by default.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of what is wrong.
    public init(
        text: String, path: String? = nil,
        variables: (String) -> String? = { PipelineConfiguration.environment($0) }
    ) throws {
        let name = path ?? "the configuration"
        do {
            self.text = try VariableExpander().expand(text, lookup: variables)
            let engine = try PipelineConfiguration.decode(EngineSettings.self, from: self.text)
            store = engine?.store
            parallel = engine?.parallel
            notifications = engine?.notifications ?? []
            steps = engine?.steps ?? [:]
        } catch {
            throw PipelineError(.invalidConfiguration, "In \(name): \(PipelineConfiguration.words(of: error))")
        }
        self.path = path
        if let parallel, !(1...1024).contains(parallel) {
            throw PipelineError(.invalidConfiguration, "In \(name): 'parallel' is \(parallel); it must be 1 to 1,024.")
        }
    }

    /// Reads a section of a pipeline's own.
    ///
    /// - Parameters:
    ///   - section: The name of the section, at the top of the file.
    ///   - type: What it should be.
    /// - Returns: The section, or nil if the file has none.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of what is wrong.
    public func section<Value: Decodable>(_ section: String, as type: Value.Type = Value.self) throws -> Value? {
        do {
            guard let node = try Yams.compose(yaml: text)?.mapping?[Node(section)] else { return nil }
            return try YAMLDecoder().decode(Value.self, from: node)
        } catch {
            throw PipelineError(
                .invalidConfiguration,
                "In \(path ?? "the configuration"), section '\(section)': \(PipelineConfiguration.words(of: error))")
        }
    }

    /// The value of a variable of this process's environment.
    public static func environment(_ name: String) -> String? { ProcessEnvironment.value(of: name) }

    private static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value? {
        guard let node = try Yams.compose(yaml: text), node.null == nil else { return nil }
        return try YAMLDecoder().decode(type, from: node)
    }

    /// What is wrong and where, without the decoder's own dressing.
    private static func words(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        let (context, prefix): (DecodingError.Context, String) =
            switch error {
            case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, context.debugDescription)
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
            }
        let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        let cause = context.underlyingError.map { " (\($0))" } ?? ""
        return place.isEmpty ? prefix + cause : "\(place): \(prefix)\(cause)"
    }
}

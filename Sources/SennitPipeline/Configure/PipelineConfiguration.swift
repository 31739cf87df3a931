internal import ConfigurationReading
internal import VariableExpansion

/// A configuration file: YAML in which variables of the environment are expanded.
///
/// ```yaml
/// store: /var/lib/prices
/// parallel: 2
/// steps:
///   aws: {timeout: 10 min, attempts: 5, delay: 2 s}
/// notifications:
///   - {name: team, type: slack, url: {environment: SLACK_URL}}
/// limits: {warehouse: 2}
/// parameters:
///   words: {region: eu}
/// prices:
///   regions: [eu-west-1, "${REGION-us-east-1}"]
/// ```
///
/// The sections `store`, `parallel`, `steps`, `limits`, `parameters` and `notifications` are the engine's; all others
/// are the pipelines' own. A key that nobody knows is an error, in whatever section, which names its place and the
/// nearest key.
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

    /// Whether a pipeline is to refuse a configuration in which its steps have nothing to read from.
    ///
    /// A step that runs alone reads its fixture, so it needs none.
    public var needsSources = true

    let steps: [String: StepSettings]
    let parameters: [String: [String: String]]
    /// How many steps of each limit may run at once.
    public let limits: [String: Int]
    private let text: ConfigurationText?

    /// The sections that are the engine's.
    static let engineSections = ["store", "parallel", "steps", "parameters", "limits", "notifications"]

    /// A configuration that says nothing.
    public init() {
        path = nil
        store = nil
        parallel = nil
        notifications = []
        steps = [:]
        parameters = [:]
        limits = [:]
        text = nil
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - sections: The sections of pipelines that there may be; see ``init(text:path:sections:variables:)``.
    ///   - variables: The value of each variable; the environment's by default.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of what is wrong.
    public init(
        contentsOf path: String, sections: [String]? = nil,
        variables: (String) -> String? = { PipelineConfiguration.environment($0) }
    ) throws {
        let text: String
        do {
            text = String(decoding: try FileSystem.read(path, limit: 16 << 20), as: UTF8.self)
        } catch {
            throw PipelineError(.invalidConfiguration, "'\(path)' cannot be read.", cause: error)
        }
        try self.init(text: text, path: path, sections: sections, variables: variables)
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: Where it comes from, for errors.
    ///   - sections: The sections of pipelines that there may be. Without them every name may be one, unless it is an
    ///     engine's section but for one letter.
    ///   - variables: The value of each variable; the environment's by default.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of what is wrong.
    public init(
        text: String, path: String? = nil, sections: [String]? = nil,
        variables: (String) -> String? = { PipelineConfiguration.environment($0) }
    ) throws {
        do {
            let text = try ConfigurationText(try VariableExpander().expand(text, lookup: variables))
            try text.refuseKeys(
                except: PipelineConfiguration.engineSections + (sections ?? []), within: sections == nil ? 1 : nil)
            store = try text.value(of: "store")
            parallel = try text.value(of: "parallel")
            notifications = try text.value(of: "notifications") ?? []
            steps = try text.value(of: "steps") ?? [:]
            parameters = try text.value(of: "parameters") ?? [:]
            limits = try text.value(of: "limits") ?? [:]
            self.text = text
        } catch let problem as ConfigurationProblem {
            throw PipelineConfiguration.error(problem, in: path)
        } catch {
            throw PipelineError(.invalidConfiguration, "In \(path ?? "the configuration"): \(error)")
        }
        self.path = path
        for (limit, maximum) in limits {
            guard StepLimit(limit).problem == nil, (1...1024).contains(maximum) else {
                throw PipelineError(
                    .invalidConfiguration,
                    "In \(path ?? "the configuration"): limit '\(limit)' is \(maximum). A limit has a name of letters, "
                        + "digits, '.', '_' and '-', and is 1 to 1,024.")
            }
        }
        if let parallel, !(1...1024).contains(parallel) {
            let name = path ?? "the configuration"
            throw PipelineError(.invalidConfiguration, "In \(name): 'parallel' is \(parallel); it must be 1 to 1,024.")
        }
    }

    /// Reads a section of a pipeline's own.
    ///
    /// A key in it that the type has no property for is an error. A type that takes any key, as a dictionary does,
    /// checks them itself.
    ///
    /// - Parameters:
    ///   - section: The name of the section, at the top of the file.
    ///   - type: What it should be.
    /// - Returns: The section, or nil if the file has none.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of what is wrong.
    public func section<Value: Decodable>(_ section: String, as type: Value.Type = Value.self) throws -> Value? {
        do throws(ConfigurationProblem) {
            return try text?.value(of: section, path: [])
        } catch {
            throw PipelineConfiguration.error(error, in: path, section: section)
        }
    }

    /// The value of a variable of this process's environment.
    public static func environment(_ name: String) -> String? { ProcessEnvironment.value(of: name) }

    /// Makes sure that the section `parameters` speaks only of pipelines that there are.
    ///
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of a name that no pipeline has.
    package func checkPipelines(_ known: [String]) throws {
        guard let name = parameters.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw unknownKey(name, known, section: "parameters")
    }

    /// Makes sure that the section `limits` speaks only of limits that some step has.
    ///
    /// - Parameter known: The limits of all steps of all pipelines, as they are declared.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` and the place of a limit that no step has.
    package func checkLimits(_ known: Set<String>) throws {
        let known = known.union(steps.values.compactMap(\.limit))
        guard let name = limits.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw unknownKey(name, known.sorted(), section: "limits")
    }

    /// A step in the section `steps` that no pipeline has.
    func unknownStep(_ name: String, _ known: [String]) -> PipelineError {
        unknownKey(name, known, section: "steps")
    }

    private func unknownKey(_ name: String, _ known: [String], section: String) -> PipelineError {
        let key = text?.keys(under: section).first { $0.name == name }
        return PipelineConfiguration.error(
            ConfigurationProblem(
                line: key?.line ?? 1, column: key?.column ?? 1, path: section,
                message: UnknownKey.message(name, among: known)),
            in: path)
    }

    /// What is wrong, as a compiler tells it: file, line, column, and then what.
    private static func error(
        _ problem: ConfigurationProblem, in path: String?, section: String? = nil
    ) -> PipelineError {
        let place = "\(path ?? "configuration"):\(problem.line):\(problem.column): "
        let section = section.map { "section '\($0)': " } ?? ""
        return PipelineError(.invalidConfiguration, place + section + problem.words)
    }
}

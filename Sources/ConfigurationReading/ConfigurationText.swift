package import Yams

/// A file of configuration: YAML that is read strictly.
///
/// Whatever decodes a value, its keys are compared with what the value's type asks for: one that it knows nothing of is
/// an error with its place and the nearest key. Lists and mappings are bounded in size and depth.
package struct ConfigurationText: Sendable {
    /// Bytes of a text.
    package static let maximumBytes = 16 << 20
    /// Mappings and lists within one another.
    static let maximumDepth = 64
    /// Values that are decoded of one text; an alias counts wherever it stands.
    static let maximumNodes = 1_000_000

    private let text: String

    /// The keys at the top, in order.
    package let keys: [Key]

    /// A key and where it stands.
    package struct Key: Sendable, Hashable {
        package let name: String
        package let line: Int
        package let column: Int

        init(_ entry: MappingEntries.Entry) {
            name = entry.name
            (line, column) = entry.key.place
        }
    }

    /// Reads a text; an empty one has no keys.
    ///
    /// - Throws: ``ConfigurationProblem`` for what is no YAML, and for a text whose top is no mapping.
    package init(_ text: String) throws(ConfigurationProblem) {
        self.text = text
        guard let root = try Self.compose(text), root.null == nil else {
            keys = []
            return
        }
        keys = try MappingEntries.read(root, path: "").map { Key($0) }
    }

    /// The keys of the mapping under a key at the top, in order; none if it is no mapping.
    package func keys(under key: String) -> [Key] {
        let entries = try? Self.compose(text).flatMap { root throws(ConfigurationProblem) in
            let value = try MappingEntries.read(root, path: "").first { $0.name == key }?.value
            return try value.map { node throws(ConfigurationProblem) in try MappingEntries.read(node, path: key) }
        }
        return (entries ?? []).map { Key($0) }
    }

    /// Decodes what stands under a key at the top.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - type: What it should be.
    ///   - path: How the way to the value begins in errors; with the key unless said otherwise.
    /// - Returns: The value; nil if the key is not there or has no value.
    /// - Throws: ``ConfigurationProblem``.
    package func value<Value: Decodable>(
        of key: String, as type: Value.Type = Value.self, path: [String]? = nil
    ) throws(ConfigurationProblem) -> Value? {
        // A node of YAML is no value that may cross to another thread, so that it is made anew for each key.
        guard let root = try Self.compose(text), root.null == nil,
            let node = try MappingEntries.read(root, path: "").first(where: { $0.name == key })?.value,
            node.null == nil
        else { return nil }
        return try StrictDecoder.decode(Value.self, from: node, path: path ?? [key])
    }

    /// Refuses keys at the top that are not among the known ones.
    ///
    /// - Parameters:
    ///   - known: The keys that may stand there.
    ///   - maximumFaults: Only keys that are no further from a known one are refused; nil for every other one.
    /// - Throws: ``ConfigurationProblem`` with the place of the first such key.
    package func refuseKeys(
        except known: [String], within maximumFaults: Int? = nil
    ) throws(ConfigurationProblem) {
        for key in keys where !known.contains(key.name) {
            if let maximumFaults, !NameSuggestion.isNear(key.name, among: known, faults: maximumFaults) { continue }
            throw ConfigurationProblem(
                line: key.line, column: key.column, message: UnknownKey.message(key.name, among: known))
        }
    }

    /// The document's node; nil for an empty document.
    ///
    /// - Throws: ``ConfigurationProblem`` with the place of what is no YAML.
    package static func compose(
        _ text: String, limit: Int = ConfigurationText.maximumBytes
    ) throws(ConfigurationProblem) -> Node? {
        guard text.utf8.count <= limit else {
            throw ConfigurationProblem(line: 1, column: 1, message: "it has more than \(limit) bytes; split it")
        }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw problem(error)
        } catch {
            throw ConfigurationProblem(line: 1, column: 1, message: "the file is not YAML: \(error)")
        }
    }

    private static func problem(_ error: YamlError) -> ConfigurationProblem {
        func at(_ mark: Mark?, _ message: String) -> ConfigurationProblem {
            ConfigurationProblem(line: mark?.line ?? 1, column: mark?.column ?? 1, message: message)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return at(mark, "the file is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")
            return at(context.mark, "the same key stands twice in a mapping: \(names); merge them")
        default: return at(nil, "the file is not YAML: \(error)")
        }
    }
}

/// The entries of a mapping whose keys are texts; those of mappings that it merges come last, unless it has them.
struct MappingEntries {
    struct Entry {
        let name: String
        let key: Node
        let value: Node
    }

    static func read(_ node: Node, path: String) throws(ConfigurationProblem) -> [Entry] {
        guard let mapping = node.mapping else {
            throw node.problem(path, "it is \(node.kind); write 'name: value' lines")
        }
        var entries: [Entry] = []
        var merged: [Node] = []
        for (key, value) in mapping {
            guard let scalar = key.scalar else { throw key.problem(path, "a key must be a text") }
            if scalar.string == "<<", scalar.style == .plain {
                merged += value.sequence.map { Array($0) } ?? [value]
            } else {
                entries.append(Entry(name: scalar.string, key: key, value: value))
            }
        }
        for node in merged {
            let names = Set(entries.map(\.name))
            entries += try read(node, path: path).filter { !names.contains($0.name) }
        }
        return entries
    }
}

extension Node {
    /// Where it stands, from 1.
    package var place: (line: Int, column: Int) { (mark?.line ?? 1, mark?.column ?? 1) }

    func problem(_ path: String, _ message: String) -> ConfigurationProblem {
        ConfigurationProblem(line: place.line, column: place.column, path: path, message: message)
    }

    /// What it is, in words.
    var kind: String {
        switch self {
        case .scalar(let scalar): null == nil ? "the text '\(scalar.string.prefix(60))'" : "empty"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }
}

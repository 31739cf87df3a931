import ByteText
import ConfigurationReading
import Foundation
import VariableExpansion
import Yams

/// Reads YAML into nodes, bounded in size, depth and number of nodes, and expands variables in every text.
///
/// Variables are expanded after YAML is read: a value cannot change the structure of the file.
struct ConfigurationReader {
    let file: String
    var variables: [String: String]

    private static let maximumBytes = 4 << 20
    private static let maximumDepth = 32
    private static let maximumNodes = 100_000

    private var nodes = 0
    private(set) var problems: [CheckProblem] = []

    init(file: String, variables: [String: String]) {
        self.file = file
        self.variables = variables
    }

    /// The document's node before the expansion of variables.
    ///
    /// - Returns: Nothing for an empty document.
    func compose(_ text: String) throws(CheckProblem) -> Node? {
        do throws(ConfigurationProblem) {
            return try ConfigurationText.compose(text, limit: Self.maximumBytes)
        } catch {
            let place = CheckLocation(file: file, line: error.line, column: error.column)
            throw CheckProblem(location: place, message: error.words)
        }
    }

    /// The node with its texts expanded.
    ///
    /// - Throws: What makes the whole node useless; a text that cannot be expanded is noted in `problems` and left out.
    mutating func read(_ node: Node, depth: Int = 0) throws(CheckProblem) -> ConfigurationNode {
        let location = self.location(of: node)
        nodes += 1
        guard depth <= Self.maximumDepth, nodes <= Self.maximumNodes else {
            throw CheckProblem(location: location, message: "the file nests too deeply or has too many nodes; split it")
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            if isPlain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
                return ConfigurationNode(value: .null, location: location)
            }
            let text = expand(scalar.string, at: location)
            return ConfigurationNode(value: .scalar(text, isPlain: isPlain), location: location)
        case .sequence(let sequence):
            var list: [ConfigurationNode] = []
            for element in sequence { list.append(try read(element, depth: depth + 1)) }
            return ConfigurationNode(value: .list(list), location: location)
        case .mapping(let mapping):
            var entries: [ConfigurationNode.Entry] = []
            for (key, value) in mapping {
                let place = self.location(of: key)
                guard case .scalar(let scalar) = key else {
                    throw CheckProblem(location: place, message: "a key must be a text")
                }
                let text = expand(scalar.string, at: place)
                let value = try read(value, depth: depth + 1)
                entries.append(try entry(text, place, value, depth: depth))
            }
            return ConfigurationNode(value: .map(entries), location: location)
        case .alias:
            throw CheckProblem(location: location, message: "an alias without its anchor")
        }
    }

    /// A line of a mapping; among a check's options `… sql_file` stands for `… query` with the SQL of that file.
    private mutating func entry(
        _ key: String, _ place: CheckLocation, _ value: ConfigurationNode, depth: Int
    ) throws(CheckProblem) -> ConfigurationNode.Entry {
        guard depth >= 2, let metric = key.bytes.withoutEnd(" sql_file") else {
            return .init(key: key, location: place, value: value)
        }
        guard let path = value.text?.bytes.trimmed.string, !path.isEmpty else {
            throw value.problem("'\(key)' is \(value.kind); write the path of a file, from this file's folder on")
        }
        let full = PathText.isAbsolute(path) ? path : "\(PathText.split(file).folder)/\(path)"
        let sql = expand(try Self.contents(of: full, value), at: value.location)
        let node = ConfigurationNode(value: .scalar(sql, isPlain: false), location: value.location)
        return .init(key: "\(metric) query", location: place, value: node)
    }

    private static func contents(of path: String, _ node: ConfigurationNode) throws(CheckProblem) -> String {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        guard let facts, let size = facts[.size] as? NSNumber else { throw node.problem("there is no file \(path)") }
        guard facts[.type] as? FileAttributeType == .typeRegular, size.intValue <= maximumBytes else {
            throw node.problem("\(path) is not a file of at most \(maximumBytes) bytes")
        }
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else { throw node.problem("\(path) cannot be read, or is not UTF-8") }
        return text
    }

    func location(of node: Node) -> CheckLocation {
        CheckLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private mutating func expand(_ text: String, at location: CheckLocation) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        do {
            let expanded = try VariableExpander().expandListing(text, variables: variables)
            for use in expanded.variables where use.isMissed {
                problems.append(
                    CheckProblem(
                        location: location,
                        message: "the variable \(use.name) has no value; set it, give it a default with "
                            + "${\(use.name)-default}, or write $$ for a dollar sign"))
            }
            return expanded.text
        } catch {
            problems.append(CheckProblem(location: location, message: error.message))
            return text
        }
    }
}

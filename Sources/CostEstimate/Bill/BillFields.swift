import CloudPrices
import ConfigurationReading
import Yams

/// The fields of one mapping of the bill, each asked for once; what nobody asked for is an error.
struct BillFields {
    private let node: Node
    private let what: String
    private let mapping: Node.Mapping
    private var asked: Set<String> = []

    init(_ node: Node, _ what: String) throws {
        guard let mapping = node.mapping else {
            throw EstimateError(.invalidBill, "\(what) must have fields", place: Self.place(of: node))
        }
        self.node = node
        self.what = what
        self.mapping = mapping
    }

    private static func place(of node: Node) -> (line: Int, column: Int)? {
        node.mark.map { ($0.line, $0.column) }
    }

    /// An error about the whole mapping, or about a node in it.
    func error(_ message: String, at node: Node? = nil) -> EstimateError {
        EstimateError(.invalidBill, "\(what): \(message)", place: Self.place(of: node ?? self.node))
    }

    private mutating func value(_ key: String) -> Node? {
        asked.insert(key)
        guard let node = mapping[Node(key)], node.null == nil else { return nil }
        return node
    }

    /// Text, or a number as it is written.
    mutating func text(_ key: String) throws -> String? {
        guard let node = value(key) else { return nil }
        guard let scalar = node.scalar else { throw error("'\(key)' must be a text", at: node) }
        return scalar.string
    }

    mutating func required(_ key: String) throws -> String {
        guard let text = try text(key), !text.isEmpty else { throw missing(key) }
        return text
    }

    /// A decimal number from zero up, digit by digit as it is written.
    mutating func number(_ key: String) throws -> ExactDecimal? {
        guard let text = try text(key) else { return nil }
        do {
            let number = try ExactDecimal(text)
            guard !number.isNegative else { throw error("'\(key)' is below zero", at: mapping[Node(key)]) }
            return number
        } catch let fault as ExactDecimalError {
            throw error("'\(key)' is '\(text)': \(fault)", at: mapping[Node(key)])
        }
    }

    mutating func requiredNumber(_ key: String) throws -> ExactDecimal {
        guard let number = try number(key) else { throw missing(key) }
        return number
    }

    mutating func count(_ key: String) throws -> Int? {
        guard let text = try text(key) else { return nil }
        guard let count = Int(text), (1...1200).contains(count) else {
            throw error("'\(key)' is '\(text)', not a whole number from 1 to 1200", at: mapping[Node(key)])
        }
        return count
    }

    /// `quantity`, and `hours` if each is used by the hour.
    mutating func quantity() throws -> BillQuantity {
        BillQuantity(try requiredNumber("quantity"), hours: try number("hours"))
    }

    mutating func texts(_ key: String) throws -> [String: String] {
        guard let node = value(key) else { return [:] }
        guard let pairs = node.mapping else { throw error("'\(key)' must have fields", at: node) }
        var texts: [String: String] = [:]
        for (name, value) in pairs {
            guard let name = name.scalar?.string, let text = value.scalar?.string else {
                throw error("'\(key)' must map names to texts", at: value)
            }
            texts[name] = text
        }
        return texts
    }

    mutating func list<Element>(_ key: String, _ read: (Node, Int) throws -> Element) throws -> [Element] {
        guard let node = value(key) else { return [] }
        guard let sequence = node.sequence else { throw error("'\(key)' must be a list", at: node) }
        guard sequence.count <= EstimateLimits.entries else {
            throw error("'\(key)' has more than \(EstimateLimits.entries) entries", at: node)
        }
        return try sequence.enumerated().map { try read($1, $0) }
    }

    /// An error about a field that has to be there: a misspelt one is named instead.
    private func missing(_ key: String) -> EstimateError {
        for (written, _) in mapping {
            guard let name = written.scalar?.string, !asked.contains(name) else { continue }
            if NameSuggestion.nearest(to: name, among: [key]) != nil {
                return error(UnknownKey.message(name, among: [key], isComplete: false), at: written)
            }
        }
        return error("'\(key)' is missing")
    }

    /// Refuses fields that nobody asked for: a misspelt one must not be passed over.
    func finish() throws {
        for (key, _) in mapping {
            guard let name = key.scalar?.string, asked.contains(name) else {
                throw error(UnknownKey.message(key.scalar?.string ?? "?", among: asked.sorted()), at: key)
            }
        }
    }
}

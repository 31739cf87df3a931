import ByteText

/// The part of OData's filters that price lists are asked with: `eq`, `ne`, `and`, `or`, `contains`, `startswith`.
///
/// Values are compared with their case, as Azure does. The name `priceType` stands for the field `type`.
package struct AzureFilter: Sendable {
    private indirect enum Node: Sendable {
        case compare(name: String, value: String, isEqual: Bool)
        case function(name: String, field: String, value: String)
        case both(Node, Node)
        case either(Node, Node)
    }

    private let root: Node

    /// Reads a filter; `nil` if it is not one.
    package init?(_ text: String) {
        var parser = Parser(tokens: Self.tokens(text) ?? [])
        guard let node = parser.disjunction(depth: 0), parser.isAtEnd else { return nil }
        root = node
    }

    package func matches(_ fields: [String: String]) -> Bool { Self.matches(root, fields) }

    private static func matches(_ node: Node, _ fields: [String: String]) -> Bool {
        switch node {
        case .compare(let name, let value, let isEqual): return ((fields[name] ?? "") == value) == isEqual
        case .function(let name, let field, let value):
            let text = fields[field] ?? ""
            return name == "contains" ? text.bytes.holds(value.bytes) : text.bytes.hasStart(value.bytes)
        case .both(let left, let right): return matches(left, fields) && matches(right, fields)
        case .either(let left, let right): return matches(left, fields) || matches(right, fields)
        }
    }

    private enum Token: Equatable {
        case word(String), text(String), mark(Unicode.Scalar)
    }

    private static func tokens(_ text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            if first == " " {
                rest.removeFirst()
            } else if first == "'" {
                guard let value = quoted(&rest) else { return nil }
                tokens.append(.text(value))
            } else if "(),".unicodeScalars.contains(first) {
                tokens.append(.mark(first))
                rest.removeFirst()
            } else {
                let word = rest.prefix { !" '(),".unicodeScalars.contains($0) }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    /// A text in single quotes; two of them inside stand for one.
    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let end = rest.firstIndex(where: { $0 == "'" }) {
            value += rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.first == "'" else { return String(value) }
            value.append("'")
            rest.removeFirst()
        }
        return nil
    }

    private struct Parser {
        let tokens: [Token]
        var position = 0

        init(tokens: [Token]) { self.tokens = tokens }

        var isAtEnd: Bool { position == tokens.count }
        private var current: Token? { position < tokens.count ? tokens[position] : nil }

        private mutating func take(_ token: Token) -> Bool {
            guard current == token else { return false }
            position += 1
            return true
        }

        private mutating func word() -> String? {
            guard case .word(let word)? = current else { return nil }
            position += 1
            return word
        }

        private mutating func text() -> String? {
            guard case .text(let text)? = current else { return nil }
            position += 1
            return text
        }

        mutating func disjunction(depth: Int) -> Node? {
            guard depth < 32, var node = conjunction(depth: depth) else { return nil }
            while take(.word("or")) {
                guard let right = conjunction(depth: depth) else { return nil }
                node = .either(node, right)
            }
            return node
        }

        private mutating func conjunction(depth: Int) -> Node? {
            guard var node = term(depth: depth) else { return nil }
            while take(.word("and")) {
                guard let right = term(depth: depth) else { return nil }
                node = .both(node, right)
            }
            return node
        }

        private mutating func term(depth: Int) -> Node? {
            if take(.mark("(")) {
                guard let node = disjunction(depth: depth + 1), take(.mark(")")) else { return nil }
                return node
            }
            guard let name = word() else { return nil }
            if name == "contains" || name == "startswith" {
                guard take(.mark("(")), let field = word(), take(.mark(",")), let value = text(), take(.mark(")"))
                else { return nil }
                return .function(name: name, field: Self.field(field), value: value)
            }
            guard let comparison = word(), comparison == "eq" || comparison == "ne", let value = text() else {
                return nil
            }
            return .compare(name: Self.field(name), value: value, isEqual: comparison == "eq")
        }

        private static func field(_ name: String) -> String { name == "priceType" ? "type" : name }
    }
}

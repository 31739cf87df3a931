/// The bytes that matter to the lexer.
enum Ascii {
    static let tab = UInt8(ascii: "\t")
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let apostrophe = UInt8(ascii: "'")
    static let backtick = UInt8(ascii: "`")
    static let backslash = UInt8(ascii: "\\")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let pound = UInt8(ascii: "#")
    static let comma = UInt8(ascii: ",")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")

    private static let words = table { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF: true
        default: false
        }
    }

    private static let operators = table { "=!<>&|^~+-*%?/".utf8.contains($0) }

    private static func table(_ holds: (UInt8) -> Bool) -> [Bool] {
        (0...255).map { holds(UInt8($0)) }
    }

    /// Whether a byte belongs to identifiers and numbers; every byte outside ASCII does.
    static func isWord(_ byte: UInt8) -> Bool { words[Int(byte)] }

    /// Whether a byte belongs to operators.
    static func isOperator(_ byte: UInt8) -> Bool { operators[Int(byte)] }
}

/// How a server's databases compare, sort and classify text; each locale has a prepared data directory of its own.
///
/// | locale | order | `lower`, `upper`, `initcap`, `ILIKE` | classes of letters in patterns, such as `\w` |
/// |---|---|---|---|
/// | ``c`` | by bytes | ASCII alone: `lower('Ä')` is `Ä` | ASCII alone |
/// | ``cUTF8`` | by code points | all of Unicode | all of Unicode |
/// | ``icu(_:)`` | as people of that language sort | all of Unicode | as ``cUTF8`` |
/// | ``system(_:)`` | as that locale of the system says | as that locale says | as that locale says |
public struct PostgresLocale: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Hashable {
        case system(String)
        case icu(String)
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// Bytes, whatever they mean: the quickest, and the same on every machine.
    ///
    /// Text that is not ASCII is stored and compared byte by byte; it has neither capitals nor letters.
    public static let c = PostgresLocale(.system("C"))
    /// Unicode's letters and capitals, and an order by code points.
    public static let cUTF8 = PostgresLocale(.system("C.UTF-8"))

    /// The order of a language, as ICU knows it, from PostgreSQL 15 on.
    ///
    /// - Parameter tag: A BCP 47 tag, such as `de-DE` or `und`.
    /// - Returns: The locale.
    public static func icu(_ tag: String) -> PostgresLocale { PostgresLocale(.icu(tag)) }

    /// A locale of the system, as `locale -a` lists them.
    public static func system(_ name: String) -> PostgresLocale { PostgresLocale(.system(name)) }

    /// Reads `C`, `C.UTF-8`, `icu:de-DE`, or the name of a locale of the system.
    ///
    /// - Returns: nil for an empty name, and for one that has anything but letters, digits, `-`, `_`, `.`, `@`, `=`.
    public init?(_ text: String) {
        let prefix = "icu:"
        let isICU = text.utf8.starts(with: prefix.utf8)
        let name = isICU ? String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : text
        guard Self.isName(name) else { return nil }
        kind = isICU ? .icu(name) : .system(name)
    }

    private static func isName(_ name: String) -> Bool {
        let others = Set("-_.@=".utf8)
        let letters = name.utf8.allSatisfy { byte in
            (byte | 32) &- 97 < 26 || byte &- 48 < 10 || others.contains(byte)
        }
        return letters && !name.isEmpty && name.utf8.first != UInt8(ascii: "-")
    }

    /// The locale as ``init(_:)`` reads it.
    public var description: String {
        switch kind {
        case .system(let name): name
        case .icu(let tag): "icu:\(tag)"
        }
    }

    /// What `initdb` is told.
    var arguments: [String] {
        switch kind {
        case .system(let name): ["--locale=\(name)"]
        case .icu(let tag): ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=\(tag)"]
        }
    }
}

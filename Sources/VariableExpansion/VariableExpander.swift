/// Replaces variables in text by their values.
///
/// By default a text comes out exactly as from `substitute_variables` of coverage.py:
///
/// | in the text | becomes |
/// |---|---|
/// | `$NAME`, `${NAME}` | the value, or nothing |
/// | `${NAME?}` | the value, or an error |
/// | `${NAME-default}` | the value, or the default as it stands |
/// | `$$` | a dollar sign |
/// | any other dollar sign | itself |
///
/// Values are put in as they are: a dollar sign in a value means nothing. ``VariableDialect/compose`` knows more forms.
public struct VariableExpander: Sendable, Hashable {
    /// Which forms a text may hold.
    public var dialect: VariableDialect

    /// Whether a variable without a value and without a default is an error, and, in the dialect of coverage.py, a
    /// dollar sign that begins no known form as well.
    public var isStrict: Bool

    /// How deeply forms may stand in each other, 16 by default.
    ///
    /// Only ``VariableDialect/compose`` nests.
    public var maximumDepth: Int

    /// How many bytes of UTF-8 a result may have, 1 GiB by default: a short text can name a long value many times.
    public var maximumLength: Int

    /// Makes an expander; without arguments it does as coverage.py does.
    ///
    /// - Parameters:
    ///   - dialect: Which forms a text may hold.
    ///   - isStrict: Whether what has no value is an error.
    public init(dialect: VariableDialect = .coverage, isStrict: Bool = false) {
        self.dialect = dialect
        self.isStrict = isStrict
        maximumDepth = 16
        maximumLength = 1 << 30
    }

    /// Replaces the variables in a text.
    ///
    /// A text without a dollar sign comes back as it is, without a copy, at the speed of memory.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - variables: Values by name. Names are compared by their bytes in UTF-8.
    /// - Returns: The text with values.
    /// - Throws: The first thing that is wrong, with its line and column.
    public func expand(_ text: String, variables: [String: String]) throws(VariableExpansionError) -> String {
        try expand(text) { VariableExpander.value(of: $0, in: variables) }
    }

    /// Replaces the variables in a text by what a function says.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - lookup: The value of a name, or nil if it has none. Each name that is needed is asked for once.
    /// - Returns: The text with values.
    /// - Throws: The first thing that is wrong, with its line and column.
    public func expand(_ text: String, lookup: (String) -> String?) throws(VariableExpansionError) -> String {
        try ScannedText.with(text) { scanned throws(VariableExpansionError) in
            guard let first = scanned.first(ScannedText.dollar, from: 0) else { return text }
            return try expand(scanned, from: first, lookup: lookup).text
        }
    }

    /// Replaces the variables in a text, and says which were used.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - variables: Values by name.
    /// - Returns: The text with values, and the variables whose value was asked for.
    /// - Throws: The first thing that is wrong, with its line and column.
    public func expandListing(
        _ text: String, variables: [String: String]
    ) throws(VariableExpansionError) -> ExpandedText {
        try ScannedText.with(text) { scanned throws(VariableExpansionError) in
            try expand(scanned, from: 0, lists: true) { VariableExpander.value(of: $0, in: variables) }
        }
    }

    /// Every variable that a text names, without expanding it: a dry run.
    ///
    /// Variables in defaults that might never be needed are among them.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - variables: Values by name, for ``VariableUse/isDefined``.
    /// - Returns: The variables in the order in which they first appear.
    /// - Throws: What is wrong with the form of the text; a variable without a value is no error here.
    public func variables(
        in text: String, defined variables: [String: String] = [:]
    ) throws(VariableExpansionError) -> [VariableUse] {
        try ScannedText.with(text) { scanned throws(VariableExpansionError) in
            let lookup = { (name: String) in VariableExpander.value(of: name, in: variables) }
            var expansion = Expansion(of: scanned, by: self, lookup: lookup, keepsUses: true, isListing: true)
            try expansion.run(from: 0)
            return expansion.uses()
        }
    }

    private func expand(
        _ text: ScannedText, from first: Int, lists: Bool = false, lookup: (String) -> String?
    ) throws(VariableExpansionError) -> ExpandedText {
        // The expansion keeps the function no longer than this call.
        let result = withoutActuallyEscaping(lookup) { lookup in
            Result { () throws(VariableExpansionError) in
                var expansion = Expansion(of: text, by: self, lookup: lookup, keepsUses: lists)
                try expansion.run(from: first)
                return ExpandedText(text: expansion.result(), variables: lists ? expansion.uses() : [])
            }
        }
        return try result.get()
    }

    /// Swift takes strings for equal that differ only in normalisation; names are the same only byte for byte.
    private static func value(of name: String, in variables: [String: String]) -> String? {
        guard let index = variables.index(forKey: name) else { return nil }
        return variables[index].key.utf8.elementsEqual(name.utf8) ? variables[index].value : nil
    }
}

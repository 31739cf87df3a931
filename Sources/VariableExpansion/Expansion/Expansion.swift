/// One pass over one text: from dollar sign to dollar sign, writing what comes out.
struct Expansion: ~Copyable {
    let text: ScannedText
    let options: VariableExpander
    /// Whether every form is looked at, needed or not, and no missing value is an error.
    let isListing: Bool
    let lookup: (String) -> String?

    var names: NameTable
    var output: OutputBuffer
    /// Whether what is scanned is not needed: a default beside a value.
    var isMuted = false
    /// There is no closing brace from here on, so that many open ones do not each search to the end.
    private var endOfBraces: Int

    init(
        of text: ScannedText, by options: VariableExpander, lookup: @escaping (String) -> String?,
        keepsUses: Bool = false, isListing: Bool = false
    ) {
        self.text = text
        self.options = options
        self.isListing = isListing
        self.lookup = lookup
        names = NameTable(keepsUses: keepsUses)
        output = OutputBuffer(capacity: text.count + text.count / 4)
        endOfBraces = text.count
    }

    /// Expands the whole text, in which no dollar sign comes before an offset.
    mutating func run(from first: Int) throws(VariableExpansionError) {
        copy(0..<first)
        var offset = first
        while offset < text.count {
            guard let dollar = text.first(ScannedText.dollar, from: offset) else { break }
            copy(offset..<dollar)
            offset =
                options.dialect == .compose
                ? try expandComposeForm(at: dollar, depth: 1) : try expandCoverageForm(at: dollar)
            if output.count > options.maximumLength { throw tooLong(at: dollar) }
        }
        copy(offset..<text.count)
        if output.count > options.maximumLength { throw tooLong(at: text.count) }
    }

    /// What came out so far.
    func result() -> String { output.string() }

    /// The variables so far, in the order of their first use.
    func uses() -> [VariableUse] {
        var position = TextPosition()
        var offset = 0
        return names.entries.map { entry in
            position.move(over: offset..<entry.dollar, of: text)
            offset = entry.dollar
            return VariableUse(
                name: text.string(entry.name), isDefined: entry.value != nil, isMissed: entry.isMissed,
                count: entry.count, line: position.line, column: position.column)
        }
    }

    @inline(__always)
    mutating func copy(_ range: Range<Int>) {
        guard !isMuted, !range.isEmpty else { return }
        output.append(range, of: text)
    }

    /// Writes a value.
    @inline(__always)
    mutating func emit(_ value: Range<Int>) {
        if !isMuted { output.append(value, of: names.values) }
    }

    /// The next closing brace from an offset on.
    mutating func closingBrace(from offset: Int) -> Int? {
        guard offset < endOfBraces else { return nil }
        let found = text.first(UInt8(ascii: "}"), from: offset)
        if found == nil { endOfBraces = offset }
        return found
    }

    func tooLong(at offset: Int) -> VariableExpansionError {
        error(
            .tooLong, at: offset,
            "the text with values has more than \(options.maximumLength) bytes; shorten it, or allow more")
    }

    func error(
        _ code: VariableExpansionError.Code, name: String? = nil, at offset: Int, _ message: String
    ) -> VariableExpansionError {
        let position = TextPosition.of(offset, in: text)
        return VariableExpansionError(
            code: code, name: name, message: message, line: position.line, column: position.column)
    }
}

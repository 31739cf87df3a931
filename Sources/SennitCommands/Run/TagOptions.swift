/// Tags of runs.
enum TagOptions {
    /// The tags of `--tag name=value`.
    ///
    /// - Throws: `ValidationError` for what is not `name=value`, and for a name that is there twice.
    static func values(_ texts: [String]) throws -> [String: String] {
        try NamedValues.values(texts, of: "--tag", like: "team=data")
    }
}

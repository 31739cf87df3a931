extension Pipeline {
    /// The pipeline with more tags on its runs.
    ///
    /// Tags are for people who look for runs, as with `sennit runs --tag team=data`: they decide nothing. They are
    /// recorded and shown, so they are never secrets.
    ///
    /// - Parameter tags: Values by name: a name is made of letters, digits, `.`, `_` and `-`, a value has at most 256
    ///   bytes without control characters. One that is there already is replaced; a pipeline has at most 50.
    /// - Returns: The same pipeline; its runs have the tags.
    /// - Throws: ``PipelineError`` with `invalidTag`.
    public func tagged(_ tags: [String: String]) throws -> Pipeline {
        var pipeline = self
        pipeline.tags.merge(tags) { $1 }
        try Pipeline.check(pipeline.tags)
        return pipeline
    }

    static func check(_ tags: [String: String]) throws {
        guard tags.count <= 50 else { throw PipelineError(.invalidTag, "A run has at most 50 tags.") }
        for (name, value) in tags {
            do {
                try NameRule.check(name, "tag")
            } catch let error as PipelineError {
                throw PipelineError(.invalidTag, error.message)
            }
            guard value.utf8.count <= 256, !RunValues.hasControls(value) else {
                throw PipelineError(
                    .invalidTag, "The value of tag '\(name)' has more than 256 bytes, or a control character.")
            }
        }
    }
}

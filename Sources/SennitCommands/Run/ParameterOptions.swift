package import ArgumentParser

/// Values for the parameters of a pipeline.
package struct ParameterOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set a parameter of the pipeline; may be repeated. 'sennit step list' shows what there is.",
            valueName: "name=value"))
    package var settings: [String] = []

    package init() {}

    package func validate() throws { _ = try values() }

    /// The values by name.
    ///
    /// - Throws: `ValidationError` for what is not `name=value`, and for a name that is there twice.
    package func values() throws -> [String: String] {
        try NamedValues.values(settings, of: "--set", like: "region=eu")
    }
}

package import ArgumentParser
package import SennitPipeline
import SennitWebhooks

/// Where a command finds the configuration and the store.
package struct StoreOptions: ParsableArguments {
    @Option(help: "The directory of artefacts, cache and history. (default: as configured, or .sennit)")
    package var store: String?

    @Option(help: "A configuration file; YAML in which ${VARIABLES} are expanded. (default: sennit.yaml if it exists)")
    package var config: String?

    package init() {}

    /// The options as they were given, for a command that shall find the same store.
    package var given: [String] {
        [("--store", store), ("--config", config)].compactMap { name, value in
            value.map { "\(name) \(RunText.quoted($0))" }
        }
    }

    /// The option with which a command finds the same store.
    package var givenStore: [String] { store.map { ["--store \(RunText.quoted($0))"] } ?? [] }

    /// The option with which a command finds the same configuration from wherever it is started.
    package var wholeConfiguration: [String] {
        let path = config ?? (FileSystem.status("sennit.yaml") == nil ? nil : "sennit.yaml")
        return path.map { ["--config \(RunText.quoted(FileSystem.wholePath($0)))"] } ?? []
    }

    /// Reads the configuration.
    package func configuration() throws -> PipelineConfiguration {
        let sections = PipelineCatalogue.current.sections
        if let config { return try PipelineConfiguration(contentsOf: config, sections: sections) }
        guard FileSystem.status("sennit.yaml") != nil else { return PipelineConfiguration() }
        return try PipelineConfiguration(contentsOf: "sennit.yaml", sections: sections)
    }

    /// The directory of the store, by the option, the configuration or default.
    package func directory(_ configuration: PipelineConfiguration) -> String {
        store ?? configuration.store ?? ".sennit"
    }

    /// A runner with what the options and the configuration say.
    ///
    /// - Parameters:
    ///   - configuration: What the file says.
    ///   - parallel: How many steps may run at once; nil for what the configuration says.
    ///   - notifications: Channels beside those of the configuration.
    /// - Returns: The runner.
    package func runner(
        _ configuration: PipelineConfiguration, parallel: Int? = nil, notifications: [NotificationSettings] = []
    ) -> PipelineRunner {
        PipelineRunner(
            store: directory(configuration), maximumParallelSteps: parallel ?? configuration.parallel,
            notifiers: (configuration.notifications + notifications).map { WebhookNotifier($0) },
            limits: configuration.limits)
    }
}

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

    /// Reads the configuration.
    package func configuration() throws -> PipelineConfiguration {
        if let config { return try PipelineConfiguration(contentsOf: config) }
        guard FileSystem.status("sennit.yaml") != nil else { return PipelineConfiguration() }
        return try PipelineConfiguration(contentsOf: "sennit.yaml")
    }

    /// A runner with what the options and the configuration say.
    package func runner(_ configuration: PipelineConfiguration, parallel: Int? = nil) -> PipelineRunner {
        PipelineRunner(
            store: store ?? configuration.store ?? ".sennit",
            maximumParallelSteps: parallel ?? configuration.parallel,
            notifiers: configuration.notifications.map { WebhookNotifier($0) })
    }
}

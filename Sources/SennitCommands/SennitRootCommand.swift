package import ArgumentParser

/// `sennit`: the command that holds all others.
package struct SennitRootCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sennit",
        abstract: "An executor that spreads work over processes and threads, at work.",
        discussion: """
            'sennit run' runs a pipeline, and 'sennit runs' is the history; 'sennit demo' shows the executor alone, \
            and 'sennit bench' measures it. 'sennit postgres' starts a private database.

            Exit codes: 0 for success, 64 for arguments that make no sense, 130 after Ctrl-C, 141 when nobody reads \
            the output any more, 74 when the output cannot be written, 1 for anything else.
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, StepCommand.self, RunsCommand.self, PostgresCommand.self, DemoCommand.self,
            BenchCommand.self,
        ])

    package init() {}
}

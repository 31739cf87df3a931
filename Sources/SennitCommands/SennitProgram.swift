package import ArgumentParser
public import SennitPipeline

/// The `sennit` program, and others of its kind, from the first statement to the exit.
public enum SennitProgram {
    /// Runs the command that the arguments ask for, and ends the process with its exit code.
    ///
    /// The first SIGINT, SIGTERM or SIGHUP cancels the command, which ends its workers; a second one ends the process
    /// at once, and its workers die with it.
    ///
    /// ```swift
    /// await SennitProgram.main(pipelines: [PipelineDeclaration(try words())])
    /// ```
    ///
    /// - Parameter pipelines: What `run` and `step` know, each under another name.
    @concurrent
    public static func main(pipelines: [PipelineDeclaration] = []) async -> Never {
        await main(SennitRootCommand.self, pipelines: pipelines)
    }

    /// Runs a program with other commands in the same way.
    @concurrent
    package static func main(
        _ root: any AsyncParsableCommand.Type, pipelines: [PipelineDeclaration] = []
    ) async -> Never {
        StandardStream.fillGaps()
        TerminationSignals.ignoreBrokenPipes()
        let signals = TerminationSignals()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let catalogue = PipelineCatalogue(pipelines)
        let work = Task { await PipelineCatalogue.$current.withValue(catalogue) { await run(arguments, of: root) } }
        // Without the thread, these signals do what they do by default; workers end then as well.
        try? signals.listen { _ in work.cancel() }
        let code = await work.value
        ProcessSignal.leave(code == 0 ? 0 : signals.received.map { 128 + $0 } ?? code)
    }

    /// Runs the command that the arguments ask for.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - root: The command that holds all others.
    /// - Returns: The exit code: 0, 64 for arguments that make no sense, 130 when cancelled, 141 when nobody reads the
    ///   output any more, 74 when it cannot be written, else 1.
    @concurrent
    package static func run(
        _ arguments: [String], of root: any AsyncParsableCommand.Type = SennitRootCommand.self
    ) async -> Int32 {
        do {
            var command = try root.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error, of: root)
        }
    }

    private static func report(_ error: any Error, of root: any AsyncParsableCommand.Type) -> Int32 {
        let console = Console.current
        switch error {
        case OutputError.closed:
            return ExitStatus.closedOutput
        case let error as OutputError:
            try? console.notes.write("\(name(of: root)): \(error)\n")
            return ExitStatus.failedOutput
        case _ where error is CancellationError || Task.isCancelled:
            // What was cancelled may fail in other ways, too.
            try? console.notes.write("\(name(of: root)): interrupted\n")
            return ExitStatus.interrupted
        default:
            return explain(error, of: root, on: console)
        }
    }

    /// Help, the version, wrong arguments and everything that a command throws.
    private static func explain(
        _ error: any Error, of root: any AsyncParsableCommand.Type, on console: Console
    ) -> Int32 {
        let code = error is CommandError ? ExitStatus.wrongArguments : root.exitCode(for: error).rawValue
        let message = root.fullMessage(for: error)
        do {
            let channel = code == 0 ? console.output : console.notes
            if !message.isEmpty { try channel.write(message + "\n") }
            return code
        } catch {
            return code == 0 ? report(error, of: root) : code
        }
    }

    private static func name(of root: any AsyncParsableCommand.Type) -> String {
        root.configuration.commandName ?? "sennit"
    }
}

/// What the program's exit codes mean, beside those of the argument parser.
package enum ExitStatus {
    /// Arguments that make no sense; `EX_USAGE`.
    package static let wrongArguments: Int32 = 64
    /// The output could not be written, as on a full disk; `EX_IOERR` of the BSD convention.
    package static let failedOutput: Int32 = 74
    /// As a shell shows the end by SIGINT.
    package static let interrupted: Int32 = 130
    /// As a shell shows the end by SIGPIPE.
    package static let closedOutput: Int32 = 141
}

import ArgumentParser
public import SennitPipeline

/// The `sennit` program from its first statement to its exit.
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
        StandardStream.fillGaps()
        TerminationSignals.ignoreBrokenPipes()
        let signals = TerminationSignals()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let catalogue = PipelineCatalogue(pipelines)
        let work = Task { await PipelineCatalogue.$current.withValue(catalogue) { await run(arguments) } }
        // Without the thread, these signals do what they do by default; workers end then as well.
        try? signals.listen { _ in work.cancel() }
        let code = await work.value
        ProcessSignal.leave(code == 0 ? 0 : signals.received.map { 128 + $0 } ?? code)
    }

    /// Runs the command that the arguments ask for.
    ///
    /// - Parameter arguments: What follows the program's name.
    /// - Returns: The exit code: 0, 64 for arguments that make no sense, 130 when cancelled, 141 when nobody reads the
    ///   output any more, 74 when it cannot be written, else 1.
    @concurrent
    package static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try SennitRootCommand.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        let console = Console.current
        switch error {
        case OutputError.closed:
            return ExitStatus.closedOutput
        case let error as OutputError:
            try? console.notes.write("sennit: \(error)\n")
            return ExitStatus.failedOutput
        case _ where error is CancellationError || Task.isCancelled:
            // What was cancelled may fail in other ways, too.
            try? console.notes.write("sennit: interrupted\n")
            return ExitStatus.interrupted
        default:
            return explain(error, on: console)
        }
    }

    /// Help, the version, wrong arguments and everything that a command throws.
    private static func explain(_ error: any Error, on console: Console) -> Int32 {
        let code = SennitRootCommand.exitCode(for: error).rawValue
        let message = SennitRootCommand.fullMessage(for: error)
        do {
            let channel = code == 0 ? console.output : console.notes
            if !message.isEmpty { try channel.write(message + "\n") }
            return code
        } catch {
            return code == 0 ? report(error) : code
        }
    }
}

/// What the program's exit codes mean, beside those of the argument parser.
package enum ExitStatus {
    /// The output could not be written, as on a full disk; `EX_IOERR` of the BSD convention.
    package static let failedOutput: Int32 = 74
    /// As a shell shows the end by SIGINT.
    package static let interrupted: Int32 = 130
    /// As a shell shows the end by SIGPIPE.
    package static let closedOutput: Int32 = 141
}

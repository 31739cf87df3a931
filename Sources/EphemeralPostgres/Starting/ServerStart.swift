import PostgresClient
import Sennit

/// The start of one server, from options to a server that answers.
struct ServerStart {
    private let options: PostgresOptions
    private let flag: CancellationFlag
    private let binaries: ServerBinaries
    private let account: ProcessAccount?

    /// How often the server's own word that it is ready is looked for.
    private static let glanceNanoseconds: UInt64 = 250_000
    /// How many ports are tried when somebody else takes them first.
    private static let portAttempts = 5

    init(_ options: PostgresOptions, _ flag: CancellationFlag) throws {
        self.options = options
        self.flag = flag
        binaries = try ServerBinaries.find(options)
        account = try ServerAccount.choose()
    }

    /// Blocks the calling thread until the server is ready, with its schema loaded.
    func run() throws -> PostgresServer {
        let template = try TemplateCache(options, binaries, account).template(flag)
        for attempt in 1... {
            do {
                return try start(template)
            } catch let error as EphemeralPostgresError {
                let lostPort = options.tcp && error.log.contains("could not bind")
                guard lostPort, attempt < Self.portAttempts else { throw error }
            }
        }
        preconditionFailure("the loop above has no end")
    }

    private func start(_ template: Template) throws -> PostgresServer {
        try flag.check()
        let directory = try ServerDirectory.make(options.storage, account)
        let guardian: Guardian
        do {
            let log = try FileSystem.openLog(directory.logPath)
            guardian = try Guardian(directory, log: log.rawValue)
        } catch {
            directory.remove()
            throw error as? EphemeralPostgresError ?? EphemeralPostgresError(.startFailed, "\(error)")
        }
        do {
            // The guardian's program is loaded meanwhile, on another processor.
            do {
                try template.layOut(at: directory.dataPath, account: account)
            } catch {
                throw EphemeralPostgresError(.noDirectory, "\(error)")
            }
            let port = options.tcp ? try LoopbackPort.free() : 5432
            try guardian.start(order(directory, port))
            try waitUntilReady(guardian, directory)
            let server = PostgresServer(
                guardian: guardian, directory: directory, binaries: binaries, port: port, hasTCP: options.tcp)
            if options.tcp { try server.setPassword() }
            for script in options.schema { try server.loadBlocking(script, flag) }
            return server
        } catch {
            guardian.end(keepsDirectory: false)
            throw error
        }
    }

    private func order(_ directory: ServerDirectory, _ port: Int) -> ServerOrder {
        ServerOrder(
            executable: binaries.path("postgres"),
            arguments: ServerSettings.arguments(options, directory, port: port),
            environment: TemplateMaker.environment, account: account,
            limits: options.limits.map { .init(resource: $0.resource, soft: $0.soft, hard: $0.hard) })
    }

    private func waitUntilReady(_ guardian: Guardian, _ directory: ServerDirectory) throws {
        let path = "\(directory.dataPath)/postmaster.pid"
        let started = ContinuousClock.now
        while true {
            try flag.check()
            switch guardian.state(waitingNanoseconds: Self.glanceNanoseconds) {
            case .failed(let reason):
                throw EphemeralPostgresError(.startFailed, reason, log: directory.logTail())
            case .ended(let end):
                throw EphemeralPostgresError(.startFailed, "it \(end)", log: directory.logTail())
            case .starting, .running:
                break
            }
            if PostmasterFile.read(path)?.status == "ready" { return }
            if ContinuousClock.now - started > options.startTimeout {
                throw EphemeralPostgresError(
                    .startFailed, "it was not ready after \(options.startTimeout)", log: directory.logTail())
            }
        }
    }
}

/// Whom a server runs as.
enum ServerAccount {
    /// nil for this process's own user; root, as whom no server runs, takes an unprivileged one.
    static func choose() throws -> ProcessAccount? {
        guard Account.effectiveUser == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let account = Account.named(name), account.numbers.user != 0 { return account.numbers }
        }
        throw EphemeralPostgresError(
            .startFailed,
            """
            PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody' to run it as; make \
            one, for example with 'useradd --system postgres'
            """)
    }
}

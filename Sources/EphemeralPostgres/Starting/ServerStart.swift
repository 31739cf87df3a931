import ByteText
import PostgresClient
import Sennit

/// The start of one server, from options to a server that answers.
///
/// The server's program is loaded while its files are laid out, and its guardian's while it starts itself: loading
/// either takes about as long as the rest. See the README of this folder.
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
        try SettingRefusal.check(options.settings)
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
                let lostPort = options.tcp && error.log.bytes.holds("could not bind")
                guard lostPort, attempt < Self.portAttempts else { throw error }
            }
        }
        preconditionFailure("the loop above has no end")
    }

    private func start(_ template: Template) throws -> PostgresServer {
        try flag.check()
        let directory = try ServerDirectory.make(options.storage, account)
        let port: Int
        let gate: StartGate
        let guardian: Guardian
        do {
            port = options.tcp ? try LoopbackPort.free() : 5432
            let log = try FileSystem.openLog(directory.logPath)
            gate = try StartGate(directory, account)
            guardian = try Guardian(directory, request(directory, port), log: log.rawValue)
        } catch {
            directory.remove()
            throw error as? EphemeralPostgresError ?? EphemeralPostgresError(.startFailed, "\(error)")
        }
        // Also if something fails: a server must not wait for ever.
        defer { gate.open() }
        do {
            do {
                try template.layOut(in: directory.dataPath, account: account)
            } catch {
                throw EphemeralPostgresError(.noDirectory, "\(error)")
            }
            gate.open()
            try waitUntilReady(guardian, directory, gate)
            let server = PostgresServer(
                guardian: guardian, directory: directory, binaries: binaries, port: port, hasTCP: options.tcp,
                identity: identity(guardian, directory))
            if options.tcp { try server.setPassword() }
            for script in options.schema { try server.loadBlocking(script, flag) }
            return server
        } catch {
            guardian.end(keepsDirectory: false)
            throw error
        }
    }

    private func identity(_ guardian: Guardian, _ directory: ServerDirectory) -> PrivateServer {
        let names = options.settings.map { (ServerSettings.name($0.key), $0.value) }
        let session = names.filter { ServerSettings.ofSessions.contains($0.0) }
        // The name takes a look at files, for one who has asked libpq to insist on another one.
        let insists = Environment.value("PGREQUIREPEER") ?? Environment.value("PGSERVICE")
        return PrivateServer(
            process: guardian.serverProcessID, dataDirectory: directory.dataPath,
            account: insists.flatMap { _ in Account.numbered(account?.user ?? Account.effectiveUser)?.name },
            sessionSettings: Dictionary(session) { _, last in last })
    }

    private func request(_ directory: ServerDirectory, _ port: Int) -> SpawnRequest {
        let executable = binaries.path("postgres")
        var request = SpawnRequest(
            executable: executable,
            arguments: [executable] + ServerSettings.arguments(options, directory, port: port))
        request.environment = TemplateMaker.environment
        request.account = account
        request.limits = options.limits
        return request
    }

    private func waitUntilReady(_ guardian: Guardian, _ directory: ServerDirectory, _ gate: StartGate) throws {
        let path = ServerDirectory.postmasterPath(directory.path)
        let started = ContinuousClock.now
        while true {
            try flag.check()
            if case .ended(let end) = guardian.state(waitingNanoseconds: Self.glanceNanoseconds) {
                throw EphemeralPostgresError(.startFailed, "it \(end)", log: directory.logTail())
            }
            let file = PostmasterFile.read(path)
            if file?.status == "ready" { return }
            if file == nil { gate.nudge() }
            if ContinuousClock.now - started > options.startTimeout {
                throw EphemeralPostgresError(
                    .startFailed, "it was not ready after \(options.startTimeout)", log: directory.logTail())
            }
        }
    }
}

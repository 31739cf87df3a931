public import CloudPrices
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A mock of the three providers' price list servers, which serves a folder of sample lists on loopback.
///
/// It answers in the providers' own layout: AWS's tree of indexes and files, Azure's pages with `$skip` and `$filter`,
/// Google's services and SKUs with page tokens; with entity tags, ranges and gzip. It can be told to misbehave.
///
/// It is made for tests and demonstrations. It is not made to face a network: it listens on loopback alone.
public struct PriceListServer: Sendable {
    /// What to serve, and how.
    public struct Configuration: Sendable {
        /// The folder with `aws`, `azure` and `gcp` in it.
        public var folder: String
        /// Whose lists to serve; asked for another's, it answers as with none.
        public var providers = PriceListServer.providers
        /// The port; 0 takes any that is free.
        public var port = 0
        /// How many items a page of Azure's holds.
        public var azurePageSize = 1000
        /// Which of the Azure lists to serve, by the start of its file's name; the last one if `nil`.
        public var azureSnapshot: String?
        /// The key that Google's part asks for; `nil` takes any and none.
        public var googleKey: String?
        /// How many items a page of Google's holds at most, whatever is asked for.
        public var googlePageSize = 5000
        /// What to do wrong.
        public var misbehaviour: [Misbehaviour] = []

        /// Serves a folder, properly.
        public init(folder: String) { self.folder = folder }
    }

    /// The three whose lists can be served.
    public static let providers = Set(CloudProvider.known)

    /// Each provider's root, such as `http://127.0.0.1:40123`.
    public let url: String
    let plan: MisbehaviourPlan

    /// The requests so far, as `GET` targets in the order received.
    public var requests: [String] { plan.requests }

    /// Adds to what it does wrong; takes part from the next request on.
    public func misbehave(_ more: Misbehaviour...) { plan.add(more) }

    /// Runs a server while `body` runs, and stops it afterwards, whatever happens.
    ///
    /// - Throws: what `body` throws; `SampleLibrary.Fault` if the folder is not as it must be; an error of the system
    ///   if the port is taken. Cancellation stops the server.
    public static func withServer<Result: Sendable>(
        _ configuration: Configuration, _ body: @escaping @Sendable (PriceListServer) async throws -> Result
    ) async throws -> Result {
        let library = try SampleLibrary(
            folder: configuration.folder, snapshot: configuration.azureSnapshot, providers: configuration.providers)
        let plan = MisbehaviourPlan(configuration.misbehaviour)
        let answerer = Answerer(configuration: configuration, library: library, plan: plan)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await answerer.answer(request) },
            configuration: .init(address: .hostname("127.0.0.1", port: configuration.port)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            },
            logger: Logger(label: "price-list-server") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            // Whoever asks may block the threads of Swift's pool while it waits for an answer.
            group.addTask(executorPreference: ThreadExecutor("sennit.prices.server")) {
                defer { continuation.finish() }
                do {
                    try await application.run()
                } catch let error as IOError where error.errnoCode == EADDRINUSE {
                    throw SampleLibrary.Fault(description: "port \(configuration.port) is in use; choose another one")
                }
                return nil
            }
            group.addTask {
                for await port in ports {
                    return try await body(PriceListServer(url: "http://127.0.0.1:\(port)", plan: plan))
                }
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let result = outcome { return result }
            }
            throw CancellationError()
        }
    }
}

package import ArgumentParser
import Sennit

/// `sennit bench payload`: bytes to a worker and back.
package struct PayloadCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "payload",
        abstract: "Bytes to a worker and back.",
        discussion: """
            An echo is an array of bytes that a worker sends back; the array that returns is another one, and is \
            compared. A shared echo is a SharedBuffer of that size, made once, which goes to a worker and back; the \
            worker writes to every page of it, and the pages are checked at the end.
            """)

    @Option(help: "How many bytes.")
    package var bytes = 1_048_576

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws { try OptionRange.check(bytes, "bytes", in: 1...(1 << 29)) }

    @concurrent
    package func run() async throws {
        try Console.current.show(try await PayloadPlan(bytes: bytes).run(), asJSON: report.json)
    }
}

/// How many bytes go there and back.
struct PayloadPlan: Sendable {
    let bytes: Int

    private static let processes = 2
    private static let warmUps = 3
    private static let bytesInAll = 256 << 20

    /// Few rounds of much, many rounds of little.
    var rounds: Int { max(10, min(200, PayloadPlan.bytesInAll / bytes)) }

    @concurrent
    func run() async throws -> PayloadReport {
        var options = PoolOptions()
        options.startup = .eager
        return try await withProcessThreadPool(
            processes: PayloadPlan.processes, threadsPerProcess: 1, options: options
        ) { pool in
            try await pool.start()
            try await WarmUp.run(pool, places: PayloadPlan.processes)
            let echoes = try await echoMilliseconds(pool)
            let shared = try await sharedMilliseconds(pool)
            return PayloadReport(
                bytes: bytes, rounds: rounds, echo: Quantile.of(echoes, 0.5) ?? 0, shared: Quantile.of(shared, 0.5) ?? 0
            )
        }
    }

    private func echoMilliseconds(_ pool: ProcessThreadPool<NoContext>) async throws -> [Double] {
        let bytes = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        return try await measured("echo") {
            let watch = Stopwatch()
            let answer = try await pool.run(Echo(bytes: bytes))
            let milliseconds = watch.milliseconds
            guard answer == bytes else {
                throw MeasurementError("The bytes that came back are not those that were sent.")
            }
            return milliseconds
        }
    }

    private func sharedMilliseconds(_ pool: ProcessThreadPool<NoContext>) async throws -> [Double] {
        let buffer = try SharedBuffer(byteCount: bytes)
        let times = try await measured("shared echo") {
            let watch = Stopwatch()
            let answer = try await pool.run(TouchPages(buffer: buffer))
            let milliseconds = watch.milliseconds
            guard answer.byteCount == buffer.byteCount else { throw MeasurementError("Another buffer came back.") }
            return milliseconds
        }
        let touches = UInt8(truncatingIfNeeded: PayloadPlan.warmUps + rounds)
        let areTouched = buffer.withSpan(of: UInt8.self) { bytes in
            stride(from: 0, to: bytes.count, by: TouchPages.pageBytes).allSatisfy { bytes[$0] == touches }
        }
        guard areTouched else { throw MeasurementError("What the worker wrote to the shared buffer is not there.") }
        return times
    }

    private func measured(_ name: String, _ round: () async throws -> Double) async throws -> [Double] {
        for _ in 0..<PayloadPlan.warmUps { _ = try await round() }
        var meter = ProgressMeter(name, total: rounds)
        defer { meter.finish() }
        var times: [Double] = []
        for done in 1...rounds {
            times.append(try await round())
            try meter.advance(to: done)
        }
        return times
    }
}

/// What sending bytes cost.
struct PayloadReport: Report {
    let bytes: Int
    let rounds: Int
    let echo: Double
    let shared: Double

    var title: String { "\(Decimals.text(bytes)) bytes to a worker and back, \(rounds) times" }

    var figures: [Figure] {
        [
            Figure("bytes, median", echo, places: 3, "ms"),
            Figure("shared buffer, median", shared, places: 3, "ms"),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case bytes, rounds
        case echo = "echo_ms_p50"
        case shared = "shared_echo_ms_p50"
    }
}

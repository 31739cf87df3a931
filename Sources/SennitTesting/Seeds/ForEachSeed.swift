internal import Foundation

/// Runs a test body over many seeds, and says how to replay the one that fails.
///
/// ```swift
/// @Test func `no page is lost`() async throws {
///     try await forEachSeed(200) { seed in
///         try await withSimulatedPool(seed: seed, faults: .rough) { pool in … }
///     }
/// }
/// ```
///
/// The environment has a say: `SENNIT_SEED=17` runs that seed alone, `SOAK=1` a hundred times as many.
///
/// A body fails by throwing, as `#require` does; an `#expect` that is not met is reported without its seed.
///
/// - Parameters:
///   - count: How many seeds.
///   - first: The first of them; the others follow it.
///   - filter: What `swift test --filter` finds the test by; nil takes the calling function's name.
///   - function: The calling function.
///   - body: Gets the seed.
/// - Throws: ``SeedFailure`` with the error of the first seed that fails; `CancellationError` unchanged.
public func forEachSeed(
    _ count: Int, from first: UInt64 = 0, filter: String? = nil, function: String = #function,
    _ body: (UInt64) async throws -> Void
) async throws {
    let plan = SeedPlan(count: count, first: first, environment: ProcessInfo.processInfo.environment)
    for seed in plan.seeds {
        do {
            try await body(seed)
        } catch let error as CancellationError where Task.isCancelled {
            throw error
        } catch {
            throw SeedFailure(seed: seed, filter: filter ?? SeedPlan.filter(for: function), error: error)
        }
    }
}

/// A seed with which a test failed.
public struct SeedFailure: Error, CustomStringConvertible {
    /// The seed.
    public let seed: UInt64
    /// What finds the test.
    public let filter: String
    /// How it failed.
    public let error: any Error

    /// The command that runs the test with this seed alone.
    public var replayCommand: String { "SENNIT_SEED=\(seed) swift test --filter '\(filter)'" }

    /// The seed, the error and the command.
    public var description: String { "Seed \(seed) fails: \(error)\nReplay it with: \(replayCommand)" }
}

/// Which seeds a test runs.
package struct SeedPlan {
    package let seeds: [UInt64]

    package init(count: Int, first: UInt64, environment: [String: String]) {
        if let text = environment["SENNIT_SEED"], let seed = UInt64(text) {
            seeds = [seed]
        } else {
            let total = environment["SOAK"] == "1" ? count.multipliedReportingOverflow(by: 100).partialValue : count
            seeds = (0..<UInt64(max(0, total))).map { first &+ $0 }
        }
    }

    /// The function's bare name, with what means something to a regular expression taken as any character.
    static func filter(for function: String) -> String {
        let name = function.prefix { $0 != "(" }.filter { $0 != "`" }
        return String(name.map { $0.isLetter || $0.isNumber || $0 == " " || $0 == "_" ? $0 : "." })
    }
}

import Foundation
import Sennit
import Testing

/// A task that has a pool of its own, whose errors reach the outer caller as what they are.
@Suite(.timeLimit(.minutes(5))) struct NestedPoolTests {
    private enum Failing: String, Codable, CaseIterable { case death, timeout, size, shutDown, posix }

    private struct Outer: PoolTask {
        var way: Failing

        func run(in context: NoContext) async throws -> Int {
            var options = PoolOptions()
            options.standardError = .discard
            options.maximumPayloadBytes = 100_000
            return try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                if way == .shutDown { await pool.shutDown() }
                let limit = TaskOptions(timeout: way == .timeout ? .milliseconds(20) : nil)
                return try await pool.run(
                    Inner(way: way, bulk: way == .size ? [UInt8](repeating: 1, count: 200_000) : []), options: limit)
            }
        }
    }

    private struct Inner: PoolTask {
        var way: Failing
        var bulk: [UInt8]

        func run(in context: NoContext) throws -> Int {
            switch way {
            case .death: ProcessEnd.now(9)
            case .timeout: while true {}
            case .posix: throw POSIXError(.EDQUOT)
            case .size, .shutDown: return 0
            }
        }
    }

    @Test func `the errors of a nested pool arrive as themselves`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            var errors: [Failing: any Error] = [:]
            for way in Failing.allCases {
                do { _ = try await pool.run(Outer(way: way)) } catch { errors[way] = error }
            }
            #expect((errors[.death] as? WorkerDied)?.exitStatus == .exited(9))
            #expect((errors[.timeout] as? TaskTimedOut)?.limit == .timeout(.milliseconds(20)))
            #expect((errors[.size] as? PayloadTooLarge)?.maximumByteCount == 100_000)
            #expect((errors[.shutDown] as? PoolError)?.code == .shutDown)
            let remote = errors[.posix] as? RemoteError
            #expect(remote?.domain == "NSPOSIXErrorDomain")
            #expect(remote.map { Int32($0.code) } == POSIXErrorCode.EDQUOT.rawValue)
        }
    }
}

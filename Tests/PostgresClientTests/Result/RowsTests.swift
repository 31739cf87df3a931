import EphemeralPostgres
import PostgresClient
import Testing

@Suite struct RowsTests {
    @Test func `rows outlive their connection and go to other threads`() async throws {
        let rows = try await withPostgres { server in
            try server.connect().query("SELECT n, n * n FROM generate_series(1, 1000) n")
        }
        let sum = await Task.detached { rows.reduce(0) { $0 + (Int($1[1] ?? "") ?? 0) } }.value
        #expect(sum == 333_833_500)
        #expect(rows.count == 1000)
        #expect(rows.last?[0] == "1000")
        #expect(rows[10..<12].map { $0[0] } == ["11", "12"])
    }
}

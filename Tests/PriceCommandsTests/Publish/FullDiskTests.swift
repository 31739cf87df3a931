import EphemeralPostgres
import Foundation
import Glibc
import PostgresClient
import Testing

@Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    /// A limit on the size of files stands for the end of a disk: the system refuses to write on.
    @Test func `a full disk under the dump is told, and leaves neither file nor publication`() async throws {
        try await withFolder { folder in
            try await withServer { postgres, server in
                let connection = try postgres.connect()
                defer { connection.close() }
                try connection.execute(
                    """
                    INSERT INTO api_price.price_source SELECT 'aws', n, repeat('x', 100) FROM generate_series(1, 9000) n
                    """)
                let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
                    [folder = folder as String, server = server as [String]] in
                    signal(SIGXFSZ, SIG_IGN)
                    var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
                    unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                    let run = await pscraper(
                        ["pgdump", "--file", "\(folder)/price.sql", "--unchecked", "--storage", "\(folder)/out"]
                            + server)
                    FileHandle.standardError.write(Data(run.notes.utf8))
                    exit(run.code)
                }
                let words = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
                #expect(words.contains("File too large"), "\(words)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}

import PostgresClient

extension PostgresServer {
    /// Runs a script; the calling thread is blocked meanwhile.
    func loadBlocking(_ script: PostgresScript, _ flag: CancellationFlag) throws {
        let connection = try connect()
        switch script {
        case .text(let text): try connection.execute(text)
        case .file(let path):
            let bytes = try FileSystem.contents(of: path)
            try connection.execute(String(decoding: bytes, as: UTF8.self))
        }
    }
}

package import PostgresClient

extension PostgresServer {
    /// Finds a private server of this user's, of any process, by the TCP port on which it listens.
    ///
    /// Through its Unix socket it needs no password: whoever may enter its directory is its user.
    ///
    /// - Returns: How to connect to it; nil if no such server runs, and for one without TCP.
    package static func find(listeningOn port: Int) -> PostgresParameters? {
        for base in StorageBase.present {
            for name in FileSystem.names(in: base) {
                let directory = "\(base)/\(name)"
                guard let file = PostmasterFile.read(ServerDirectory.postmasterPath(directory)), file.port == port,
                    file.address == "127.0.0.1", file.status == "ready"
                else { continue }
                var parameters = PostgresParameters(
                    host: directory, port: port, user: userName, database: databaseName)
                // The number in the file may be one of another container's processes.
                parameters.privateServer = PrivateServer(process: nil, dataDirectory: "\(directory)/data")
                return parameters
            }
        }
        return nil
    }
}

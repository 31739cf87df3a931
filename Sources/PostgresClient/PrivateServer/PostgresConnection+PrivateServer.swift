import CLibpq

// Safety: the path goes to a local buffer whose size the call is told, and is copied before the buffer ends.
extension PostgresConnection {
    /// Makes sure that the connection has reached the server that was meant, and that the session is as if this
    /// process had no environment.
    ///
    /// Through a Unix socket the kernel says which process listens, which costs a microsecond; through TCP the server
    /// is asked for its data directory.
    func check(_ server: PrivateServer, _ parameters: PostgresParameters) throws(PostgresError) {
        if parameters.host.utf8.first == UInt8(ascii: "/") {
            try checkListener(server, "\(parameters.host)/.s.PGSQL.\(parameters.port)")
        } else {
            let found = try query("SHOW data_directory").first?[0] ?? ""
            guard found == server.dataDirectory else {
                throw Self.wrongServer("its data directory is \(found), not \(server.dataDirectory)")
            }
        }
        if let statement = server.sessionStatement(isSet: LibpqKeywords.isSet) { try execute(statement) }
    }

    private func checkListener(_ server: PrivateServer, _ expectedPath: String) throws(PostgresError) {
        let connection = try unsafe open(nil)
        let size = 256
        var process: Int32 = 0
        let path = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer -> String? in
            unsafe buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress,
                unsafe sennit_socket_listener(PQsocket(connection), start, UInt(size), &process) == 0
            else { return nil }
            return unsafe String(cString: start)
        }
        guard let path else { throw Self.wrongServer("it is not reached through \(expectedPath)") }
        guard path == expectedPath else { throw Self.wrongServer("it listens at \(path), not at \(expectedPath)") }
        if let expected = server.process, process != 0, process != expected {
            throw Self.wrongServer("process \(process) listens at \(path), not \(expected), which was started")
        }
    }

    private static func wrongServer(_ reason: String) -> PostgresError {
        PostgresError(
            .wrongServer, "this is not the private server that was started: \(reason)",
            hint: "nothing was written to it; look for variables of PostgreSQL in this process's environment")
    }

    /// What may help when a private server cannot be reached.
    static func environmentHint() -> String? {
        let names = PrivateServer.variablesBeyondKeywords.filter(LibpqKeywords.isSet)
        guard !names.isEmpty else { return nil }
        return "libpq obeys \(names.joined(separator: ", ")) of this process's environment whatever it is told; "
            + "unset \(names.count == 1 ? "it" : "them")"
    }
}

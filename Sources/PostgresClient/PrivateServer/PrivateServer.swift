/// A server that one program has started for itself: what tells it from every other one.
package struct PrivateServer: Sendable, Hashable {
    /// The process that listens; nil if only the socket's place is known.
    package var process: Int32?
    /// The server's data directory, as the server itself names it.
    package var dataDirectory: String
    /// The name of the user that the server runs as, where it is needed and there is one.
    package var account: String?
    /// What a session has for the three settings that libpq takes from the environment whatever it is told.
    package var sessionSettings: [String: String]

    package init(
        process: Int32?, dataDirectory: String, account: String? = nil, sessionSettings: [String: String] = [:]
    ) {
        self.process = process
        self.dataDirectory = dataDirectory
        self.account = account
        self.sessionSettings = Self.builtIn.merging(sessionSettings) { _, given in given }
    }

    /// Those of a server that nobody has set otherwise.
    private static let builtIn = ["datestyle": "ISO, MDY", "timezone": "UTC", "geqo": "on"]

    /// libpq's variables that it sends as settings of the session, whatever it is told.
    private static let sessionVariables = ["PGDATESTYLE", "PGTZ", "PGGEQO"]

    /// libpq's variables that no keyword overrides: also the name of a service, which a file has to define, and that of
    /// the user that the server must run as, where that user has none.
    package static let variablesBeyondKeywords = sessionVariables + ["PGSERVICE", "PGREQUIREPEER"]
}

extension PrivateServer {
    /// Every keyword that libpq would otherwise look up in the environment, in a service file or in a password file.
    ///
    /// libpq takes an empty value for one that was not given. So a keyword whose neutral value is empty is given one
    /// that means the same.
    /// - Parameters:
    ///   - parameters: Where the server is.
    ///   - known: The keywords of the libpq at hand, with the values that are built into it.
    ///   - isSet: Whether the environment has a variable.
    /// - Returns: The keywords, each with a value that is not empty.
    package func keywords(
        _ parameters: PostgresParameters, known: [String: String], isSet: (String) -> Bool
    ) -> [(String, String)] {
        let isSocket = parameters.host.utf8.first == UInt8(ascii: "/")
        var stated = Self.neutral.merging(parameters.keywords) { _, given in given }
        stated["require_auth"] = parameters.password == nil ? "none" : "scram-sha-256"
        if isSocket {
            // Two hosts whose addresses are not given are the only way to say that there is no address.
            if isSet("PGHOSTADDR") || isSet("PGSERVICE") {
                stated["host"] = "\(parameters.host),\(parameters.host)"
                stated["hostaddr"] = ","
            }
            if let account, isSet("PGREQUIREPEER") || isSet("PGSERVICE") { stated["requirepeer"] = account }
        } else {
            stated["hostaddr"] = parameters.host
        }
        let builtIn = known.filter { !$0.value.isEmpty && stated[$0.key] == nil }
        return stated.filter { known[$0.key] != nil }.merging(builtIn) { stated, _ in stated }.sorted {
            $0.key < $1.key
        }
        .map { ($0.key, $0.value) }
    }

    private static let neutral = [
        "password": "none", "options": " ", "application_name": "sennit", "replication": "false",
        "sslmode": "disable", "sslnegotiation": "postgres", "sslcertmode": "disable", "sslrootcert": "/dev/null",
        "sslcert": "/dev/null", "sslkey": "/dev/null", "sslcrl": "/dev/null", "sslcompression": "0", "sslsni": "1",
        "ssl_min_protocol_version": "TLSv1.2", "ssl_max_protocol_version": "TLSv1.3", "channel_binding": "disable",
        "gssencmode": "disable", "gssdelegation": "0", "gsslib": "gssapi", "krbsrvname": "postgres",
        "target_session_attrs": "any", "load_balance_hosts": "disable", "min_protocol_version": "3.0",
        "max_protocol_version": "3.0",
    ]

    /// What undoes the settings that the environment has smuggled into a session; nil if it has none.
    package func sessionStatement(isSet: (String) -> Bool) -> String? {
        guard Self.sessionVariables.contains(where: isSet) else { return nil }
        return sessionSettings.sorted { $0.key < $1.key }
            .map { "SET \($0.key) = \(PostgresSyntax.literal($0.value))" }.joined(separator: "; ")
    }
}

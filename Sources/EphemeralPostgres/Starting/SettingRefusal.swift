/// Settings that whoever keeps a private server has to set itself.
package enum SettingRefusal {
    /// What to do instead, by the setting's name.
    private static let kept = [
        "config_file": "set single settings", "data_directory": "choose the storage",
        "external_pid_file": "the server's process is known to its owner", "hba_file": "the socket is closed to others",
        "ident_file": "the socket is closed to others", "listen_addresses": "ask for TCP, as with --tcp",
        "log_destination": "the log is kept beside the data, and its end is in every error",
        "logging_collector": "the log is kept beside the data, and its end is in every error",
        "port": "ask for TCP, as with --tcp, and take the port that the system chooses",
        "unix_socket_directories": "choose the storage, in which the socket is",
        "unix_socket_group": "the socket is closed to others",
        "unix_socket_permissions": "the socket is closed to others",
    ]

    /// Why a setting cannot be given; nil if it can.
    package static func reason(_ name: String) -> String? {
        if let advice = kept[ServerSettings.name(name)] {
            return "the setting '\(name)' is the keeper's of a private server, and cannot be given: \(advice)"
        }
        let isName = name.utf8.allSatisfy { byte in
            (byte | 32) &- 97 < 26 || byte &- 48 < 10
                || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")]
                    .contains(byte)
        }
        return isName && !name.isEmpty ? nil : "'\(name)' is no name of a setting"
    }

    /// Throws for the first of an option's settings that cannot be given.
    static func check(_ settings: [String: String]) throws(EphemeralPostgresError) {
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            if let reason = reason(name) { throw EphemeralPostgresError(.invalidOption, reason) }
            if value.utf8.contains(0) {
                throw EphemeralPostgresError(.invalidOption, "the value of the setting '\(name)' holds a zero byte")
            }
        }
    }
}

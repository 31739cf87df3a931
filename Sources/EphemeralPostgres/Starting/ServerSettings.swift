/// The command line of a server that lives for one scope.
enum ServerSettings {
    /// The settings of the module, without those that depend on the server's place.
    ///
    /// Nothing is flushed and nothing is written for a crash that nobody recovers from; no helper process is started
    /// that a short life does not need; memory for parallel queries is in files of the data directory and ends with
    /// it.
    static let own: [(String, String)] = [
        ("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off"), ("wal_level", "minimal"),
        ("max_wal_senders", "0"), ("wal_init_zero", "off"), ("max_wal_size", "512MB"), ("checkpoint_timeout", "1h"),
        ("autovacuum", "off"), ("max_worker_processes", "0"), ("max_parallel_workers_per_gather", "0"),
        ("max_logical_replication_workers", "0"),
        ("dynamic_shared_memory_type", "mmap"), ("jit", "off"), ("ssl", "off"), ("logging_collector", "off"),
        ("log_destination", "stderr"), ("cluster_name", ""), ("update_process_title", "off"),
    ]

    /// Settings that libpq takes from a client's environment, whatever it is told.
    static let ofSessions: Set<String> = ["datestyle", "timezone", "geqo"]

    /// A setting's name as the server reads it on its command line.
    static func name(_ text: String) -> String {
        let letters = text.utf8.map { byte -> UInt8 in
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            return byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : isCapital ? byte | 32 : byte
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// The arguments after the program's name.
    static func arguments(_ options: PostgresOptions, _ directory: ServerDirectory, port: Int) -> [String] {
        var settings = own
        settings.append(("unix_socket_directories", directory.path))
        settings.append(("unix_socket_permissions", "0700"))
        settings.append(("listen_addresses", options.tcp ? "127.0.0.1" : ""))
        settings.append(("port", String(port)))
        settings.append(("shared_buffers", "\(options.sharedBuffersMegabytes)MB"))
        settings.append(("max_connections", String(options.maxConnections)))
        settings += options.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return ["-D", directory.dataPath] + settings.flatMap { ["-c", "\($0.0)=\($0.1)"] }
    }
}

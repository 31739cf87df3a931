import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a program prints that a task starts with this process's streams, signals and environment.
enum ChildOutput {
    /// The first lines, without waiting for the program's end.
    static func lines(of command: [String], count: Int) throws -> [String] {
        var lines: [String] = []
        try read(from: command) { text in
            lines = text.split(separator: "\n").map(String.init)
            return lines.count < count || !text.hasSuffix("\n")
        }
        return lines
    }

    /// All of it.
    static func all(of command: [String]) throws -> String {
        var output = ""
        try read(from: command) { text in
            output = text
            return true
        }
        return output
    }

    /// Hands what has come so far to `take`, until that says false or there is no more.
    private static func read(from command: [String], _ take: (String) -> Bool) throws {
        var pipe = try DescriptorPair.pipe()
        guard let output = pipe.first.take(), let input = pipe.second.take() else { throw Unmet("a pipe without ends") }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, 1)
        let arguments = CStringArray(command)
        var pid: pid_t = 0
        let code: Int32 = unsafe posix_spawn(&pid, command[0], &actions, nil, arguments.pointer, environ)
        _ = consume input
        guard code == 0 else { throw Unmet("posix_spawn: \(code)") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(output.rawValue, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
            guard take(String(decoding: bytes, as: UTF8.self)) else { return }
        }
        _ = waitpid(pid, nil, 0)
    }
}

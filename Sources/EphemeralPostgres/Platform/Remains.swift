import ByteText
import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the status goes to a local variable.
/// Processes that this one has inherited because their own parent has died.
enum Remains {
    /// Kills and reaps every child of this process, which adopts orphans and starts nothing else.
    static func kill() {
        var status: Int32 = 0
        while true {
            let process = unsafe waitpid(-1, &status, WNOHANG)
            if process > 0 || (process < 0 && errno == EINTR) { continue }
            guard process == 0 else { return }
            for child in children() { _ = systemKill(child) }
            _ = unsafe waitpid(-1, &status, 0)
        }
    }

    private static func children() -> [Int32] {
        let own = ProcessIdentity.current
        return FileSystem.names(in: "/proc").compactMap { Int32($0) }.filter { parent(of: $0) == own }
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let bytes = try? FileSystem.contents(of: "/proc/\(process)/stat", limit: 4096) else { return nil }
        // The name in brackets may hold anything; the state and the parent's number follow it.
        guard let bracket = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: bytes[(bracket + 1)...], as: UTF8.self).bytes.words
        return fields.count > 1 ? Int32(fields[1].text) : nil
    }
}

private func systemKill(_ process: Int32) -> Int32 { kill(process, SIGKILL) }

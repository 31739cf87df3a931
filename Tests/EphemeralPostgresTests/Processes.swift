import CSennit
import PostgresClient
import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Processes that somebody else has started.
enum Processes {
    /// Waits for a process to end; false if it has not after ten seconds.
    static func waitForEnd(_ pid: Int32) -> Bool {
        var descriptor: Int32 = -1
        guard unsafe sennit_pidfd_open(pid, &descriptor) == 0 else { return true }
        let handle = FileDescriptor(adopting: descriptor)
        let ready = try? EventPoll.wait(
            for: .readable, on: handle.rawValue, timeoutNanoseconds: 10_000_000_000)
        return ready?.contains(.readable) == true
    }

    static func exists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }
}

/// Files as a test looks at them.
enum Files {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw SystemError(code: errno, operation: "open of \(path)") }
        defer { unsafe fclose(file) }
        unsafe fputs(text, file)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw SystemError(code: errno, operation: "open of \(path)") }
        defer { unsafe fclose(file) }
        _ = unsafe fwrite(bytes, 1, bytes.count, file)
    }

    static func read(_ path: String) throws -> String {
        guard let file = unsafe fopen(path, "r") else { throw SystemError(code: errno, operation: "open of \(path)") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe fread(&block, 1, block.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
    }

    static func makeDirectory(_ path: String) throws {
        if unsafe mkdir(path, 0o755) != 0 { throw SystemError(code: errno, operation: "mkdir of \(path)") }
    }

    static func changeMode(_ path: String, _ mode: mode_t) throws {
        if unsafe chmod(path, mode) != 0 { throw SystemError(code: errno, operation: "chmod of \(path)") }
    }

    static func overwrite(_ path: String, at offset: Int, with text: String) throws {
        guard let file = unsafe fopen(path, "r+") else { throw SystemError(code: errno, operation: "open of \(path)") }
        defer { unsafe fclose(file) }
        unsafe fseek(file, offset, SEEK_SET)
        unsafe fputs(text, file)
    }

    static func cut(_ path: String, at count: Int) throws {
        if unsafe truncate(path, count) != 0 { throw SystemError(code: errno, operation: "truncate of \(path)") }
    }

    /// An empty directory for one test.
    static func makeDirectory() throws -> String {
        var template = Array("/tmp/sennit-test-XXXXXX".utf8CString)
        guard let path = unsafe mkdtemp(&template) else { throw SystemError(code: errno, operation: "mkdtemp") }
        return unsafe String(cString: path)
    }

    static func remove(_ path: String) {
        for name in names(in: path) where unsafe unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }
}

/// Takes a connection to another thread, which is then the only one to use it.
final class Box: @unchecked Sendable {
    let value: PostgresConnection
    init(_ value: PostgresConnection) { self.value = value }
}

import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Holds tasks, in whichever process, until the test lets them go.
///
/// A named pipe: whoever passes reads one byte and blocks until there is one.
final class TaskGate: Sendable {
    let directory: ScratchDirectory
    private let descriptor: Int32

    var path: String { directory.path + "/gate" }

    init() throws {
        directory = try ScratchDirectory()
        let path = directory.path + "/gate"
        guard unsafe mkfifo(path, 0o600) == 0 else { throw TestFailure("mkfifo: \(errno)") }
        descriptor = openFile(path, O_RDWR)
        guard descriptor >= 0 else { throw TestFailure("open: \(errno)") }
    }

    deinit {
        // Whoever still waits must not wait for ever.
        open()
        close(descriptor)
    }

    /// Lets so many tasks through.
    func open(for count: Int = 512) {
        let bytes = [UInt8](repeating: 1, count: count)
        _ = unsafe write(descriptor, bytes, count)
    }

    /// Waits at the gate of this path; blocks the thread.
    static func pass(_ path: String) {
        let descriptor = openFile(path, O_RDONLY)
        guard descriptor >= 0 else { return }
        var byte: UInt8 = 0
        while unsafe read(descriptor, &byte, 1) < 0, errno == EINTR {}
        close(descriptor)
    }
}

/// A directory that goes with its owner, for marks that processes leave for the test.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/sennit-behaviour-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["gate", "marks"] { unsafe unlink(path + "/" + name) }
        unsafe rmdir(path)
    }

    var marksPath: String { path + "/marks" }

    /// The lines that have been left so far.
    var marks: [String] {
        guard let contents = try? ProcFile.contents(of: marksPath) else { return [] }
        return contents.split(separator: "\n").map(String.init)
    }

    /// Leaves a line in the file of this path; lines of several processes never mix.
    static func mark(_ line: String, in path: String) {
        let descriptor = openFile(path, O_WRONLY | O_APPEND | O_CREAT)
        guard descriptor >= 0 else { return }
        let bytes = Array((line + "\n").utf8)
        _ = unsafe write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}

private func openFile(_ path: String, _ flags: Int32) -> Int32 { unsafe open(path, flags | O_CLOEXEC, 0o600) }

/// A test's surroundings are not what it needs.
struct TestFailure: Error {
    let text: String
    init(_ text: String) { self.text = text }
}

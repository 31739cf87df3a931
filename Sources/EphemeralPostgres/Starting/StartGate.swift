import Sennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: paths are C strings for the length of a call.
/// Has a server wait, with its program loaded, until its files are there.
///
/// In place of `postgresql.conf`, the first file that a server reads, lies a link to a named pipe. Nothing comes out of
/// it before the gate opens, and then its end: the server has read an empty file. It reads its configuration once
/// more before it does anything, and finds the file that has taken the link's place meanwhile. If this process dies,
/// the gate opens by itself.
final class StartGate: Sendable {
    private let path: String
    /// Both ends of the pipe in one, so that neither this process nor the server waits for the other to open it.
    private let pipe: Mutex<FileDescriptor?>

    /// Makes the data directory, with nothing in it but the gate.
    init(_ directory: ServerDirectory, _ account: ProcessAccount?) throws(SystemError) {
        path = "\(directory.path)/gate"
        try FileSystem.makeDirectory(directory.dataPath, mode: 0o700)
        if unsafe mkfifo(path, 0o600) != 0 { throw SystemError(code: errno, operation: "mkfifo of \(path)") }
        if let account {
            try FileSystem.changeOwner(directory.dataPath, to: account)
            try FileSystem.changeOwner(path, to: account)
        }
        let link = "\(directory.dataPath)/\(Template.configurationName)"
        if unsafe symlink("../gate", link) != 0 { throw SystemError(code: errno, operation: "symlink of \(link)") }
        pipe = Mutex(try FileSystem.open(path, O_RDWR | O_NONBLOCK))
    }

    /// Lets the server go on; a second time, nothing happens.
    func open() {
        let wasClosed = pipe.withLock { pipe in
            guard let pipe = pipe.take() else { return false }
            _ = consume pipe
            return true
        }
        if wasClosed { nudge() }
    }

    /// Lets a server go on that has found the gate closed and came to open it only when it was open: without anybody
    /// at the other end it would wait.
    func nudge() { _ = try? FileSystem.open(path, O_WRONLY | O_NONBLOCK) }

    /// Removes what is left of it.
    deinit { FileSystem.removeFile(path) }
}

import ByteText
import Sennit

/// A directory for a step that runs alone, which goes when the value does.
///
/// A process that is killed leaves its directory; the next one finds that nobody holds its lock, and removes it.
struct StepAlonePlace: ~Copyable {
    let directory: String
    private let lock: FileLock

    private static let prefix = "sennit-step-"
    private static let lockSuffix = ".lock"

    /// Makes a directory in the one for temporary files, and removes those that were left.
    init() throws(SystemError) {
        let parent = FileSystem.temporaryDirectory
        Self.sweep(parent)
        while true {
            let path = "\(parent)/\(Self.prefix)\(String(UInt32.random(in: 0 ... .max), radix: 36))"
            guard let lock = try FileLock(path + Self.lockSuffix) else { continue }
            try FileSystem.makeDirectory(path)
            self.lock = lock
            directory = path
            return
        }
    }

    deinit { try? FileSystem.remove(directory) }

    private static func sweep(_ parent: String) {
        for name in (try? FileSystem.names(in: parent)) ?? [] where name.bytes.hasStart(prefix.bytes) {
            guard let work = name.bytes.withoutEnd(lockSuffix.bytes), let lock = try? FileLock("\(parent)/\(name)")
            else {
                continue
            }
            try? FileSystem.remove("\(parent)/\(work)")
            _ = consume lock
        }
    }
}

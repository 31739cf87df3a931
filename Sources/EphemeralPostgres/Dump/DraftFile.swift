import ByteText
import Sennit

/// A file that is written beside its place and moved there when it is whole.
final class DraftFile {
    private let path: String
    private let draft: String
    /// Held while the draft is written: one that nobody holds was left by a process that was killed.
    private let lock: FileLock
    private var isPublished = false

    private static let ending = ".draft"

    init(_ path: String) throws {
        self.path = path
        Self.removeLeft(path)
        // One of its own for each dump, be it by the same process to the same place.
        draft = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36))\(Self.ending)"
        do {
            guard let lock = try FileLock.acquire(draft) else {
                throw EphemeralPostgresError(.dumpFailed, "\(draft) is in use")
            }
            self.lock = lock
            try FileSystem.changeMode(draft, 0o644)
        } catch let error as SystemError {
            throw EphemeralPostgresError(.dumpFailed, "\(path) cannot be written: \(error)")
        }
    }

    /// Removes the drafts of the same file that nobody writes any more.
    private static func removeLeft(_ path: String) {
        let (folder, name) = PathText.split(path)
        for left in FileSystem.names(in: folder).map(\.bytes)
        where left.hasStart("\(name).".bytes) && left.hasEnd(ending.bytes) {
            let draft = path.bytes.holds("/") ? "\(folder)/\(left)" : left.string
            if let lock = try? FileLock.acquire(draft) { lock.remove() }
        }
    }

    deinit { if !isPublished { FileSystem.removeFile(draft) } }

    func write(_ bytes: RawSpan) throws {
        do {
            try FileSystem.write(bytes, to: lock.descriptor, draft)
        } catch {
            throw EphemeralPostgresError(.dumpFailed, "\(error)")
        }
    }

    /// Puts the file in its place, when it is on the disk.
    func publish() throws {
        do {
            try FileSystem.synchronize(lock.descriptor, draft)
            try FileSystem.move(draft, to: path)
            isPublished = true
        } catch {
            throw EphemeralPostgresError(.dumpFailed, "\(error)")
        }
    }
}

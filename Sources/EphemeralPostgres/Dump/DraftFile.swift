import Sennit

/// A file that is written beside its place and moved there when it is whole.
final class DraftFile {
    private let path: String
    private let draft: String
    private let file: FileDescriptor
    private var isPublished = false

    init(_ path: String) throws {
        self.path = path
        // One of its own for each dump, be it by the same process to the same place.
        draft = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).draft"
        do {
            file = try FileSystem.openNew(draft)
        } catch {
            throw EphemeralPostgresError(.dumpFailed, "\(error)")
        }
    }

    deinit { if !isPublished { FileSystem.removeFile(draft) } }

    func write(_ bytes: RawSpan) throws {
        do {
            try FileSystem.write(bytes, to: file.rawValue, draft)
        } catch {
            throw EphemeralPostgresError(.dumpFailed, "\(error)")
        }
    }

    /// Puts the file in its place, when it is on the disk.
    func publish() throws {
        do {
            try FileSystem.synchronize(file.rawValue, draft)
            try FileSystem.move(draft, to: path)
            isPublished = true
        } catch {
            throw EphemeralPostgresError(.dumpFailed, "\(error)")
        }
    }
}

import Sennit

/// A file that is written beside its place and moved there when it is whole.
final class DraftFile {
    private let path: String
    private let draft: String
    private let file: FileDescriptor
    private var isPublished = false

    init(_ path: String) throws {
        self.path = path
        draft = "\(path).\(ProcessIdentity.current).draft"
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

    /// Puts the file in its place.
    func publish() throws {
        do {
            try FileSystem.move(draft, to: path)
            isPublished = true
        } catch {
            throw EphemeralPostgresError(.dumpFailed, "\(error)")
        }
    }
}

import Sennit

/// A prepared data directory that can be laid out any number of times.
final class Template: Sendable {
    private let file: MappedFile
    private let entries: [TemplateEntry]

    /// Opens an archive; nil if there is none, or if it is damaged.
    init?(_ path: String) {
        guard let file = try? MappedFile(path) else { return nil }
        let entries = file.withBytes { TemplateArchive.entries(of: $0) }
        guard let entries else { return nil }
        self.file = file
        self.entries = entries
    }

    /// Makes a data directory.
    func layOut(at path: String, account: ProcessAccount?) throws(SystemError) {
        let writer = try TreeWriter(path, account: account)
        try file.withBytes { (bytes) throws(SystemError) in
            for entry in entries { try writer.write(entry, bytes) }
        }
    }
}

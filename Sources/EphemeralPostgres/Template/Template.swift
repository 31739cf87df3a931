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

    /// The file that a server reads first.
    static let configurationName = "postgresql.conf"

    /// Fills a data directory, which belongs to the account, or to this process's user.
    ///
    /// The configuration appears last, as a whole, in the place of what may be there under its name.
    func layOut(in path: String, account: ProcessAccount?) throws(SystemError) {
        let writer = try TreeWriter(path)
        try FileSystem.acting(as: account) { () throws(SystemError) in
            try file.withBytes { (bytes) throws(SystemError) in
                for var entry in entries {
                    if entry.path == Self.configurationName { entry.path = Self.draftName }
                    try writer.write(entry, bytes)
                }
            }
            try FileSystem.move("\(path)/\(Self.draftName)", to: "\(path)/\(Self.configurationName)")
        }
    }

    private static let draftName = "\(configurationName).draft"
}

import ByteText
package import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A directory of files that are named after the hash of their content.
///
/// A file appears in it whole or not at all: it is written under another name, brought to the disk, and then renamed.
/// Nobody changes a file in it; one whose bytes no longer fit its name is damaged, and is taken out when it is found.
package struct ArtefactStore: Sendable, Hashable, Codable {
    /// The store's directory.
    package let directory: String

    package init(directory: String) { self.directory = directory }

    /// Where the file of a hash lies, or would lie.
    package func path(of hash: ContentHash) -> String {
        "\(directory)/\(hash.hexadecimal.prefix(2))/\(hash.hexadecimal.dropFirst(2))"
    }

    /// Whether the store has a file of that hash and size; its bytes are not looked at.
    package func holds(_ artefact: ArtefactReference) -> Bool {
        // A link would lead to bytes that are not the store's.
        guard let status = FileSystem.statusOfLink(path(of: artefact.hash)) else { return false }
        return status.isRegular && status.bytes == artefact.bytes
    }

    /// Whether the store has the very bytes that were published.
    ///
    /// Reads all of them.
    package func isIntact(_ artefact: ArtefactReference) -> Bool {
        guard holds(artefact), let found = try? ContentHasher.hash(file: path(of: artefact.hash)) else { return false }
        return found.hash == artefact.hash && found.bytes == artefact.bytes
    }

    /// Takes a damaged file out, so that nobody else trusts it.
    package func discard(_ artefact: ArtefactReference) { try? FileSystem.remove(path(of: artefact.hash)) }

    /// Moves a finished file into the store.
    ///
    /// What is stored is bytes that nobody else has: a file with another name as well, a link, and a file that somebody
    /// still has open to write to are copied.
    ///
    /// - Parameters:
    ///   - file: The file; it is gone afterwards.
    ///   - name: Its name in the pipeline.
    /// - Returns: Its reference, once its bytes and its name are on the disk.
    /// - Throws: `SystemError`, as on a full disk, for what is no plain file, and with `EBUSY` for a file that changes
    ///   while it is read; the store is as it was.
    package func publish(_ file: String, as name: String) throws(SystemError) -> ArtefactReference {
        if let found = try settle(file, isOwn: false) { return try keep(file, found, as: name) }
        let copy = "\(file).\(ProcessIdentity.current).copy"
        do throws(SystemError) {
            try FileSystem.copy(file, to: copy)
            guard let found = try settle(copy, isOwn: true) else {
                throw SystemError(code: EBUSY, operation: "store \(file), whose copy somebody has taken")
            }
            let artefact = try keep(copy, found, as: name)
            try FileSystem.remove(file)
            return artefact
        } catch {
            try? FileSystem.remove(copy)
            throw error
        }
    }

    /// Gives a file that is nobody else's its place.
    private func keep(
        _ file: String, _ found: (hash: ContentHash, bytes: Int64), as name: String
    ) throws(SystemError) -> ArtefactReference {
        let (hash, bytes) = found
        let destination = path(of: hash)
        let folder = PathText.split(destination).folder
        try FileSystem.makeDirectory(folder)
        // In place of what may be there: it has the same bytes, unless it has been damaged.
        do {
            try FileSystem.rename(file, to: destination)
        } catch  where error.code == EXDEV {
            try copy(file, to: destination)
        }
        try FileSystem.synchronizeDirectory(folder)
        return ArtefactReference(name: name, hash: hash, bytes: bytes)
    }

    /// Hashes a file and waits until its bytes are on the disk.
    ///
    /// - Returns: nil if others can still change the file.
    private func settle(_ file: String, isOwn: Bool) throws(SystemError) -> (hash: ContentHash, bytes: Int64)? {
        if FileSystem.statusOfLink(file)?.isLink == true { return nil }
        let descriptor = try FileSystem.openToRead(file)
        let before = try FileSystem.status(descriptor, path: file)
        guard before.isRegular else {
            throw SystemError(code: EINVAL, operation: "store \(file), which is no plain file")
        }
        guard before.links == 1 else { return nil }
        // A copy of our own is nobody else's, also where the system cannot tell.
        guard isOwn || !FileSystem.mayBeWritten(descriptor) else { return nil }
        try FileSystem.makeReadOnly(descriptor, before, path: file)
        let found = try ContentHasher.hash(descriptor, path: file)
        try FileSystem.checkUnchanged(descriptor, since: before, path: file)
        try FileSystem.synchronize(descriptor, path: file)
        return found
    }

    /// Copies a file from another file system under a temporary name, and renames it.
    private func copy(_ file: String, to destination: String) throws(SystemError) {
        let temporary = "\(destination).\(ProcessIdentity.current).tmp"
        do {
            try FileSystem.copy(file, to: temporary, isReadOnly: true)
            try FileSystem.rename(temporary, to: destination)
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
        try FileSystem.remove(file)
    }

    /// Copies an artefact to a place outside, where it appears whole or not at all.
    package func export(_ artefact: ArtefactReference, to path: String) throws(SystemError) {
        let temporary = "\(path).\(ProcessIdentity.current).tmp"
        do {
            try FileSystem.copy(self.path(of: artefact.hash), to: temporary)
            try FileSystem.rename(temporary, to: path)
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
    }

    /// All files in the store by hash, with their sizes.
    package func contents() -> [(hash: ContentHash, bytes: Int64)] {
        let folders = (try? FileSystem.names(in: directory)) ?? []
        return folders.flatMap { folder in
            ((try? FileSystem.names(in: "\(directory)/\(folder)")) ?? []).compactMap { name in
                guard let hash = ContentHash(hexadecimal: folder + name) else { return nil }
                return (hash, FileSystem.status(path(of: hash))?.bytes ?? 0)
            }
        }
    }
}

import ByteText

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: paths are passed to system calls for the length of the call.
/// Files that appear whole or not at all.
package enum WholeFile {
    /// The start of the name of a file that is being written; listings leave it out.
    package static let partialPrefix = ".partial-"

    /// Writes a file under a temporary name beside its place, then puts it there.
    ///
    /// Whatever `fill` throws, the temporary file is removed and what was there stays.
    package static func replace(
        _ path: String, fill: (FileBytes) async throws -> Void
    ) async throws {
        let (folder, name) = PathText.split(path)
        let unique = String(UInt64.random(in: .min ... .max), radix: 36)
        let partial = "\(folder)/\(partialPrefix)\(getpid())-\(unique)-\(name.unicodeScalars.prefix(50))"
        do {
            let file = try FileBytes.creating(partial)
            try await fill(file)
            try file.synchronise()
            guard unsafe rename(partial, path) == 0 else { throw FileBytes.failure("cannot replace", path) }
        } catch {
            unsafe unlink(partial)
            throw error
        }
        synchroniseFolder(folder)
    }

    /// Puts a file that is whole in the place of another, which it replaces; both are in one folder.
    package static func move(_ file: String, to path: String) throws(StorageError) {
        guard unsafe rename(file, path) == 0 else { throw FileBytes.failure("cannot replace", path) }
        synchroniseFolder(PathText.split(path).folder)
    }

    /// Makes a folder and those above it.
    package static func makeFolder(_ path: String) throws(StorageError) {
        var made = PathText.isAbsolute(path) ? "/" : ""
        for part in path.bytes.parts(at: "/") where !part.isEmpty {
            made += made.isEmpty || made.utf8.elementsEqual("/".utf8) ? part.string : "/\(part)"
            guard unsafe mkdir(made, 0o755) != 0, errno != EEXIST else { continue }
            throw FileBytes.failure("cannot make the folder", made)
        }
    }

    /// Removes a file; one that is not there is no error.
    package static func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) != 0, errno != ENOENT else { return }
        throw FileBytes.failure("cannot remove", path)
    }

    /// The rename itself survives a power loss only with its folder; where that cannot be had, nothing is lost now.
    private static func synchroniseFolder(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

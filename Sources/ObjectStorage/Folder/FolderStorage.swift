import ByteText

/// A storage that is a folder.
///
/// An object is a file at its key below the folder, readable by any other program.
public struct FolderStorage: ObjectStorage {
    /// The folder's path.
    public let path: String

    /// The folder's path.
    public var place: String { path }

    /// Uses a folder, which is made when the first object is put.
    public init(_ path: String) {
        self.path = PathText.withoutEndingSlashes(path)
    }

    /// Copies a file into the folder; it is on the disk when this returns.
    public func put(_ file: String, as key: ObjectKey) async throws {
        let source = try FileBytes.reading(file)
        _ = try source.byteCount()
        let target = filePath(of: key)
        try WholeFile.makeFolder(PathText.split(target).folder)
        try await copy(source, to: target)
    }

    /// Lists the files below the folder, but none that is still being written.
    public func list(prefix: String) async throws -> [StoredObject] {
        var found: [StoredObject] = []
        for entry in try FolderWalk.files(below: path) where entry.path.bytes.hasStart(prefix.bytes) {
            guard let key = try? ObjectKey(entry.path) else { continue }
            guard found.count < StorageLimits.listedObjects else {
                throw StorageError(.tooLarge, "\(path) holds more than \(StorageLimits.listedObjects) objects")
            }
            found.append(StoredObject(key: key, byteCount: entry.byteCount, modified: entry.modified))
        }
        return found.sorted { $0.key < $1.key }
    }

    /// Copies a file out of the folder.
    public func get(_ key: ObjectKey, into file: String) async throws {
        let source = try FileBytes.reading(filePath(of: key))
        _ = try source.byteCount()
        try await copy(source, to: file)
    }

    /// Removes a file from the folder; empty folders stay.
    public func delete(_ key: ObjectKey) async throws { try WholeFile.remove(filePath(of: key)) }

    private func filePath(of key: ObjectKey) -> String { "\(path)/\(key.text)" }

    private func copy(_ source: FileBytes, to target: String) async throws {
        try await WholeFile.replace(target) { file in
            while true {
                try Task.checkCancellation()
                let bytes = try source.read()
                if bytes.isEmpty { return }
                try file.write(bytes)
            }
        }
    }
}

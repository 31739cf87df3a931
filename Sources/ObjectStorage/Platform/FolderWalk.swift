import ByteText
import Foundation

/// The plain files below a folder.
enum FolderWalk {
    struct Entry {
        /// From the folder, with `/` between the parts.
        var path: String
        var byteCount: Int64
        var modified: Int64
    }

    /// Every plain file, however deep, but none that is still being written.
    ///
    /// A folder that is not there has none.
    static func files(below folder: String) throws(StorageError) -> [Entry] {
        let manager = FileManager.default
        guard manager.fileExists(atPath: folder) else { return [] }
        guard let walker = manager.enumerator(atPath: folder) else {
            throw StorageError(.fileSystem, "cannot list \(folder)")
        }
        var entries: [Entry] = []
        while let path = walker.nextObject() as? String {
            guard let facts = walker.fileAttributes else { continue }
            guard facts[.type] as? FileAttributeType == .typeRegular else { continue }
            guard !PathText.split(path).name.bytes.hasStart(WholeFile.partialPrefix.bytes) else { continue }
            let modified = (facts[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            let byteCount = (facts[.size] as? NSNumber)?.int64Value ?? 0
            entries.append(Entry(path: path, byteCount: byteCount, modified: Int64(modified)))
        }
        return entries
    }
}

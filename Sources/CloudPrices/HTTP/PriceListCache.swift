import ByteText
import Foundation

/// A folder with copies of lists, so that a list that has not changed does not cross the network again.
///
/// A copy is kept of every list that was read to its end and whose server gave an entity tag or the time of its last
/// change. The next fetch asks with these; where the server answers that nothing has changed, the copy is handed on. A
/// copy appears whole or not at all, is as compressed as it came, and is no more than a spared download: one that
/// cannot be kept, or has another length than it had, costs only that. Several processes may share a folder.
///
/// A copy whose bytes another program has changed without changing their number is noticed only where gzip's checksum
/// tells. That fetch fails; the next one downloads.
public struct PriceListCache: Sendable {
    private let folder: URL

    /// The most bytes that all copies may have; beyond it the oldest ones go, and a larger list is not kept.
    public var maximumBytes: Int64 = 8 << 30

    /// Uses a folder, which is made when the first copy is.
    public init(path: String) { folder = URL(fileURLWithPath: path, isDirectory: true) }

    /// What is known of a copy: one small file for each address, which names the file of the bytes.
    struct Entry: Codable {
        var url: String
        var validators: Validators
        var isGzip: Bool
        var byteCount: Int64
        var body: String
    }

    /// A copy that is open: it stays readable whatever becomes of its file.
    struct Copy {
        var validators: Validators
        var isGzip: Bool
        private let file: FileHandle

        fileprivate init(_ entry: Entry, _ file: FileHandle) {
            validators = entry.validators
            isGzip = entry.isGzip
            self.file = file
        }

        /// The next bytes; `nil` at the end.
        func next() throws -> [UInt8]? {
            guard let piece = try file.read(upToCount: 256 * 1024), !piece.isEmpty else { return nil }
            return Array(piece)
        }
    }

    /// The copy of a list; `nil` if there is none, or none that can be used.
    func copy(of url: String) -> Copy? {
        guard let entry = entry(for: url), !entry.validators.isEmpty,
            let file = try? FileHandle(forReadingFrom: bodyFile(entry)),
            let end = try? file.seekToEnd(), Int64(end) == entry.byteCount, (try? file.seek(toOffset: 0)) != nil
        else { return nil }
        return Copy(entry, file)
    }

    /// Begins a copy of what is being fetched; `nil` where none can be written.
    func draft(of url: String) -> Draft? { try? Draft(self, url, in: folder) }

    /// Removes what is known of a copy, so that the list is fetched anew.
    func forget(_ url: String) { try? FileManager.default.removeItem(at: entryFile(url)) }

    private func entry(for url: String) -> Entry? {
        guard let data = try? Data(contentsOf: entryFile(url)),
            let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.url.bytes == url.bytes,
            !entry.body.bytes.holds("/")
        else { return nil }
        return entry
    }

    private func bodyFile(_ entry: Entry) -> URL { folder.appendingPathComponent(entry.body) }

    private func entryFile(_ url: String) -> URL { folder.appendingPathComponent(name(of: url) + ".json") }

    private func name(of url: String) -> String { FowlerNollVo.hash(Array(url.utf8)).hexadecimal }
}

extension PriceListCache {
    /// A copy under way; its file goes with it unless it is kept.
    final class Draft {
        private let cache: PriceListCache
        private let url: String
        private let path: URL
        private let file: FileHandle
        private var byteCount: Int64 = 0
        private var hasFailed = false
        private var isKept = false

        fileprivate init(_ cache: PriceListCache, _ url: String, in folder: URL) throws {
            (self.cache, self.url) = (cache, url)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            path = folder.appendingPathComponent(cache.name(of: url) + "-\(UUID()).body")
            guard FileManager.default.createFile(atPath: path.path, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            file = try FileHandle(forWritingTo: path)
        }

        deinit {
            try? file.close()
            if !isKept { try? FileManager.default.removeItem(at: path) }
        }

        /// Adds bytes as they crossed the wire; a full disk ends the copy and nothing else.
        func write(_ bytes: [UInt8]) {
            byteCount += Int64(bytes.count)
            hasFailed = hasFailed || byteCount > cache.maximumBytes
            guard !hasFailed else { return }
            do { try file.write(contentsOf: bytes) } catch { hasFailed = true }
        }

        /// Puts the copy in the place of the one before, if it can tell versions apart.
        func keep(_ validators: Validators, isGzip: Bool) {
            guard !hasFailed, !validators.isEmpty else { return }
            let before = cache.entry(for: url)
            let entry = Entry(
                url: url, validators: validators, isGzip: isGzip, byteCount: byteCount, body: path.lastPathComponent)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let text = try? encoder.encode(entry),
                (try? text.write(to: cache.entryFile(url), options: .atomic)) != nil
            else { return }
            isKept = true
            if let before { try? FileManager.default.removeItem(at: cache.bodyFile(before)) }
            cache.prune()
        }
    }

    /// Removes the oldest files of bytes until all of them are within bounds; a killed program's are among them.
    private func prune() {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys))
        let bodies = (files ?? []).filter { $0.pathExtension == "body" }.compactMap { file in
            let values = try? file.resourceValues(forKeys: keys)
            return values.map { (file, Int64($0.fileSize ?? 0), $0.contentModificationDate ?? .distantPast) }
        }
        var total = bodies.reduce(0) { $0 + $1.1 }
        for (file, size, _) in bodies.sorted(by: { $0.2 < $1.2 }) where total > maximumBytes {
            try? FileManager.default.removeItem(at: file)
            total -= size
        }
    }
}

import Foundation

/// A folder that remembers which version of each list was last read to its end.
///
/// One small file per address. A validator is to be kept only when everything that was made of the list is safe: kept
/// earlier, a failed run would make the next one believe that there is nothing to do.
public struct ValidatorFolder: Sendable {
    private let folder: URL

    /// Uses a folder, which is made when the first validator is kept.
    public init(path: String) { folder = URL(fileURLWithPath: path, isDirectory: true) }

    private struct Entry: Codable {
        var url: String
        var validators: Validators
    }

    /// What was kept for an address; `nil` if nothing was, or if the file cannot be read.
    public func validators(for url: String) -> Validators? {
        guard let data = try? Data(contentsOf: file(for: url)),
            let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.url == url
        else { return nil }
        return entry.validators.isEmpty ? nil : entry.validators
    }

    /// Keeps validators for an address; the file appears whole or not at all.
    public func keep(_ validators: Validators, for url: String) throws {
        guard !validators.isEmpty else { return forget(url) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(Entry(url: url, validators: validators)).write(to: file(for: url), options: .atomic)
    }

    /// Forgets an address, so that its list is read again.
    public func forget(_ url: String) {
        try? FileManager.default.removeItem(at: file(for: url))
    }

    private func file(for url: String) -> URL {
        folder.appendingPathComponent(FowlerNollVo.hash(url.utf8).hexadecimal + ".json")
    }
}

/// The hash FNV-1a: names files; not for secrets.
package enum FowlerNollVo {
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension UInt64 {
    /// Sixteen digits.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

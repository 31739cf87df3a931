import CloudPrices
import Foundation

/// The sample lists of a folder: `aws` as AWS's own tree, `azure` with lists of items, `gcp` with lists of SKUs.
///
/// Files may be compressed with gzip, and are then named `.gz`. What is missing is served as an empty list.
package struct SampleLibrary: Sendable {
    /// What is wrong with the folder.
    package struct Fault: Error, CustomStringConvertible {
        package var description: String
    }

    let folder: URL
    let azureItems: [AzureItem]
    let googleServices: [GoogleService]

    /// Reads Azure's and Google's lists; AWS's files are read when they are asked for.
    package init(folder path: String, snapshot: String? = nil) throws {
        folder = URL(fileURLWithPath: path, isDirectory: true).resolvingSymlinksInPath()
        guard (try? folder.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true else {
            throw Fault(description: "there is no folder \(path)")
        }
        let lists = Self.lists(in: folder.appendingPathComponent("azure/retail-prices"))
        let chosen = snapshot.map { name in lists.filter { $0.lastPathComponent.hasPrefix(name) } } ?? lists
        guard snapshot == nil || !chosen.isEmpty else {
            throw Fault(description: "no Azure list of \(path) is named \(snapshot ?? "")")
        }
        azureItems = try chosen.last.map { try AzureItem.read(Self.bytes(of: $0), name: $0.lastPathComponent) } ?? []
        let google = Self.lists(in: folder.appendingPathComponent("gcp/skus"))
        googleServices = try GoogleService.read(google.map { (try Self.bytes(of: $0), $0.lastPathComponent) })
    }

    /// One file of AWS's tree; `nil` if there is none, or if the path leads out of it.
    func awsFile(_ path: String) -> Content? {
        guard path.hasPrefix("/"), !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else {
            return nil
        }
        let file = folder.appendingPathComponent("aws" + path)
        let candidates = [file, file.appendingPathExtension("gz")]
        guard let bytes = candidates.lazy.compactMap({ try? Self.bytes(of: $0) }).first else { return nil }
        return Content(bytes, path.hasSuffix(".csv") ? "text/csv" : "application/json")
    }

    /// Lists in the order of their names.
    private static func lists(in folder: URL) -> [URL] {
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.path.hasSuffix(".json") || $0.path.hasSuffix(".json.gz") }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    private static func bytes(of file: URL) throws -> [UInt8] {
        let bytes = Array(try Data(contentsOf: file))
        return file.pathExtension == "gz" ? try GzipInflater.expand(bytes) : bytes
    }
}

/// Cuts a JSON array into its elements without reading them, so that every digit is served as it stands.
package enum JSONSlices {
    /// The bytes of each element of the outermost array, or of the array under a name of the outermost object.
    package static func elements(of bytes: [UInt8], under name: String? = nil) -> [ArraySlice<UInt8>]? {
        guard let start = name.map({ self.start(of: $0, in: bytes) }) ?? bytes.firstIndex(of: UInt8(ascii: "["))
        else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        var (depth, isInText, isEscaped) = (0, false, false)
        var begin = start + 1
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if byte != UInt8(ascii: ",") { depth -= 1 }
                guard depth == (byte == UInt8(ascii: ",") ? 1 : 0) else { continue }
                let element = trimmed(bytes[begin..<index])
                if !element.isEmpty { elements.append(element) }
                begin = index + 1
                if depth == 0 { return elements }
            default: break
            }
        }
        return nil
    }

    private static func start(of name: String, in bytes: [UInt8]) -> Int? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let range = text.firstRange(of: "\"\(name)\"") else { return nil }
        let offset = text.utf8.distance(from: text.utf8.startIndex, to: range.upperBound)
        return bytes[offset...].firstIndex(of: UInt8(ascii: "["))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = bytes.drop { $0 <= 0x20 }
        let end = rest.lastIndex { $0 > 0x20 } ?? rest.startIndex - 1
        return rest.isEmpty ? rest : rest[rest.startIndex...end]
    }
}

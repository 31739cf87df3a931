import ByteText
package import CloudPrices
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
    let azure: AzureList
    let googleServices: [GoogleService]
    private let servesAWS: Bool

    /// Reads Azure's and Google's lists; AWS's files are read when they are asked for.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - snapshot: How the name of Azure's list begins; nil for the last one.
    ///   - providers: Whose lists are served; those of others count as missing.
    /// - Throws: ``Fault`` if the folder or a list in it is not as it must be; what reading a file throws.
    package init(
        folder path: String, snapshot: String? = nil, providers: Set<CloudProvider> = PriceListServer.providers
    ) throws {
        folder = URL(fileURLWithPath: path, isDirectory: true).resolvingSymlinksInPath()
        guard (try? folder.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true else {
            throw Fault(description: "there is no folder \(path)")
        }
        let lists = Self.lists(in: folder.appendingPathComponent("azure/retail-prices"))
        let chosen = snapshot.map { name in lists.filter { $0.lastPathComponent.bytes.hasStart(name.bytes) } } ?? lists
        guard snapshot == nil || !chosen.isEmpty else {
            throw Fault(description: "no Azure list of \(path) is named \(snapshot ?? "")")
        }
        let list = providers.contains(.azure) ? chosen.last : nil
        azure = try list.map { try AzureList(Self.bytes(of: $0), name: $0.lastPathComponent) } ?? AzureList()
        let google =
            providers.contains(.googleCloud) ? Self.lists(in: folder.appendingPathComponent("gcp/skus")) : []
        googleServices = try GoogleService.read(google.map { (try Self.bytes(of: $0), $0.lastPathComponent) })
        servesAWS = providers.contains(.aws)
    }

    /// One file of AWS's tree; `nil` if there is none, or if the path leads out of it.
    func awsFile(_ path: String) -> Content? {
        guard servesAWS, PathText.isAbsolute(path), !path.bytes.parts(at: "/").contains(where: { $0.hasStart(".") })
        else {
            return nil
        }
        let file = folder.appendingPathComponent("aws" + path)
        let candidates = [file, file.appendingPathExtension("gz")]
        guard let bytes = candidates.lazy.compactMap({ try? Self.bytes(of: $0) }).first else { return nil }
        return Content(bytes, path.bytes.hasEnd(".csv") ? "text/csv" : "application/json")
    }

    /// Says that there is no such file of AWS's, and what would bring it.
    func absence(ofAWSFile path: String) -> String {
        guard servesAWS else { return "no lists of AWS are served here" }
        let formats = [
            (".json", ".csv", "ask for CSV ('--csv', or 'csv: true')"),
            (".csv", ".json", "ask for JSON, without '--csv'"),
        ]
        for (wanted, other, way) in formats
        where path.utf8.suffix(wanted.utf8.count).elementsEqual(wanted.utf8) {
            let twin = String(path.dropLast(wanted.count)) + other
            if awsFile(twin) != nil { return "this list is here in the other format alone: \(way)" }
        }
        return "no such list: put it into the served folder as aws\(path), or with .gz behind it"
    }

    /// Lists in the order of their names.
    private static func lists(in folder: URL) -> [URL] {
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.path.bytes.hasEnd(".json") || $0.path.bytes.hasEnd(".json.gz") }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    private static func bytes(of file: URL) throws -> [UInt8] {
        let bytes = Array(try Data(contentsOf: file))
        return file.pathExtension == "gz" ? try GzipInflater.expand(bytes) : bytes
    }
}

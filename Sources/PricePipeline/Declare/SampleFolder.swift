import CloudPrices
import Foundation

/// The bundled samples: lists of the providers, a selection, checks and a bill.
public struct SampleFolder: Sendable, Hashable {
    /// Its path.
    public let path: String

    /// Finds the samples: the folder that is named, or `Samples` in the working directory or above the program.
    ///
    /// - Parameter named: A path; nil to look for them.
    /// - Returns: nil where there are none.
    public static func find(_ named: String? = nil) -> SampleFolder? {
        if let named { return hasLists(named) ? SampleFolder(path: named) : nil }
        var folders = [FileManager.default.currentDirectoryPath]
        if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            // .build/<platform>/release/sennit lies four folders below the package.
            var folder = program.deletingLastPathComponent()
            for _ in 0..<5 {
                folders.append(folder.path)
                folder = folder.deletingLastPathComponent()
            }
        }
        return folders.map { "\($0)/Samples" }.first(where: hasLists).map(SampleFolder.init)
    }

    /// The path of a file in it; nil if it is not there.
    func file(_ name: String) -> String? {
        let whole = "\(path)/\(name)"
        return FileManager.default.fileExists(atPath: whole) ? whole : nil
    }

    private static func hasLists(_ path: String) -> Bool {
        CloudProvider.known.allSatisfy { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }
}

extension PriceSettings {
    /// Takes from the samples what the configuration does not say.
    mutating func fill(from bundle: SampleFolder) {
        selection = selection ?? bundle.file("selection.yml")
        bill = bill ?? bundle.file("bill.yml")
        guard checks == nil else { return }
        checks = CloudProvider.known.reduce(into: [:]) { checks, provider in
            let names = ["checks/price_\(provider)_checks.yml", "checks/price_\(provider)_change_checks.yml"]
            checks[provider.rawValue] = names.compactMap { bundle.file($0) }
        }
    }
}

import CloudPrices
import Foundation

/// A folder that a scrape records into: all that it has read, or nothing.
enum RecordingFolder {
    /// Runs a body with a folder beside the one that is named, whose files move there when the body has ended well.
    ///
    /// - Parameters:
    ///   - path: The folder; nil records nothing.
    ///   - body: Records into the folder that it is given.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, after all that was recorded is gone; `PriceProblem` with code `outputFailed`.
    static func recording<Result>(
        to path: String?, _ body: (String?) async throws -> Result
    ) async throws -> Result {
        guard let path else { return try await body(nil) }
        let draft = "\(path).\(UUID()).part"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let result = try await body(draft)
        do {
            try publish(draft, as: path)
        } catch {
            throw PriceProblem(
                .outputFailed, "what was read cannot be recorded: \((error as NSError).localizedDescription)",
                source: path, advice: "Record into an empty folder that can be written.")
        }
        return result
    }

    private static func publish(_ draft: String, as path: String) throws {
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else { return try manager.moveItem(atPath: draft, toPath: path) }
        for name in try manager.contentsOfDirectory(atPath: draft) {
            let target = "\(path)/\(name)"
            if manager.fileExists(atPath: target) { try manager.removeItem(atPath: target) }
            try manager.moveItem(atPath: "\(draft)/\(name)", toPath: target)
        }
    }
}

import CloudPrices
import DataChecks
import Foundation
import SennitPipeline

/// What the good runs of one provider have measured, kept from run to run.
///
/// The sample lists are never compared with the provider's own.
struct Measurements {
    /// What earlier runs measured.
    private(set) var past: MetricsHistory
    /// The file; nil where nothing is kept: a step that runs alone leaves no trace.
    private let path: String?

    /// Reads what there is.
    ///
    /// - Parameters:
    ///   - provider: Whose prices are measured.
    ///   - origin: Where they are read from.
    ///   - folder: The folder that is configured; nil for the store's own.
    ///   - workspace: Knows the store.
    /// - Throws: `StepFailure` for a file that cannot be read.
    init(
        of provider: CloudProvider, from origin: PriceOrigin?, in folder: String?, _ workspace: StepWorkspace
    ) throws {
        guard workspace.fixture == nil, let origin,
            let folder = folder ?? workspace.stateDirectory.map({ "\($0)/prices" })
        else {
            (past, path) = (MetricsHistory(), nil)
            return
        }
        let file = "\(folder)/\(provider)-\(origin.kind).json"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            past = try MetricsHistory.load(file)
        } catch {
            throw StepFailure("What earlier runs measured cannot be read in '\(folder)': \(error)")
        }
        path = file
    }

    /// Keeps what a good run has measured, for the next one to be compared with.
    mutating func keep(_ report: DataChecks.CheckReport) throws {
        guard let path else { return }
        past.append(report)
        try past.save(path)
    }
}

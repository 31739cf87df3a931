#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The configuration of a step as text that is the same for the same values, and the secrets that it names.
package struct StepConfigurationText: Sendable {
    package let json: String
    package let secrets: [Secret]

    /// Encodes the work.
    ///
    /// - Throws: ``PipelineError`` with `encodingFailed`.
    init(of work: some StepWork) throws {
        let collector = SecretCollector()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let data = try SecretCollector.$current.withValue(collector) { try encoder.encode(work) }
            json = String(decoding: data, as: UTF8.self)
        } catch {
            throw PipelineError(
                .encodingFailed, "The configuration of \(type(of: work)) cannot be encoded.", cause: error)
        }
        secrets = collector.secrets
    }
}

import ArgumentParser
import SennitPipeline

/// Tags of runs.
enum TagOptions {
    /// The tags of `--tag name=value`.
    ///
    /// - Throws: `ValidationError` for what is not `name=value`, and for a name that is there twice.
    static func values(_ texts: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for text in texts {
            guard let (name, value) = RunValues.split(text) else {
                throw ValidationError("--tag is '\(text)'; write it like --tag team=data.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ValidationError("--tag gives '\(name)' twice.")
            }
        }
        return values
    }
}

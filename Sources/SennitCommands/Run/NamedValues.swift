import ArgumentParser
import SennitPipeline

/// The values of an option that is given as `name=value`, as often as there are names.
enum NamedValues {
    /// Reads the values.
    ///
    /// - Parameters:
    ///   - texts: What was given.
    ///   - option: The option, for errors.
    ///   - example: One that makes sense, for errors.
    /// - Returns: The values by name.
    /// - Throws: `ValidationError` for what is not `name=value`, and for a name that is there twice.
    static func values(_ texts: [String], of option: String, like example: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for text in texts {
            guard let (name, value) = RunValues.split(text) else {
                throw ValidationError("\(option) is '\(text)'; write it like \(option) \(example).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ValidationError("\(option) gives '\(name)' twice.")
            }
        }
        return values
    }
}

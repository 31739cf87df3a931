import ByteText
internal import Sennit

/// The place of something that must not be shown: an environment variable or a file.
///
/// Only the place is stored, encoded and hashed. The value is read where it is used, in the worker too, and never
/// travels; the engine takes it out of everything that it shows or records.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    package enum Place: Sendable, Hashable {
        case environment(String)
        case file(String)
    }

    package let place: Place

    /// The value of an environment variable.
    public static func environment(_ name: String) -> Secret { Secret(place: .environment(name)) }

    /// The content of a file, without the white space around it, as container platforms provide secrets.
    public static func file(_ path: String) -> Secret { Secret(place: .file(path)) }

    /// Reads the value.
    ///
    /// - Returns: The value; keep it no longer than needed and write it nowhere.
    /// - Throws: ``PipelineError`` with `missingSecret` that names the place.
    public func reveal() throws -> String {
        switch place {
        case .environment(let name):
            guard let value = ProcessEnvironment.value(of: name), !value.isEmpty else {
                throw PipelineError(
                    .missingSecret, "The secret in the environment variable '\(name)' is missing; set the variable.")
            }
            return value
        case .file(let path):
            do {
                let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
                let value = text.bytes.trimmed.string
                if !value.isEmpty { return value }
            } catch {
                throw PipelineError(.missingSecret, "The secret in the file '\(path)' cannot be read.", cause: error)
            }
            throw PipelineError(.missingSecret, "The secret in the file '\(path)' is empty.")
        }
    }

    /// The place, never the value.
    public var description: String {
        switch place {
        case .environment(let name): "secret in variable \(name)"
        case .file(let path): "secret in file \(path)"
        }
    }

    /// The place, never the value.
    public var debugDescription: String { description }
}

extension Secret: Codable {
    private enum Keys: String, CodingKey, CaseIterable { case environment, file }

    /// Reads the place: an object with either `environment` or `file`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if let name = try container.decodeIfPresent(String.self, forKey: .environment) {
            guard !container.contains(.file) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .file, in: container,
                    debugDescription: "a secret is in one place: 'environment' or 'file', not both")
            }
            self = .environment(name)
        } else {
            self = .file(try container.decode(String.self, forKey: .file))
        }
    }

    /// Writes the place.
    public func encode(to encoder: any Encoder) throws {
        SecretCollector.current?.note(self)
        var container = encoder.container(keyedBy: Keys.self)
        switch place {
        case .environment(let name): try container.encode(name, forKey: .environment)
        case .file(let path): try container.encode(path, forKey: .file)
        }
    }
}

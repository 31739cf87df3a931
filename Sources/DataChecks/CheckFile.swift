import Foundation

/// A file of checks in SodaCL, read and understood.
///
/// What is wrong with it is kept in ``problems``: the checks that are understood can be run all the same, and the run
/// ends as an error. Nothing that is not understood is passed over.
///
/// Every text in the file goes through variable expansion: `$NAME`, `${NAME}`, `${NAME?}`, `${NAME-default}`, and `$$`
/// for a dollar sign. A variable without a value and without a default is a problem. The section `variables` gives
/// values to names that the caller has not.
///
/// An option whose name ends in `sql_file` names a file of SQL, from the folder of the file of checks on; it is read
/// with that file, at most 4 MiB.
public struct CheckFile: Sendable {
    /// The file's name as it was given.
    public let name: String

    /// What is wrong with the file, in its order.
    public let problems: [CheckProblem]

    /// What is understood, but is hardly meant, or is passed over; it changes no outcome.
    public let warnings: [CheckProblem]

    /// How many checks are understood, those for each dataset counted once.
    public var count: Int { checks.count + templates.reduce(0) { $0 + $1.checks.count } }

    let checks: [CheckDefinition]
    let templates: [DatasetTemplate]
    let variables: [String: String]

    /// Reads the text of a file.
    ///
    /// - Parameters:
    ///   - text: YAML in UTF-8, at most 4 MiB.
    ///   - name: The file's name, for places.
    ///   - variables: Values by name.
    /// - Returns: The file, with what is wrong with it.
    public static func parse(_ text: String, name: String, variables: [String: String] = [:]) -> CheckFile {
        var parser = CheckFileParser(name: name, variables: variables)
        parser.parse(text)
        return parser.file
    }

    /// Reads a file.
    ///
    /// A file that cannot be read is a file with that problem.
    public static func load(_ path: String, variables: [String: String] = [:]) -> CheckFile {
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard let text = String(bytes: data, encoding: .utf8) else {
                return CheckFile(unreadable: path, "the file is not UTF-8")
            }
            return parse(text, name: path, variables: variables)
        } catch {
            return CheckFile(unreadable: path, "the file cannot be read: \(error.localizedDescription)")
        }
    }

    private init(unreadable path: String, _ message: String) {
        let location = CheckLocation(file: path, line: 1, column: 1)
        self.init(
            name: path, problems: [CheckProblem(location: location, message: message)], warnings: [], checks: [],
            templates: [], variables: [:])
    }

    init(
        name: String, problems: [CheckProblem], warnings: [CheckProblem], checks: [CheckDefinition],
        templates: [DatasetTemplate], variables: [String: String]
    ) {
        self.name = name
        self.problems = problems
        self.warnings = warnings
        self.checks = checks
        self.templates = templates
        self.variables = variables
    }
}

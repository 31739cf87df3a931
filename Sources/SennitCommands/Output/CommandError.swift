/// Why a command cannot be done as it was asked for, in words with the way out.
///
/// It is for arguments that make no sense, as the parser's `ValidationError`, when that is found out later: then it is
/// not followed by how the command is called.
package struct CommandError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

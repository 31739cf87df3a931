/// Paths, whose one mark is the byte `/`.
package enum PathText {
    /// Whether a path is absolute.
    package static func isAbsolute(_ path: String) -> Bool { path.bytes.hasStart("/") }

    /// The folder of a path, and the name in it; `.` is the folder of a name alone.
    package static func split(_ path: String) -> (folder: String, name: String) {
        guard let (folder, name) = path.bytes.cut(atLast: "/") else { return (".", path) }
        return (folder.isEmpty ? "/" : folder.string, name.string)
    }

    /// A path without the `/` at its end; `/` itself stays.
    package static func withoutEndingSlashes(_ path: String) -> String {
        var bytes = path.bytes
        while bytes.utf8.count > 1, let shorter = bytes.withoutEnd("/") { bytes = shorter }
        return bytes.string
    }

    /// Whether a relative path stays below the folder that it starts in, whatever stands there: no part is empty, `.`
    /// or `..`, and no byte is zero.
    package static func staysBelow(_ path: String) -> Bool {
        path.bytes.parts(at: "/").allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !path.utf8.contains(0)
    }
}

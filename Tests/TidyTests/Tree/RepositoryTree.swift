import Foundation

/// The files that are, or would be, committed.
struct RepositoryTree {
    /// Every path, files that are not text included.
    let paths: Set<String>
    /// Every folder that holds one of the paths, however deep.
    let folders: Set<String>
    let files: [RepositoryFile]

    init(files: [RepositoryFile], otherPaths: [String] = []) {
        self.files = files.sorted { $0.path < $1.path }
        paths = Set(files.map(\.path) + otherPaths)
        folders = paths.reduce(into: [""]) { folders, path in
            var parts = path.split(separator: "/").dropLast()
            while !parts.isEmpty, folders.insert(parts.joined(separator: "/")).inserted {
                parts = parts.dropLast()
            }
        }
    }

    /// Whether a path names a file or a folder.
    func contains(_ path: String) -> Bool { paths.contains(path) || folders.contains(path) }
}

// MARK: - Loading

extension RepositoryTree {
    /// The tree of the package that holds a source file.
    static func load(containing file: String = #filePath) throws -> RepositoryTree {
        var root = URL(filePath: file).deletingLastPathComponent()
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            root = root.deletingLastPathComponent()
        }
        return try load(root: root)
    }

    private static func load(root: URL) throws -> RepositoryTree {
        let manager = FileManager.default
        var files: [RepositoryFile] = []
        var others: [String] = []
        for path in try trackedPaths(root) ?? walkedPaths(root) {
            let url = root.appending(path: path)
            // A path may be in git's index and already deleted from the folder.
            guard (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { continue }
            guard let data = manager.contents(atPath: url.path), let text = String(data: data, encoding: .utf8) else {
                others.append(path)
                continue
            }
            let isExecutable = manager.isExecutableFile(atPath: url.path)
            files.append(RepositoryFile(path, text, isExecutable: isExecutable))
        }
        return RepositoryTree(files: files, otherPaths: others)
    }

    /// What git tracks or would add, or `nil` where there is no git or no repository.
    private static func trackedPaths(_ root: URL) throws -> [String]? {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        git.arguments = ["git", "-c", "safe.directory=*", "-C", root.path] + list
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        git.standardInput = FileHandle.nullDevice
        try git.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        return Set(data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }).sorted()
    }

    /// What a source archive holds: every file outside the folders that builds make.
    private static func walkedPaths(_ root: URL) throws -> [String] {
        let made: Set<String> = [".git", ".build", ".swiftpm", ".venv", "__pycache__", "results", "Package.resolved"]
        let walker = FileManager.default.enumerator(atPath: root.path)
        var found: [String] = []
        while let path = walker?.nextObject() as? String {
            if made.contains(URL(filePath: path).lastPathComponent) {
                walker?.skipDescendants()
            } else {
                found.append(path)
            }
        }
        return found.sorted()
    }
}

import EphemeralPostgres
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ServerBinariesTests {
    private let nowhere = SearchPlaces(layouts: [], path: "")

    @Test func `a machine without PostgreSQL is told which package to install`() {
        let error = #expect(throws: EphemeralPostgresError.self) {
            try ServerBinaries.find(PostgresOptions(), in: nowhere)
        }
        #expect(error?.code == .notInstalled)
        #expect(error?.message.contains("apt-get install postgresql'") == true)
    }

    @Test func `a version that is missing is told with its package`() {
        var options = PostgresOptions()
        options.version = 99
        let error = #expect(throws: EphemeralPostgresError.self) { try ServerBinaries.find(options) }
        #expect(error?.message.contains("apt-get install postgresql-99") == true)
    }

    @Test func `the newest of several versions is taken, or the one that is asked for`() throws {
        let root = try Files.makeDirectory()
        defer { Files.remove(root) }
        for version in ["9", "14", "16", "x"] {
            try Files.makeDirectory("\(root)/\(version)")
            try Files.makeDirectory("\(root)/\(version)/bin")
            for program in ["postgres", "initdb"] {
                // Version 16 is not whole.
                if version == "16" && program == "initdb" { continue }
                try Files.write("#!/bin/sh\n", to: "\(root)/\(version)/bin/\(program)")
                try Files.changeMode("\(root)/\(version)/bin/\(program)", 0o755)
            }
        }
        let places = SearchPlaces(layouts: [(root, "", "bin")], path: "")
        var options = PostgresOptions()
        #expect(try ServerBinaries.find(options, in: places).version == 14)
        options.version = 9
        #expect(try ServerBinaries.find(options, in: places).directory == "\(root)/9/bin")
    }

    @Test func `a directory that holds no server is refused`() {
        var options = PostgresOptions()
        options.binaries = "/etc"
        #expect(throws: EphemeralPostgresError.self) { try ServerBinaries.find(options) }
    }
}

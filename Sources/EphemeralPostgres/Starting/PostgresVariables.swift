import CSennit

// Safety: the environment is a list of C strings that ends with a null pointer; each is copied.
/// The variables by which PostgreSQL's programs and libraries find a server, and settings for it.
enum PostgresVariables {
    /// Whether a variable can lead a program to another server, or change how it uses one.
    ///
    /// libpq, psql, initdb and the server itself have some fifty of them, and each version has more. All of their names
    /// start alike.
    static func lead(elsewhere name: String) -> Bool {
        name.utf8.starts(with: "PG".utf8) || name == "PSQLRC" || name == "DATABASE_URL"
    }

    /// Changes that take those away which this process has.
    static var removals: [String: String?] {
        var removals: [String: String?] = [:]
        guard var entry = unsafe sennit_environment() else { return removals }
        while let text = unsafe entry.pointee {
            let name = unsafe String(
                decoding: String(cString: text).utf8.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            if lead(elsewhere: name) { removals.updateValue(nil, forKey: name) }
            unsafe entry += 1
        }
        return removals
    }
}

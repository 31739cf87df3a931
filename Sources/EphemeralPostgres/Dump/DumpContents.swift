import ByteText
import PostgresClient

/// A table as somebody names it.
struct TableName: Hashable {
    var schema: ByteText
    var name: ByteText

    /// `name` in the schema `public`, or `schema.name`.
    init(_ text: String) {
        let (schema, name) = text.bytes.cut(at: ".") ?? ("public", text.bytes)
        (self.schema, self.name) = (schema, name)
    }

    /// As the server says it: a name may have points in it.
    init(schema: String?, name: String?) {
        (self.schema, self.name) = ((schema ?? "").bytes, (name ?? "").bytes)
    }

    /// As `pg_dump` wants it: in quotes, nothing in it is a wildcard.
    var pattern: String { PostgresSyntax.identifier(schema.string) + "." + PostgresSyntax.identifier(name.string) }
}

/// The tables and sequences whose contents a dump holds, in the order of `pg_dump`.
struct DumpContents {
    struct Table {
        /// What stands before the rows.
        var heading: String
        /// What gives the rows.
        var copyStatement: String
    }

    private(set) var tables: [Table] = []
    /// A statement each, with what stands before it.
    private(set) var sequences: [String] = []

    init(_ connection: PostgresConnection, _ dump: PostgresDump) throws {
        let wanted = Set(dump.tables.map(TableName.init))
        var found: Set<TableName> = []
        for row in try connection.query(Self.tablesQuery) {
            let name = TableName(schema: row[0], name: row[1])
            guard wanted.isEmpty || wanted.contains(name) else { continue }
            found.insert(name)
            tables.append(Self.table(name, owner: row[2] ?? "", path: row[3] ?? "", columns: row[4]))
        }
        let missing = wanted.subtracting(found).map { "\($0.schema).\($0.name)" }.sorted()
        guard missing.isEmpty else {
            throw EphemeralPostgresError(.dumpFailed, "no such table: \(missing.joined(separator: ", "))")
        }
        for row in try connection.query(Self.sequencesQuery) {
            let owner = TableName(schema: row[4], name: row[5])
            guard wanted.isEmpty || wanted.contains(owner), let path = row[3] else { continue }
            sequences.append(try Self.sequence(connection, row, path))
        }
    }

    private static func table(_ name: TableName, owner: String, path: String, columns: String?) -> Table {
        // Two blanks for a table without columns, as pg_dump has them.
        let list = columns.map { " (\($0))" } ?? " "
        return Table(
            heading: heading(name.name.string, "TABLE DATA", name.schema.string, owner, isData: true)
                + "COPY \(path)\(list) FROM stdin;\n",
            copyStatement: "COPY \(path)\(list) TO stdout")
    }

    private static func sequence(_ connection: PostgresConnection, _ row: PostgresRow, _ path: String) throws -> String
    {
        let state = try connection.query("SELECT last_value, is_called FROM \(path)")
        let (value, isCalled) = (state.first?[0] ?? "1", state.first?[1] == "t")
        return heading(row[1] ?? "", "SEQUENCE SET", row[0] ?? "", row[2] ?? "", isData: false)
            + "SELECT pg_catalog.setval(\(PostgresSyntax.literal(path)), \(value), \(isCalled));\n\n\n"
    }

    private static func heading(
        _ name: String, _ kind: String, _ schema: String, _ owner: String, isData: Bool
    ) -> String {
        // A line break in a name would end the comment.
        func line(_ text: String) -> String { text.bytes.replaced("\n", with: " ").bytes.replaced("\r", with: " ") }
        return """
            --
            -- \(isData ? "Data for " : "")Name: \(line(name)); Type: \(kind); Schema: \(line(schema)); \
            Owner: \(line(owner))
            --


            """
    }

    private static let isUserSchema = """
        n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
        """

    private static let tablesQuery = """
        SELECT n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner),
            pg_catalog.format('%I.%I', n.nspname, c.relname),
            (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
             FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND \(isUserSchema)
        ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
        """

    private static let sequencesQuery = """
        SELECT n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner),
            pg_catalog.format('%I.%I', n.nspname, c.relname), tn.nspname, t.relname
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_catalog.pg_depend d
                ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
                AND d.refclassid = d.classid AND d.deptype IN ('a', 'i')
            LEFT JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
            LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
        WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND \(isUserSchema)
        ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
        """
}

import PostgresClient

/// The tables that prices are loaded into.
///
/// One row of `api_price.infra_price` is one `PriceRow`. Indexes are made after the load: kept up to date row by row
/// they cost several times as much.
public enum PriceSchema {
    /// Makes the schema and its tables, if they are not there yet.
    public static let tables = """
        CREATE SCHEMA IF NOT EXISTS api_price;

        CREATE TABLE IF NOT EXISTS api_price.price_source (
            cloud_provider text NOT NULL,
            source_id integer NOT NULL,
            path text NOT NULL,
            version text,
            published timestamptz,
            PRIMARY KEY (cloud_provider, source_id)
        );

        CREATE TABLE IF NOT EXISTS api_price.infra_price (
        \(columns.map { "    \($0.name) \($0.type)" }.joined(separator: ",\n"))
        );

        """

    /// Makes the indexes of a loaded table, and gathers its statistics.
    public static let indexes = (indexStatements + [statistics]).joined()

    /// Each makes one index of a loaded table; on connections of their own they can run side by side.
    package static let indexStatements = [
        """
        CREATE INDEX IF NOT EXISTS infra_price_sku
            ON api_price.infra_price (cloud_provider, sku_id);

        """,
        """
        CREATE INDEX IF NOT EXISTS infra_price_place
            ON api_price.infra_price (cloud_provider, service, region, term);

        """,
    ]

    /// Gathers the statistics of a loaded table.
    package static let statistics = "ANALYZE api_price.infra_price;\n"

    /// The way out when rows are not taken.
    package static func advice(about error: any Error) -> String {
        // A table or a schema that is not there.
        guard let error = error as? PostgresError, ["42P01", "3F000"].contains(error.sqlState) else {
            return "Nothing was kept. Look at the server, and run it again."
        }
        return "Make the price tables first: 'pscraper pgload' does it."
    }

    /// The columns of `api_price.infra_price`, in order.
    public static let columns: [(name: String, type: String)] = [
        ("cloud_provider", "text NOT NULL"),
        ("sku_id", "text NOT NULL"),
        ("rate_code", "text NOT NULL"),
        ("service", "text NOT NULL"),
        ("region", "text NOT NULL"),
        ("product_family", "text"),
        ("sku_name", "text"),
        ("description", "text"),
        ("attributes", "jsonb"),
        ("term", "text NOT NULL"),
        ("term_months", "smallint"),
        ("purchase_option", "text"),
        ("offering_class", "text"),
        ("charge", "text NOT NULL"),
        ("start_usage_amount", "numeric NOT NULL"),
        ("end_usage_amount", "numeric"),
        ("price", "numeric NOT NULL"),
        ("published_price", "text"),
        ("currency", "text NOT NULL"),
        ("unit", "text NOT NULL"),
        ("normalised_unit", "text NOT NULL"),
        ("unit_block", "bigint NOT NULL"),
        ("effective_from", "timestamptz"),
        ("effective_to", "timestamptz"),
        ("source_id", "integer NOT NULL"),
        ("source_offset", "bigint NOT NULL"),
    ]
}

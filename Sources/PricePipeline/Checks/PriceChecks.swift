public import DataChecks

/// The checks that prices must pass before they are published.
///
/// They hold for any selection; a file of one's own says in addition how many rows and which ranges there must be.
public enum PriceChecks {
    /// The name of the price table, with its schema.
    public static let table = "api_price.infra_price"

    /// What must hold of the prices of every provider.
    public static let general = """
        checks for infra_price:
          - row_count > 0
          - missing_count(sku_id) = 0
          - missing_count(region) = 0
          - missing_count(unit) = 0
          - missing_count(normalised_unit) = 0
          - invalid_count(currency) = 0:
              valid regex: '^[A-Z]{3}$'
          - min(price) >= 0
          - min(unit_block) >= 1
          - failed rows:
              name: no tier ends before it starts
              fail condition: end_usage_amount <= start_usage_amount
          - failed rows:
              name: no price ends before it starts
              fail condition: effective_to < effective_from
          - duplicate_count(cloud_provider, sku_id, rate_code, region, start_usage_amount, effective_from) = 0

        """

    /// The general checks and those of a file, ready to be run.
    ///
    /// - Parameters:
    ///   - own: Further files of checks, by path.
    ///   - variables: The values of variables in them.
    /// - Returns: A run; faults in the files become errors of its report.
    public static func run(with own: [String] = [], variables: [String: String] = [:]) -> CheckRun {
        var options = CheckRun.Options()
        options.schema = "api_price"
        let files = [CheckFile.parse(general, name: "general")] + own.map { CheckFile.load($0, variables: variables) }
        return CheckRun(files, options: options)
    }
}

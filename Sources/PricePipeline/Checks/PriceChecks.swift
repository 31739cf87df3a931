public import DataChecks

/// The checks that prices must pass before they are published.
///
/// They hold for any selection; a file of one's own says in addition how many rows and which ranges there must be.
public enum PriceChecks {
    /// The name of the price table, with its schema.
    public static let table = "\(schema).infra_price"

    /// The schema of the price tables.
    public static let schema = "api_price"

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
              name: each tier starts where another one ends
              fail query: |
                SELECT cloud_provider, sku_id, rate_code, region, start_usage_amount FROM api_price.infra_price AS tier
                WHERE start_usage_amount > 0 AND NOT EXISTS (
                  SELECT FROM api_price.infra_price AS before
                  WHERE before.end_usage_amount IS NOT NULL
                    AND before.end_usage_amount = tier.start_usage_amount AND before.sku_id = tier.sku_id
                    AND before.region = tier.region AND before.term = tier.term
                    AND before.cloud_provider = tier.cloud_provider)
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
    ///   - history: What earlier runs measured; without it, checks of change are errors.
    /// - Returns: A run; faults in the files become errors of its report.
    public static func run(
        with own: [String] = [], variables: [String: String] = [:], history: MetricsHistory? = nil
    ) -> CheckRun {
        var options = CheckRun.Options()
        options.schema = schema
        return CheckRun(files(own, variables: variables), options: options, history: history)
    }

    /// Files of checks, after the general ones or alone.
    package static func files(
        _ own: [String], variables: [String: String], withGeneral: Bool = true
    ) -> [CheckFile] {
        (withGeneral ? [CheckFile.parse(general, name: "general")] : [])
            + own.map { CheckFile.load($0, variables: variables) }
    }
}

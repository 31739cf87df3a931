/// Groups of tiers that are not contiguous: a gap, an overlap, no open end, one in the middle, an empty tier.
struct TiersKind: CheckKind {
    let dataset: Dataset
    let groups: [String]
    let start: String
    let end: String
    /// Where the first tier of each group must start, if that is asked for.
    let first: Double?
    let filter: String?
    let samples: Int

    var measurements: [Measurement] { [.offending(query, samples: samples, needs: nil)] }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        measured[0].offendingJudgement(limits)
    }

    /// An end that is null or infinite is open.
    ///
    /// The inner query puts each tier beside the next one of its group; the outer one names what is wrong, once for
    /// each group.
    private var query: String {
        let keys = groups.joined(separator: ", ")
        let source = dataset.from(where: filter)
        return """
            SELECT \(keys), STRING_AGG(fault, '; ' ORDER BY tier_start) AS faults, MAX(tier_count) AS tiers \
            FROM (SELECT *, \(faults) AS fault \
            FROM (SELECT \(keys), tier_start, tier_end, \
            ROW_NUMBER() OVER tiers AS tier_number, LEAD(tier_start) OVER tiers AS next_start, \
            LEAD(TRUE) OVER tiers AS has_next, COUNT(*) OVER (PARTITION BY \(keys)) AS tier_count \
            FROM (SELECT \(keys), (\(start))::numeric AS tier_start, \
            NULLIF((\(end))::numeric, 'Infinity'::numeric) AS tier_end \(source)) AS bounds \
            WINDOW tiers AS (PARTITION BY \(keys) ORDER BY tier_start, tier_end)) AS pairs) AS judged \
            WHERE fault IS NOT NULL GROUP BY \(keys) ORDER BY \(keys)
            """
    }

    private var faults: String {
        let wrongFirst = first.map { number in
            let first = number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
            return "WHEN tier_number = 1 AND tier_start <> \(first) "
                + "THEN 'starts at ' || tier_start || ' instead of \(first)' "
        }
        return """
            CASE WHEN tier_start IS NULL THEN 'a tier has no start' \
            WHEN tier_end <= tier_start THEN 'the tier from ' || tier_start || ' ends at ' || tier_end \
            \(wrongFirst ?? "")\
            WHEN has_next IS NULL AND tier_end IS NOT NULL THEN 'the last tier ends at ' || tier_end \
            WHEN has_next AND tier_end IS NULL THEN 'the open tier from ' || tier_start || ' is not the last' \
            WHEN next_start > tier_end THEN 'gap from ' || tier_end || ' to ' || next_start \
            WHEN next_start < tier_end THEN 'overlap from ' || next_start || ' to ' || tier_end END
            """
    }
}

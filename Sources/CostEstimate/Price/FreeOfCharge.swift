import CloudPrices

/// Finds uses that cost nothing because their offer is listed at 0 throughout.
///
/// Lists have such prices for what is free, and for what is billed elsewhere: a machine on a dedicated host, capacity
/// that is reserved already.
enum FreeOfCharge {
    /// Checks a line that was priced.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - offer: What it was matched to.
    ///   - rows: The prices that it was chosen from; the most similar offer that costs something is named.
    ///   - moment: When they must hold.
    /// - Returns: What to report; `nil` if some price of its offer is above 0, or nothing is used.
    static func warning(
        of line: BillLine, _ offer: Offer, among rows: [PriceRow], at moment: PriceInstant
    ) -> String? {
        guard !line.quantity.amount.isZero, offer.isFree else { return nil }
        let key = offer.key
        let paid = Offer.offers(from: rows, at: moment).filter { other in
            !other.isFree && other.key.currency == key.currency && other.key.service == key.service
                && other.key.region == key.region && other.key.term == key.term
        }
        let names = Set(paid.map(\.summary.what))
        let nearest = NearestNames.names(to: offer.summary.what, among: names, count: 1).first
        let like = paid.filter { $0.summary.what == nearest }.min { $0.key.sku < $1.key.sku }
        return "'\(line.name)' costs nothing: every price of \(offer.summary) is 0"
            + (like.map { "; the nearest that is paid for is \($0.summary)" } ?? "")
    }
}

extension Offer {
    fileprivate var isFree: Bool { rows.allSatisfy(\.price.isZero) }
}

import ByteText

/// A part of AWS with price lists, accounts and a currency of its own.
public enum AWSPartition: String, Sendable, Hashable, CaseIterable {
    /// Everything but China; prices are in US dollars.
    case aws
    /// The regions in China; prices are in renminbi.
    case china = "cn"

    /// The path of the index of all offers.
    public var indexPath: String { "/offers/v1.0/\(rawValue)/index.json" }
}

/// In which of AWS's two formats offers are read.
public enum AWSOfferFormat: String, Sendable, Hashable, CaseIterable {
    /// JSON: products first, then their terms.
    case json
    /// CSV: one line for each rate, with its product's attributes in it.
    case csv

    /// The address of the same file in this format.
    func path(_ path: String) -> String {
        guard self == .csv, let base = path.bytes.withoutEnd(".json") else { return path }
        return "\(base).csv"
    }
}

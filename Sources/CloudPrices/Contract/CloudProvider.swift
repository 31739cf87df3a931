/// A cloud whose prices are read.
///
/// The set is open: a scraper for another cloud brings its own value.
public struct CloudProvider: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The name as it stands in the column `cloud_provider`, in lower case.
    public let rawValue: String

    /// Makes a provider from its name in lower case.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Amazon Web Services, its China partition included.
    public static let aws = CloudProvider(rawValue: "aws")
    /// Microsoft Azure.
    public static let azure = CloudProvider(rawValue: "azure")
    /// Google Cloud.
    public static let googleCloud = CloudProvider(rawValue: "gcp")

    /// The clouds that there are scrapers for here.
    package static let known = [aws, azure, googleCloud]

    /// The name.
    public var description: String { rawValue }
}

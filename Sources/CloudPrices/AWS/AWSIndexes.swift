/// An offer: a service's price lists, from the index of all offers.
public struct AWSOffer: Sendable, Hashable {
    /// The code: `AmazonEC2`.
    public var code: String
    /// Where all versions are listed.
    public var versionIndexPath: String?
    /// The list of all regions in one.
    public var currentPath: String?
    /// Where the lists of single regions are listed.
    public var regionIndexPath: String?
    /// Where the lists of savings plans are listed by region.
    public var savingsPlanIndexPath: String?
}

/// A region's list, from a region index.
public struct AWSRegionList: Sendable, Hashable {
    /// The region's code.
    public var region: String
    /// The path of its current list.
    public var path: String
}

/// A version of an offer, from its version index.
public struct AWSOfferVersion: Sendable, Hashable {
    /// The version: `20250422213507`.
    public var version: String
    /// When its prices began to hold.
    public var begin: PriceInstant?
    /// When the next version's began; `nil` for the current one.
    public var end: PriceInstant?
    /// The path of its list.
    public var path: String
}

/// Reads the small files that say where the large ones are.
enum AWSIndexReader {
    static let maximumEntries = 100_000

    /// Every offer of `/offers/v1.0/aws/index.json`, by code.
    static func offers(_ source: any ByteSource) throws(PriceProblem) -> [AWSOffer] {
        try entries(of: source, under: "offers", keyedBy: "offerCode").map { code, fields in
            AWSOffer(
                code: code, versionIndexPath: fields["versionIndexUrl"], currentPath: fields["currentVersionUrl"],
                regionIndexPath: fields["currentRegionIndexUrl"],
                savingsPlanIndexPath: fields["currentSavingsPlanIndexUrl"])
        }
    }

    /// Every region of a region index, by code; of an offer's, which is an object, and a savings plan's, an array.
    static func regions(_ source: any ByteSource) throws(PriceProblem) -> [AWSRegionList] {
        let name = source.name
        return try entries(of: source, under: "regions", keyedBy: "regionCode").map {
            region, fields throws(PriceProblem) in
            guard let path = fields["currentVersionUrl"] ?? fields["versionUrl"] else {
                throw PriceProblem(.missingField, "region \(region) has no versionUrl", provider: .aws, source: name)
            }
            return AWSRegionList(region: region, path: path)
        }
    }

    /// Every version of an offer, the oldest first.
    static func versions(_ source: any ByteSource) throws(PriceProblem) -> [AWSOfferVersion] {
        let name = source.name
        return try entries(of: source, under: "versions", keyedBy: "version").map {
            version, fields throws(PriceProblem) in
            guard let path = fields["offerVersionUrl"] else {
                throw PriceProblem(.missingField, "\(version) has no offerVersionUrl", provider: .aws, source: name)
            }
            return AWSOfferVersion(
                version: version, begin: fields["versionEffectiveBeginDate"].flatMap { PriceInstant($0) },
                end: fields["versionEffectiveEndDate"].flatMap { PriceInstant($0) }, path: path)
        }
    }

    /// The entries of one member of the document: an object of objects, or an array of objects.
    private static func entries(
        of source: any ByteSource, under member: StaticString, keyedBy key: String
    ) throws(PriceProblem) -> [(String, [String: String])] {
        var json = JSONTokenizer(source)
        var result: [String: [String: String]]?
        try json.beginObject()
        while try json.nextKey() {
            guard json.text.equals(member) else {
                try json.skipValue()
                continue
            }
            guard result == nil else { throw json.problem(.duplicateKey, "'\(member)' stands here twice") }
            result = try members(&json, keyedBy: key)
        }
        try json.finish()
        guard let result else { throw json.wrongShape("an object with '\(member)' in it") }
        return result.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func members(
        _ json: inout JSONTokenizer, keyedBy key: String
    ) throws(PriceProblem) -> [String: [String: String]] {
        var result: [String: [String: String]] = [:]
        switch try json.next() {
        case .beginObject:
            while try json.nextKey() {
                let name = String(copying: json.text)
                try json.beginObject()
                try add(try fields(&json), as: name, to: &result, json)
            }
        case .beginArray:
            while try json.nextElement() {
                try json.beginObject()
                let fields = try fields(&json)
                guard let name = fields[key] else { throw json.problem(.missingField, "an entry has no '\(key)'") }
                try add(fields, as: name, to: &result, json)
            }
        default: throw json.wrongShape("an object or an array")
        }
        return result
    }

    private static func add(
        _ fields: [String: String], as name: String, to result: inout [String: [String: String]],
        _ json: borrowing JSONTokenizer
    ) throws(PriceProblem) {
        guard result.updateValue(fields, forKey: name) == nil else {
            throw json.problem(.duplicateKey, "'\(name)' stands here twice")
        }
        guard result.count <= maximumEntries else {
            throw json.problem(.limitExceeded, "there are more than \(maximumEntries) entries")
        }
    }

    /// The texts of an object; other values are passed over.
    private static func fields(_ json: inout JSONTokenizer) throws(PriceProblem) -> [String: String] {
        var fields: [String: String] = [:]
        while try json.nextKey() {
            let name = String(copying: json.text)
            switch try json.next() {
            case .string: fields[name] = String(copying: json.text)
            case .beginObject, .beginArray: try json.skipRest()
            default: break
            }
        }
        return fields
    }
}

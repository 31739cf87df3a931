extension RegionTable {
    /// AWS's regions with their local and wavelength zones.
    ///
    /// The region's code decides; the location's name, which AWS changes now and then (`EU (Ireland)`, later
    /// `Europe (Ireland)`), only serves files that have no code.
    public static let aws = RegionTable(awsRegions) { code, regions in
        isZone(code, of: regions)
    }

    /// Zones are named after the region they belong to: `us-west-2-lax-1`, `us-east-1-wl1-atl1`, `us-east-1-wl1`.
    private static func isZone(_ code: String, of regions: Set<String>) -> Bool {
        let parts = code.split(separator: "-", omittingEmptySubsequences: false)
        for count in [3, 4] where parts.count > count {
            guard regions.contains(parts[..<count].joined(separator: "-")) else { continue }
            let zone = parts[count...]
            if let first = zone.first, first.hasPrefix("wl"), isNumber(first.dropFirst(2)) {
                return zone.count == 1 || (zone.count == 2 && isMetro(zone.last ?? "", digits: 1...2))
            }
            return zone.count == 2 && isMetro(zone.first ?? "", digits: 0...0) && isNumber(zone.last ?? "")
        }
        return false
    }

    /// Three letters for a city, and digits after them.
    private static func isMetro(_ text: Substring, digits: ClosedRange<Int>) -> Bool {
        let letters = text.prefix { $0.isASCII && $0.isLowercase }
        let rest = text.dropFirst(letters.count)
        return letters.count == 3 && digits.contains(rest.count) && (rest.isEmpty || isNumber(rest))
    }

    private static func isNumber(_ text: Substring) -> Bool {
        (1...2).contains(text.count) && text.allSatisfy { $0.isASCII && $0.isNumber }
    }
}

/// The code, then the names of the location that go with it.
private let awsRegions = """
    global|Global,Any,Worldwide,External
    af-south-1|Africa (Cape Town)
    af-south-1-los-1|Nigeria (Lagos)
    ap-east-1|Asia Pacific (Hong Kong)
    ap-east-2|Asia Pacific (Taipei)
    ap-northeast-1|Asia Pacific (Tokyo)
    ap-northeast-1-tpe-1|Taiwan (Taipei)
    ap-northeast-2|Asia Pacific (Seoul)
    ap-northeast-3|Asia Pacific (Osaka),Asia Pacific (Osaka-Local)
    ap-south-1|Asia Pacific (Mumbai)
    ap-south-1-ccu-1|India (Kolkata)
    ap-south-1-del-1|India (Delhi)
    ap-south-2|Asia Pacific (Hyderabad)
    ap-southeast-1|Asia Pacific (Singapore)
    ap-southeast-1-bkk-1|Thailand (Bangkok)
    ap-southeast-1-mnl-1|Philippines (Manila)
    ap-southeast-2|Asia Pacific (Sydney)
    ap-southeast-2-akl-1|New Zealand (Auckland)
    ap-southeast-2-per-1|Australia (Perth)
    ap-southeast-3|Asia Pacific (Jakarta)
    ap-southeast-4|Asia Pacific (Melbourne)
    ap-southeast-5|Asia Pacific (Malaysia)
    ap-southeast-6|Asia Pacific (New Zealand)
    ap-southeast-7|Asia Pacific (Thailand)
    ca-central-1|Canada (Central)
    ca-west-1|Canada West (Calgary)
    cn-north-1|China (Beijing)
    cn-northwest-1|China (Ningxia)
    eu-central-1|EU (Frankfurt),Europe (Frankfurt)
    eu-central-1-ham-1|Germany (Hamburg)
    eu-central-1-waw-1|Poland (Warsaw)
    eu-central-2|EU (Zurich),Europe (Zurich)
    eu-north-1|EU (Stockholm),Europe (Stockholm)
    eu-north-1-cph-1|Denmark (Copenhagen)
    eu-north-1-hel-1|Finland (Helsinki)
    eu-south-1|EU (Milan),Europe (Milan)
    eu-south-2|EU (Spain),Europe (Spain)
    eu-west-1|EU (Ireland),Europe (Ireland),Ireland
    eu-west-2|EU (London),Europe (London)
    eu-west-3|EU (Paris),Europe (Paris)
    eusc-de-east-1|AWS European Sovereign Cloud (Germany)
    il-central-1|Israel (Tel Aviv)
    me-central-1|Middle East (UAE)
    me-south-1|Middle East (Bahrain)
    me-south-1-mct-1|Oman (Muscat)
    mx-central-1|Mexico (Central)
    sa-east-1|South America (Sao Paulo),South America (São Paulo)
    us-east-1|US East (N. Virginia)
    us-east-1-atl-1|US East (Atlanta)
    us-east-1-bos-1|US East (Boston)
    us-east-1-bue-1|Argentina (Buenos Aires)
    us-east-1-chi-1|US East (Chicago)
    us-east-1-dfw-1|US East (Dallas)
    us-east-1-iah-1|US East (Houston)
    us-east-1-lim-1|Peru (Lima)
    us-east-1-mci-1|US East (Kansas City 2)
    us-east-1-mia-1|US East (Miami)
    us-east-1-msp-1|US East (Minneapolis)
    us-east-1-nyc-1|US East (New York City)
    us-east-1-phl-1|US East (Philadelphia)
    us-east-1-qro-1|Mexico (Queretaro)
    us-east-1-scl-1|Chile (Santiago)
    us-east-2|US East (Ohio)
    us-gov-east-1|AWS GovCloud (US-East),GovCloud (US-East)
    us-gov-west-1|AWS GovCloud (US-West),AWS GovCloud (US),GovCloud (US-West),US Gov West 1
    us-iso-east-1|US ISO East
    us-iso-west-1|US ISO West
    us-isob-east-1|US ISOB East (Ohio)
    us-west-1|US West (N. California)
    us-west-2|US West (Oregon)
    us-west-2-den-1|US West (Denver)
    us-west-2-hnl-1|US West (Honolulu)
    us-west-2-las-1|US West (Las Vegas)
    us-west-2-lax-1|US West (Los Angeles)
    us-west-2-pdx-1|US West (Portland)
    us-west-2-phx-1|US West (Phoenix)
    us-west-2-sea-1|US West (Seattle)
    """

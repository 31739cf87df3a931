/// Finds out regions, and remembers what it found.
///
/// The region's code counts. Where there is none, the location's name is looked up; traffic between regions belongs to
/// the one it comes from; what has no place at all is sold globally.
struct AWSPlaces: ~Copyable {
    private let table: RegionTable
    private var codes = TextTable()
    private var regionOfCode: [String?] = []
    private var locations = TextTable()
    private var regionOfLocation: [String?] = []

    init(_ table: RegionTable) { self.table = table }

    /// What a product says about its place.
    struct Fields: ~Copyable {
        var arena = ByteArena()
        var regionCode = 0..<0
        var location = 0..<0
        var fromRegionCode = 0..<0
        var fromLocation = 0..<0

        mutating func clear() {
            arena.cut(at: 0)
            (regionCode, location, fromRegionCode, fromLocation) = (0..<0, 0..<0, 0..<0, 0..<0)
        }

        /// The texts that decide: a code and a location, either of which may be empty.
        var deciding: (code: Range<Int>, location: Range<Int>) {
            if !regionCode.isEmpty || !location.isEmpty { return (regionCode, location) }
            return (fromRegionCode, fromLocation)
        }
    }

    /// The region of a product; `nil` if no table has it.
    mutating func region(_ fields: borrowing Fields) -> String? {
        let (code, location) = fields.deciding
        if !code.isEmpty {
            let (index, isNew) = codes.insert(fields.arena.text(code))
            if isNew { regionOfCode.append(table.region(code: String(copying: fields.arena.text(code)))) }
            return regionOfCode[index]
        }
        if location.isEmpty { return "global" }
        let (index, isNew) = locations.insert(fields.arena.text(location))
        if isNew {
            let name = String(copying: fields.arena.text(location))
            regionOfLocation.append(table.region(code: "", location: name))
        }
        return regionOfLocation[index]
    }

    /// The offending text of an unknown place.
    static func text(of fields: borrowing Fields) -> String {
        let (code, location) = fields.deciding
        return String(copying: fields.arena.text(code.isEmpty ? location : code))
    }
}

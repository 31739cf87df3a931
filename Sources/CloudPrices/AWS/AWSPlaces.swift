/// Finds out regions, and remembers what it found.
///
/// The region's code counts. Where there is none, the location's name is looked up. Traffic belongs to the region that
/// it comes from, or else to the one that it goes to; a product without a place is sold globally. A place that says
/// itself that it is not a region, such as an edge location, keeps its own name.
struct AWSPlaces: ~Copyable {
    private let table: RegionTable
    private var names = TextTable()
    private var regions: [String?] = []

    init(_ table: RegionTable) { self.table = table }

    /// What a product says about its place.
    struct Fields: ~Copyable {
        /// A place: its region's code, its name, and what kind of place it is; each may be empty.
        struct Place {
            var code = 0..<0
            var location = 0..<0
            var type = 0..<0

            var isEmpty: Bool { code.isEmpty && location.isEmpty }
        }

        var arena = ByteArena()
        /// Where it is.
        var place = Place()
        /// Where traffic comes from.
        var from = Place()
        /// Where traffic goes to.
        var to = Place()

        mutating func clear() {
            arena.cut(at: 0)
            (place, from, to) = (Place(), Place(), Place())
        }

        /// The place that decides if none is known.
        var deciding: Place { !place.isEmpty ? place : !from.isEmpty ? from : to }
    }

    /// What a place came to.
    private enum Finding {
        case region(String), elsewhere, unknown
    }

    /// The region of a product; `nil` if no table has it.
    mutating func region(_ fields: borrowing Fields) -> String? {
        if !fields.place.isEmpty {
            switch find(fields.place, fields) {
            case .region(let region): return region
            case .elsewhere:
                let name = fields.place.code.isEmpty ? fields.place.location : fields.place.code
                return String(copying: fields.arena.text(name))
            case .unknown: return nil
            }
        }
        var isUnknown = false
        for end in [fields.from, fields.to] where !end.isEmpty {
            switch find(end, fields) {
            case .region("global"), .elsewhere: continue
            case .region(let region): return region
            case .unknown: isUnknown = true
            }
        }
        return isUnknown ? nil : "global"
    }

    private mutating func find(_ place: Fields.Place, _ fields: borrowing Fields) -> Finding {
        if let region = lookUp(fields.arena.text(place.code.isEmpty ? place.location : place.code)) {
            return .region(region)
        }
        return Self.isRegion(fields.arena.text(place.type)) ? .unknown : .elsewhere
    }

    /// Whether a place of this kind must be in a table: regions and their zones, and what does not say what it is.
    private static func isRegion(_ type: Span<UInt8>) -> Bool {
        type.isEmpty || type.equals("AWS Region") || type.equals("AWS Local Zone") || type.equals("AWS Wavelength Zone")
    }

    private mutating func lookUp(_ name: Span<UInt8>) -> String? {
        let (index, isNew) = names.insert(name)
        if isNew { regions.append(table.region(code: String(copying: name))) }
        return regions[index]
    }

    /// The offending text of an unknown place.
    static func text(of fields: borrowing Fields) -> String {
        let place = fields.deciding
        return String(copying: fields.arena.text(place.code.isEmpty ? place.location : place.code))
    }
}

import ByteText

/// How the price of an item is bought, and what it pays for.
struct AzureKind {
    var term: PriceTerm
    var months: Int?
    var charge: PriceCharge
    /// Tells the rates of one meter apart.
    var rateName: String

    /// Reads it from the item's type, and from the ends of its names, where Azure hides the rest.
    init(_ item: AzureItem, _ row: borrowing PriceRowBuffer) throws(PriceProblem) {
        let type = item.text(.type)
        if type.equals("Consumption") {
            let isSpot = item.text(.skuName).hasEnd(" Spot") || item.text(.skuName).hasEnd(" Low Priority")
            self.init(term: isSpot ? .spot : .onDemand, months: nil, charge: .usage, rateName: "Consumption")
        } else if type.equals("DevTestConsumption") {
            self.init(term: .developmentTest, months: nil, charge: .usage, rateName: "DevTestConsumption")
        } else if type.equals("Reservation") {
            guard item.has(.reservationTerm) else {
                throw row.problem(.missingField, "a reservation has no term", found: item.text(.skuId))
            }
            let months = try Self.months(item.text(.reservationTerm), row)
            // The unit says "1 Hour" all the same; the price is for the whole term.
            self.init(term: .reserved, months: months, charge: .wholeTerm, rateName: "Reservation-\(months)")
        } else {
            throw row.problem(.unknownTerm, "the type of the price is not known", found: type)
        }
    }

    /// The kind of a savings plan on a price.
    init(savingsPlanOf kind: AzureKind, months: Int) {
        self.init(
            term: .savingsPlan, months: months, charge: .usage, rateName: kind.rateName + "/SavingsPlan-\(months)")
    }

    private init(term: PriceTerm, months: Int?, charge: PriceCharge, rateName: String) {
        self.term = term
        self.months = months
        self.charge = charge
        self.rateName = rateName
    }

    /// Months in `1 Year`, `3 Years`, `1 Month`.
    static func months(_ text: Span<UInt8>, _ row: borrowing PriceRowBuffer) throws(PriceProblem) -> Int {
        let words = String(copying: text).bytes.words
        if words.count == 2, let count = Int(words[0].text), (1...120).contains(count) {
            switch words[1] {
            case "Year", "Years": return 12 * count
            case "Month", "Months": return count
            default: break
            }
        }
        throw row.problem(.unknownTerm, "the term of a commitment is not known", found: text)
    }
}

/// What an item says about itself beside the columns of a row, by the API's names.
enum AzureAttribute {
    /// The value of an attribute; `nil` if the item has none.
    ///
    /// `operatingSystem` is derived: virtual machines with Windows are told by the end of their product's name alone.
    static func value(of name: String, _ item: AzureItem) -> String? {
        if name == "operatingSystem" {
            guard item.text(.serviceName).equals("Virtual Machines") else { return nil }
            return item.text(.productName).hasEnd(" Windows") ? "Windows" : "Linux"
        }
        guard let field = AzureItem.Field(Array(name.utf8).span), item.has(field) else { return nil }
        return String(copying: item.text(field))
    }
}

extension Span where Element == UInt8 {
    func hasEnd(_ suffix: StaticString) -> Bool {
        count >= suffix.utf8CodeUnitCount && extracting(last: suffix.utf8CodeUnitCount).equals(suffix)
    }
}

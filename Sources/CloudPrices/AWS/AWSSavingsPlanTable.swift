/// The plans of a savings plan's file, by SKU: what their rates share, and which of them are wanted.
struct AWSSavingsPlanTable {
    /// One plan: the product that is bought, where its rates price the products that it makes cheaper.
    struct Plan {
        var family = ""
        var purchaseOption = ""
        var purchaseTerm = ""
        /// The attributes that rows keep.
        var kept: [String: String] = [:]
        var isWanted = true
    }

    /// No file has so many plans.
    static let maximumPlans = 1_000_000

    private let selection: ProviderSelection
    private var plans: [String: Plan] = [:]

    init(_ selection: ProviderSelection) { self.selection = selection }

    /// How many plans there are, and how many of them are wanted.
    var counts: (all: Int, wanted: Int) { (plans.count, plans.values.count { $0.isWanted }) }

    subscript(sku: String) -> Plan? { plans[sku] }

    /// Reads the array of the plans.
    mutating func read(_ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginArray()
        while try json.nextElement() {
            try json.beginObject()
            let (sku, plan) = try plan(&json)
            guard plans.updateValue(plan, forKey: sku) == nil else {
                throw json.problem(.duplicateKey, "the plan \(sku) stands here twice")
            }
            guard plans.count <= Self.maximumPlans else {
                throw json.problem(.limitExceeded, "there are more than \(Self.maximumPlans) plans")
            }
        }
    }

    private func plan(_ json: inout JSONTokenizer) throws(PriceProblem) -> (sku: String, Plan) {
        var plan = Plan()
        var sku = ""
        var attributes: [String: String] = [:]
        while try json.nextKey() {
            if json.text.equals("sku") {
                try json.string()
                sku = String(copying: json.text)
            } else if json.text.equals("productFamily") {
                try json.string()
                plan.family = String(copying: json.text)
            } else if json.text.equals("attributes") {
                attributes = try Self.attributes(&json)
            } else {
                try json.skipValue()
            }
        }
        plan.purchaseOption = attributes["purchaseOption"] ?? ""
        plan.purchaseTerm = attributes["purchaseTerm"] ?? ""
        plan.kept = attributes.filter { selection.keptAttributes.contains($0.key) }
        plan.isWanted =
            selection.families.matches(plan.family)
            && selection.attributes.allSatisfy { condition in
                attributes[condition.name].map { condition.values.matches($0) } ?? false
            }
        return (sku, plan)
    }

    /// The texts among the attributes; other values are passed over.
    private static func attributes(_ json: inout JSONTokenizer) throws(PriceProblem) -> [String: String] {
        var attributes: [String: String] = [:]
        try json.beginObject()
        while try json.nextKey() {
            let name = String(copying: json.text)
            let token = try json.next()
            if token == .beginObject || token == .beginArray { try json.skipRest() }
            guard token == .string else { continue }
            guard attributes.updateValue(String(copying: json.text), forKey: name) == nil else {
                throw json.problem(.duplicateKey, "'\(name)' stands in this plan twice")
            }
        }
        return attributes
    }
}

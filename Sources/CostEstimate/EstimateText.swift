import CloudPrices

/// An estimate for people: each line with its offer and the tiers that its cost comes from.
public enum EstimateText {
    /// Lines of text, without an end of line at the end.
    public static func text(of estimate: Estimate) -> String {
        var lines = ["\(estimate.name), in \(estimate.currency) a month"]
        let width = estimate.lines.map(\.cost.normalisedText.count).max() ?? 0
        for line in estimate.lines {
            lines.append("  \(padded(line.cost, width))  \(line.name)")
            if let offer = line.offer { lines.append("  \(blank(width))    \(offer)") }
            lines += line.parts.map { "  \(blank(width))    \(text(of: $0))" }
        }
        for discount in estimate.discounts {
            lines.append("  \(padded(discount.amount, width, sign: "-"))  \(discount.name), \(discount.percent) %")
        }
        lines.append("  \(padded(estimate.total, width))  in all")
        lines += estimate.warnings.map { "  warning: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func text(of part: CostPart) -> String {
        let quantity = part.quantity.normalisedText
        var text =
            switch part.charge {
            case .usage: "\(quantity) \(part.unit) at \(part.price) / \(part.publishedUnit)"
            case .upfrontFee: "\(quantity) at \(part.price) upfront"
            case .wholeTerm: "\(quantity) at \(part.price) for the whole term"
            }
        if !part.tierStart.isZero || part.tierEnd != nil {
            text += ", from \(part.tierStart.normalisedText)"
            if let end = part.tierEnd { text += " to \(end.normalisedText)" }
        }
        if let months = part.spreadOverMonths { text += ", spread over \(months) months" }
        return text + " = \(part.cost.normalisedText) (\(part.source), byte \(part.sourceOffset))"
    }

    private static func padded(_ value: ExactDecimal, _ width: Int, sign: String = "") -> String {
        let text = sign + value.normalisedText
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func blank(_ width: Int) -> String { String(repeating: " ", count: width) }
}

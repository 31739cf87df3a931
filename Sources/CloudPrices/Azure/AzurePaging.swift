import ByteText

/// Follows the pages of Azure's list from one to the next, and not for ever.
///
/// Azure pages by `$skip` over a set that may move meanwhile: an item can come twice, which the scraper notices. A page
/// that was read already, pages that bring nothing new and pages without end are noticed here.
package struct AzurePaging {
    /// The most pages that one run reads.
    package var maximumPages = 20_000
    /// So many pages in a row may bring nothing new.
    var maximumIdlePages = 3
    private(set) var pages = 0
    private var seen: Set<String>
    private var idlePages = 0
    private let root: String

    /// Starts at a path, below which every page is.
    package init(start: String) {
        seen = [start]
        root = start.bytes.parts(at: "?")[0].string
    }

    /// Decides what follows a page.
    ///
    /// - Returns: the next page's path and query, or `nil` after the last.
    package mutating func next(link: String?, newItems: Int, of path: String) throws(PriceProblem) -> String? {
        pages += 1
        idlePages = newItems == 0 ? idlePages + 1 : 0
        guard let link else { return nil }
        guard let next = target(link) else {
            throw PriceProblem(.wrongShape, "the next page leads elsewhere", source: path, found: link)
        }
        guard seen.insert(next).inserted else {
            throw PriceProblem(
                .malformed, "the next page is one that was read already", source: path, found: next, advice: Self.advice
            )
        }
        guard idlePages < maximumIdlePages else {
            throw PriceProblem(
                .limitExceeded, "\(idlePages) pages in a row brought nothing new, and there is a next one",
                source: path,
                found: next, advice: Self.advice)
        }
        guard pages < maximumPages else {
            throw PriceProblem(
                .limitExceeded, "there are more than \(maximumPages) pages", source: path,
                advice: "Narrow the selection.")
        }
        return next
    }

    private static let advice = "The server repeats itself; run it again later."

    /// The path and query of an address: the host is the origin's, never the page's.
    private func target(_ link: String) -> String? {
        guard let address = link.bytes.cut(at: "://")?.after, link.bytes.hasStart("http"),
            let path = address.range(of: "/").map({ ByteText(address.text[$0.lowerBound...]) }),
            path.parts(at: "?")[0] == root.bytes
        else { return nil }
        return path.string
    }
}

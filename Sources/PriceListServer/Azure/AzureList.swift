import CloudPrices
import Foundation
import Synchronization

/// The items of Azure's list, each as it stands in the sample.
final class AzureList: Sendable {
    private let all: [ArraySlice<UInt8>]
    /// What the filter has chosen that was asked for last: a list is read page by page.
    private let latest = Mutex<(filter: String, items: [ArraySlice<UInt8>])?>(nil)

    /// An empty list.
    init() { all = [] }

    /// Takes a list apart.
    ///
    /// - Throws: `SampleLibrary.Fault` if it is not a list of objects.
    init(_ bytes: [UInt8], name: String) throws {
        guard let slices = JSONSlices.elements(of: bytes) else {
            throw SampleLibrary.Fault(description: "\(name) is not a list of items")
        }
        guard slices.allSatisfy({ $0.first == UInt8(ascii: "{") }) else {
            throw SampleLibrary.Fault(description: "\(name) has an item that is no object")
        }
        all = slices
    }

    /// The items that a filter lets through, or all without one; nil if it is no filter.
    func items(matching text: String?) -> [ArraySlice<UInt8>]? {
        guard let text else { return all }
        if let latest = latest.withLock({ $0 }), latest.filter == text { return latest.items }
        guard let filter = AzureFilter(text) else { return nil }
        let chosen = all.filter { filter.matches(Self.fields(of: $0)) }
        latest.withLock { $0 = (text, chosen) }
        return chosen
    }

    /// The fields of an item that are texts, which alone filters ask about; none of one that is broken.
    static func fields(of item: ArraySlice<UInt8>) -> [String: String] {
        let object = try? JSONSerialization.jsonObject(with: Data(item)) as? [String: Any]
        return object?.compactMapValues { $0 as? String } ?? [:]
    }
}

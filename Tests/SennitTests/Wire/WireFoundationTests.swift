import Foundation
import Sennit
import Testing

private struct Everything: Codable, Equatable {
    var date: Date
    var url: URL
    var uuid: UUID
    var decimal: Decimal
    var data: Data
    var empty: Data
    var components: DateComponents
    var locale: Locale
    var index: IndexSet
    var measurement: Measurement<UnitLength>
}

@Suite struct `Foundation on the wire` {
    @Test func `Foundation's values come back`() throws {
        let value = Everything(
            date: Date(timeIntervalSince1970: 1.25), url: try #require(URL(string: "https://example.org/a?b=c")),
            uuid: UUID(), decimal: try #require(Decimal(string: "-12.345")),
            data: Data((0..<1000).map { UInt8($0 & 255) }),
            empty: Data(), components: DateComponents(year: 2025, month: 4), locale: Locale(identifier: "uk_UA"),
            index: IndexSet([1, 2, 9]), measurement: Measurement(value: 3, unit: .meters))
        #expect(try roundTrip(value) == value)
        #expect(try roundTrip([value, value]) == [value, value])
        #expect(try roundTrip(value.data) == value.data)
    }

    @Test func `data is written as one run of bytes`() throws {
        #expect(try encoded(Data(count: 100_000)).count < 100_100)
    }
}

import Foundation

extension PriceInstant {
    /// This moment, by the clock of the machine.
    package static var now: PriceInstant {
        PriceInstant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}

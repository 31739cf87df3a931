/// An amount as Google writes it: whole units and billionths, which have one sign.
///
/// JSON from a protocol buffer leaves out what is zero, and writes 64-bit integers as texts.
package struct GoogleMoney {
    package var units: Int64
    package var nanos: Int32

    package init(units: Int64 = 0, nanos: Int32 = 0) {
        self.units = units
        self.nanos = nanos
    }

    /// The exact decimal.
    ///
    /// - Returns: `nil` if the two have different signs, or the billionths are more than one unit.
    package var amount: ExactDecimal? {
        guard nanos.magnitude < 1_000_000_000, units == 0 || nanos == 0 || (units < 0) == (nanos < 0) else {
            return nil
        }
        return ExactDecimal(coefficient: Int128(units) * 1_000_000_000 + Int128(nanos), scale: 9).normalised
    }
}

import ByteText

/// The currencies of ISO 4217.
public struct CurrencyTable: Sendable {
    private let codes: Set<String>

    /// All active currencies of the standard; neither metals nor codes for testing.
    public static let iso4217 = CurrencyTable(
        codes: Set(activeCodes.bytes.words.map(\.string)))

    /// Whether this is the code of a currency, in capitals as the standard writes it.
    public func contains(_ code: String) -> Bool { codes.contains(code) }

    /// Every code, in order.
    public var allCodes: [String] { codes.sorted() }
}

private let activeCodes = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """

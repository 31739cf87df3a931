/// The named formats of SodaCL, as regular expressions of Postgres.
package enum ValueFormat {
    /// The pattern of a format, or nil if there is no such format.
    package static func pattern(_ name: String) -> String? { patterns[name] }

    /// Every name.
    package static var names: [String] { patterns.keys.sorted() }

    /// Whether texts of the format stand for numbers.
    static func isNumeric(_ name: String) -> Bool {
        ["integer", "decimal", "percentage", "money"].contains { name.contains($0) }
    }

    private static let patterns: [String: String] = numbers.merging(times) { first, _ in first }
        .merging(identifiers) { first, _ in first }

    /// What may stand between the parts of a number: blanks.
    private static func spaced(_ parts: String...) -> String { "^ *" + parts.joined(separator: " *") + " *$" }

    private static let numbers: [String: String] = {
        var result: [String: String] = [:]
        /// The three signs that a number may have: any, none or plus, minus (or zero).
        func add(_ name: String, digits: String, zero: String, end: String?) {
            let tail = end.map { [$0] } ?? []
            func joined(_ parts: [String]) -> String { "^ *" + (parts + tail).joined(separator: " *") + " *$" }
            result[name] = joined(["[-+]?", digits])
            result["positive " + name] = joined(["\\+?", digits])
            result["negative " + name] = joined(["(- *\(digits)|\(zero))"])
        }
        add("integer", digits: "[0-9]+", zero: "0+", end: nil)
        for (suffix, mark) in [("", "[.,]"), (" point", "\\."), (" comma", ",")] {
            let digits = "([0-9]+(\(mark)[0-9]+)?|\(mark)[0-9]+)"
            let zero = "(0+(\(mark)0+)?|\(mark)0+)"
            add("decimal" + suffix, digits: digits, zero: zero, end: nil)
            add("percentage" + suffix, digits: digits, zero: zero, end: "%")
        }
        let currency = "([A-Z]{3}|[a-z]{3})"
        result["money"] = spaced("[-+]?", "([0-9]+([.,][0-9]+)?|[.,][0-9]+)", currency)
        // The decimal mark of this one is any character in the original, too.
        result["money point"] = spaced("[-+]?", "[0-9]{1,3}(,[0-9]{3})*(.[0-9]+)?", currency)
        result["money comma"] = spaced("[-+]?", "[0-9]{1,3}(\\.[0-9]{3})*(,[0-9]+)?", currency)
        return result
    }()

    private static let times: [String: String] = {
        let day = "(0?[1-9]|[12][0-9]|3[01])"
        let month = "(0?[1-9]|1[012])"
        let year = "([12][0-9])?[0-9]{2}"
        let separator = "[-./]"
        let hour24 = "([01]?[0-9]|2[0-3])"
        let hour12 = "(0?[0-9]|1[0-2])"
        let minute = "[0-5]?[0-9]"
        let second = "[0-5]?[0-9]([.,][0-9]+)?"
        let isoDay = "((0[1-9]|1[012])-?(0[1-9]|[12][0-9]|3[01])|W[0-5][0-9](-?[1-7])?|[0-3][0-9]{2})"
        let isoClock = "\(hour24)(:?[0-5][0-9](:?[0-5][0-9]([.,][0-9]+)?)?)?"
        let isoZone = "([-+]\(hour24):?[0-5][0-9]|Z)?"
        return [
            "date us": spaced(month + separator + day + separator + year),
            "date eu": spaced(day + separator + month + separator + year),
            "date inverse": spaced(year + separator + month + separator + day),
            "date iso 8601": spaced("[12][0-9]{3}-?\(isoDay)([ T]\(isoClock)\(isoZone))?"),
            "time 24h": spaced("\(hour24):\(minute)(:\(second))?"),
            "time 24h nosec": spaced("\(hour24):\(minute)"),
            "time 12h": spaced("\(hour12):\(minute)(:\(second))?"),
            "time 12h nosec": spaced("\(hour12):\(minute)"),
            "timestamp 24h": spaced("\(hour24):\(minute):\(second)"),
            "timestamp 12h": spaced("\(hour12):\(minute):\(second)"),
        ]
    }()

    private static let identifiers: [String: String] = {
        let hex = "[0-9a-fA-F]"
        let ipv4 = "^([0-9]{1,3}\\.){3}[0-9]{1,3}$"
        let letters = "a-zA-ZÀ-ÿĀ-ſƀ-ȳ0-9"
        return [
            "uuid": "^\(hex){8}-(\(hex){4}-){3}\(hex){12}$",
            "ip address": ipv4,
            "ipv4 address": ipv4,
            "ipv6 address": ipv6,
            "email": "^[\(letters)._%+-]+@[\(letters)._%-]+\\.[A-Za-z]{2,4}$",
            "phone number":
                "^((\\+[0-9]{1,2}\\s)?\\(?[0-9]{3}\\)?[\\s.-])?[0-9]{3}[\\s.-][0-9]{4}$",
            // Only the first alternative is bound to the start and the last to the end, as in the original.
            "credit card number": "^[0-9]{14}|[0-9]{15}|([0-9]{4}-){3}[0-9]{4}|([0-9]{4} ){3}[0-9]{4}$",
        ]
    }()

    /// All forms of an address: full, with the zeros left out at each place, with an IPv4 address at its end.
    private static let ipv6: String = {
        let group = "[0-9a-fA-F]{1,4}"
        let octet = "(25[0-5]|(2[0-4]|1?[0-9])?[0-9])"
        let ipv4 = "(\(octet)\\.){3}\(octet)"
        var forms = ["(\(group):){7}\(group)", "(\(group):){1,7}:", ":((:\(group)){1,7}|:)"]
        for before in 1...6 {
            forms.append("(\(group):){1,\(before)}(:\(group)){1,\(7 - before)}")
        }
        forms.append("fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+")
        forms.append("::(ffff(:0{1,4})?:)?\(ipv4)")
        forms.append("(\(group):){1,4}:\(ipv4)")
        return "^(" + forms.joined(separator: "|") + ")$"
    }()
}

/// Texts with places for what is to be said.
package enum NotificationTemplate {
    /// The body for receivers that were given no template.
    static func standard(for kind: NotificationSettings.Kind) -> String {
        switch kind {
        case .slack:
            #"{"text":"Pipeline *{{pipeline}}* {{status}} (run {{run}}, {{seconds}} s). {{message}}"}"#
        case .webhook:
            #"{"pipeline":"{{pipeline}}","run":"{{run}}","status":"{{status}}","message":"{{message}}","#
                + #""failed_steps":"{{failed_steps}}","seconds":{{seconds}}}"#
        }
    }

    /// Puts values in.
    ///
    /// What is no known place stays as it stands.
    package static func fill(
        _ template: String, with notification: RunNotification, asJSON: Bool
    ) -> String {
        let values = [
            "pipeline": notification.pipeline, "run": notification.run.rawValue,
            "status": notification.status.rawValue, "message": notification.message,
            "failed_steps": notification.failedSteps.joined(separator: ", "),
            "seconds": "\(Double(notification.milliseconds) / 1000)",
        ]
        var filled = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
            filled += rest[..<open.lowerBound]
            let name = String(rest[open.upperBound..<close.lowerBound]).trimmingWhitespace()
            guard let value = values[name] else {
                // Two braces may also begin something else, such as an object in an object.
                filled += "{"
                rest = rest[rest.index(after: open.lowerBound)...]
                continue
            }
            filled += asJSON ? escaped(value) : value
            rest = rest[close.upperBound...]
        }
        return filled + rest
    }

    /// The text as it stands between the quotation marks of a JSON string.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

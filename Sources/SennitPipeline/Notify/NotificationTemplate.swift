import ByteText

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
        var rest = template.bytes
        while let (before, after) = rest.cut(at: "{{"), let (name, afterName) = after.cut(at: "}}") {
            filled += before.text
            guard let value = values[name.trimmed.string] else {
                // Two braces may also begin something else, such as an object in an object.
                filled += "{"
                rest = ByteText(rest.text[before.text.endIndex...]).withoutStart("{") ?? ""
                continue
            }
            filled += asJSON ? value.bytes.jsonEscaped : value
            rest = afterName
        }
        return filled + rest.text
    }
}

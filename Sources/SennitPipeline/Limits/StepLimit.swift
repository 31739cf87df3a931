/// A number of steps that may run at once, over all runs and all processes on one store.
///
/// ```swift
/// Step("load", Load(), inputs: ["rows"], limit: "warehouse")
/// ```
///
/// How many it is says the section `limits` of the configuration, such as `limits: {warehouse: 2}`, or
/// ``PipelineRunner/limits``; one that is not mentioned there lets one step run at a time.
public struct StepLimit: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The name, which steps of any pipeline share: letters, digits, `.`, `_` and `-`.
    public var name: String
    /// How long a step waits for its turn before it fails; a day unless said otherwise.
    ///
    /// The wait is no part of the step's own timeout.
    public var maximumWait: Duration

    /// Names a limit.
    public init(_ name: String, maximumWait: Duration = .seconds(86_400)) {
        self.name = name
        self.maximumWait = maximumWait
    }

    /// Names a limit.
    public init(stringLiteral name: String) { self.init(name) }

    /// What is wrong with it; nil if nothing is.
    var problem: String? {
        if (try? NameRule.check(name, "limit")) == nil { return "a limit whose name '\(name)' is not a name" }
        return maximumWait > .zero ? nil : "a wait for limit '\(name)' of \(maximumWait); it must be positive"
    }
}

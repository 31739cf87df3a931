/// What an observer of a run is told while it runs.
public enum RunNotice: Sendable, Hashable {
    /// A run is taken up again, and this is how far it has come; comes before the events of the new session.
    case takenUp(RunSummary)
    /// An event has been added to the history.
    case event(RecordedRunEvent)
    /// A step has told how far it has come; comes up to ten times a second and is not in the history.
    case progress(step: String, attempt: Int, StepProgress)
}

/// Is told what happens in a run, in order.
///
/// It must not block.
public typealias RunObserver = @Sendable (RunNotice) -> Void

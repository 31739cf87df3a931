import CSennit

/// What a started process does first about signals.
package enum WorkerBoot {
    /// Makes this process and all of its session die with its parent, and lets a broken pipe be an error rather than a
    /// signal.
    ///
    /// A diverted process has done this before its entry runs; calling it again does no harm. Signals do here what they
    /// do in the parent, handlers apart; the worker leads a session of its own, so a terminal's Ctrl-C does not reach
    /// it, and a terminal never stops it for writing.
    package static func install(name: String = "sennit-worker") {
        // Safety: Swift keeps the name as a C string for the call, and the kernel copies it.
        unsafe sennit_boot_install(name)
    }

    /// Makes a stopped worker end with its parent as well.
    ///
    /// To be called by a thread that lives as long as the process and is not its main thread.
    package static func continueAtParentsDeath() { sennit_continue_at_parents_death() }

    /// Whether a started copy of this executable is diverted before its `main`.
    ///
    /// False in a fully static executable: there `runWorkerIfNeeded()` must stand at the top of `main`.
    package static var isDiversionAvailable: Bool { sennit_diversion_available() }

    /// Runs the worker and exits if this process was started as one; returns otherwise.
    package static func runWorkerIfNeeded() {
        sennit_run_worker_if_needed()
    }
}

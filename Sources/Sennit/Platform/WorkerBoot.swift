import CSennit

/// What a started process does first about signals.
package enum WorkerBoot {
    /// Makes this process and its group die with its parent, and lets a broken pipe be an error rather than a signal.
    ///
    /// A diverted process has done this before its entry runs; calling it again does no harm. Signals that end a
    /// process by default do so here; the worker is in a group of its own, so a terminal's Ctrl-C does not reach it.
    package static func install(name: String = "sennit-worker") {
        // Safety: Swift keeps the name as a C string for the call, and the kernel copies it.
        unsafe sennit_boot_install(name)
    }

    /// Whether a started copy of this executable is diverted before its `main`.
    ///
    /// False in a fully static executable: there `runWorkerIfNeeded()` must stand at the top of `main`.
    package static var isDiversionAvailable: Bool { sennit_diversion_available() }

    /// Runs the worker and exits if this process was started as one; returns otherwise.
    package static func runWorkerIfNeeded() {
        sennit_run_worker_if_needed()
    }
}

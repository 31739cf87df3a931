#ifndef SENNIT_START_H
#define SENNIT_START_H

#include <stdbool.h>
#include <stdint.h>

// A worker is the same executable, started again with SENNIT_WORKER=<mode>:<protocol> in its
// environment and its control socket as descriptor 3. On glibc the process is diverted before
// `main`: see sennit_start.c.

#ifdef __cplusplus
extern "C" {
#endif

/// The name of the environment variable that diverts a process.
#define SENNIT_WORKER_VARIABLE "SENNIT_WORKER"
/// The name of the environment variable that holds what the process's own SWIFT_BACKTRACE is to be: "=" and the value,
/// or nothing.
#define SENNIT_BACKTRACE_VARIABLE "SENNIT_BACKTRACE"
/// The protocol between a starter and what it starts; both are the same executable.
#define SENNIT_PROTOCOL 1
/// The descriptor of the control socket in everything that is started.
#define SENNIT_CONTROL_DESCRIPTOR 3
/// The exit status of a process that was diverted but cannot serve (EX_USAGE).
#define SENNIT_EXIT_USAGE 64

/// What a diverted process does.
enum sennit_mode {
    sennit_mode_none = 0,
    sennit_mode_worker = 1,
    sennit_mode_zygote = 2,
    /// An entry that a test bundle defines; see sennit_fixture_main.
    sennit_mode_fixture = 3,
    /// Outlives its starter and clears up after it.
    sennit_mode_guardian = 4,
};

/// Runs a worker on descriptor 3. The worker runtime defines it; the weak default says that none is linked.
int sennit_worker_main(void);
/// Runs a test bundle's entry on descriptor 3. The weak default says that none is linked.
int sennit_fixture_main(void);
/// Runs a guardian on descriptor 3. The module that guards something defines it; the weak default says that none is
/// linked.
int sennit_guardian_main(void);
/// Serves fork requests on descriptor 3 until the socket closes. Must run in a single-threaded process.
int sennit_zygote_main(void);

/// Says whether this process was started in a way that diverts workers before `main`.
bool sennit_diversion_available(void);
/// Runs the worker and exits if the environment asks for one; else returns. For builds without the diversion.
void sennit_run_worker_if_needed(void);

/// Runs one mode's entry on descriptor 3 and returns its exit status.
int sennit_run_mode(int mode);
/// Shows `title` as the process's command line, within the room the first one left. Only in a diverted process.
void sennit_set_title(const char *title);

#ifdef __cplusplus
}
#endif
#endif

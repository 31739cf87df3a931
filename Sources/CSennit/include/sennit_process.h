#ifndef SENNIT_PROCESS_H
#define SENNIT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

// Starting, signalling and reaping child processes, and what a child does about its parent's death.
// Everything returns 0 or an errno unless it says otherwise.

#ifdef __cplusplus
extern "C" {
#endif

/// Where starting a process failed.
enum sennit_step {
    sennit_step_none = 0,
    sennit_step_fork = 1,
    sennit_step_group = 2,
    sennit_step_parent = 3,
    sennit_step_descriptors = 4,
    sennit_step_limits = 5,
    sennit_step_exec = 6,
    sennit_step_pidfd = 7,
    sennit_step_zygote = 8,
    sennit_step_user = 9,
};

/// The number of the limit on core files; the C library's own differs in type from system to system.
static const int32_t SENNIT_RLIMIT_CORE = RLIMIT_CORE;

/// One resource limit, as for setrlimit.
struct sennit_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

/// What to start. Descriptors below 0 mean: standard streams from and to /dev/null, no control descriptor.
struct sennit_spawn_request {
    const char *executable;
    char *const *arguments;
    char *const *environment;
    int standard_input;
    int standard_output;
    int standard_error;
    int control;
    const struct sennit_limit *limits;
    size_t limit_count;
    /// Lives on when the thread that starts it ends.
    bool outlives_parent;
    /// Leads a session of its own, not only a process group.
    bool leads_session;
    /// Signals that the parent ignores stay ignored, as in whatever a program starts; else all are at their defaults.
    bool keeps_ignored_signals;
    /// The signal it gets when that thread ends; 0 for sennit_parent_death_signal().
    int death_signal;
    /// Becomes this user and group and leaves all supplementary groups; only root can.
    bool changes_user;
    uint32_t user;
    uint32_t group;
    /// A process that becomes this one's child, started before this one's file is executed; NULL for none. This one
    /// adopts what the ward leaves behind. A ward has none itself.
    const struct sennit_spawn_request *ward;
    /// One of `arguments`, of SENNIT_WARD_NUMBER_SIZE bytes, into which the ward's number is written; NULL for none.
    char *ward_number;
};

/// Room for the digits of a process's number, a sign and the zero at the end.
#define SENNIT_WARD_NUMBER_SIZE 12

/// What came of a start: a process, or the errno and step of the failure.
struct sennit_spawn_result {
    pid_t pid;
    /// Below 0 where the system has no such descriptors.
    int pidfd;
    /// The ward's process, or 0.
    pid_t ward;
    int error;
    int step;
    /// Whether it was the ward that could not be started.
    bool failed_in_ward;
};

/// Starts a process in its own process group, or its own session. The calling thread must live as long as the child
/// should.
struct sennit_spawn_result sennit_spawn(const struct sennit_spawn_request *request);

/// Places the four descriptors at 0...3 and closes every other. Async-signal-safe. For a fresh child only.
int sennit_place_descriptors(int input, int output, int error, int control);

/// The signal a child gets when its parent dies.
int sennit_parent_death_signal(void);
/// Makes this process, and its session or group, die with its parent, makes a broken pipe an error and names the
/// process.
/// What the process starts has the signals as its parent had them.
void sennit_boot_install(const char *name);
/// Makes a stopped process hear of its parent's death. To be called by a thread that lives as long as the process and
/// is not the one that called sennit_boot_install.
void sennit_continue_at_parents_death(void);
/// Makes this process known to itself; see sennit_is_process.
void sennit_mark_process(void);
/// Whether this is the process of that number, which has called sennit_mark_process, and not a copy of it by fork.
/// Costs a load, and a system call where the kernel does not wipe pages for copies (before Linux 4.14).
bool sennit_is_process(pid_t pid);
/// Ends every process of the session but its leader, in whatever process groups they are. Async-signal-safe.
void sennit_end_session(pid_t session);
/// Ends this process with its session if it leads one, or with its group. Async-signal-safe.
void sennit_end_own_session(void);
/// What a process does first that outlives its parent in order to clear up: it ignores the signals that end a session,
/// adopts what its children leave behind and leaves its directory.
void sennit_boot_outlive(const char *name);
/// Asks for a signal at the parent's death and checks that `parent` is still the parent; ESRCH if not.
/// Async-signal-safe.
int sennit_die_of(int signal, pid_t parent);
/// Asks for the parent-death signal and checks that `parent` is still the parent; ESRCH if not. Async-signal-safe.
int sennit_die_with(pid_t parent);
/// Sets every signal's disposition to the default, perhaps but those that are ignored. Async-signal-safe.
void sennit_reset_signals(bool keeps_ignored);

/// The environment block of this process, ended by NULL.
char *const *sennit_environment(void);

int sennit_pidfd_open(pid_t pid, int *descriptor);
/// Whether an errno of a system call says that the kernel has not got it, or that a container may not make it.
bool sennit_is_refusal(int error);
/// Signals a child, by its pidfd if there is one (else below 0); ESRCH when it is reaped. Never signals another.
int sennit_signal_child(pid_t pid, int pidfd, int signal);
/// Waits until a child has ended, and leaves it to be reaped.
void sennit_await_end(pid_t pid);

/// How a child ended: `code` is CLD_EXITED, CLD_KILLED or CLD_DUMPED, or 0 while it runs.
struct sennit_wait_result {
    int error;
    int code;
    int status;
};

/// Reaps a child if it has ended, by its pidfd if there is one (else below 0); never touches another child. When
/// somebody else in this process has reaped it, the status is asked of the kernel (Linux 6.15), which takes some
/// milliseconds at most; ECHILD where the kernel does not keep it.
struct sennit_wait_result sennit_reap_child(pid_t pid, int pidfd);

/// The name of a signal such as "SIGKILL", or NULL.
const char *sennit_signal_name(int signal);

/// The request of a zygote's client; the descriptors travel beside it, in the order control, output, error.
struct sennit_fork_request {
    uint32_t magic;
    int32_t mode;
    int32_t parent;
    /// Which descriptors are attached: 1 control, 2 standard output, 4 standard error.
    uint32_t attached;
    char title[48];
};

/// The zygote's answer, and with `pid` 0 and `error` 0 its greeting.
struct sennit_fork_reply {
    uint32_t magic;
    int32_t pid;
    int32_t error;
    int32_t step;
};

#define SENNIT_FORK_MAGIC 0x53464b31u

/// Sends a fork request with its descriptors (below 0: not attached).
int sennit_zygote_request(int socket, struct sennit_fork_request *request, int control, int output, int error);
/// Waits for a reply; ETIMEDOUT after `timeout_milliseconds`, ECONNRESET if the zygote is gone.
int sennit_zygote_receive(int socket, struct sennit_fork_reply *reply, int timeout_milliseconds);

#ifdef __cplusplus
}
#endif
#endif

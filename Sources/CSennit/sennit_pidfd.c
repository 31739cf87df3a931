// Processes by descriptor: signalling and reaping without ever meaning another process. Where the system refuses these
// calls, by number, which means the right process for as long as it is our child and not reaped.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int sennit_pidfd_open(pid_t pid, int *descriptor) {
    *descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
    return *descriptor < 0 ? errno : 0;
}

bool sennit_is_refusal(int error) { return error == ENOSYS || error == EPERM || error == EACCES; }

int sennit_signal_child(pid_t pid, int pidfd, int signal) {
    if (pidfd >= 0) {
        if (syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0) return 0;
        if (!sennit_is_refusal(errno)) return errno;
    }
    siginfo_t information;
    if (waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return errno == ECHILD ? ESRCH : errno;
    }
    return kill(pid, signal) == 0 ? 0 : errno;
}

// What the kernel tells of the process behind a pidfd, by its first form (Linux 6.13); headers of 2023 lack it.
struct process_information {
    uint64_t mask;
    uint64_t control_group;
    uint32_t pid, process_group_leader, parent;
    uint32_t user_and_group_ids[8];
    int32_t exit_code;
};
#define GET_PROCESS_INFORMATION _IOWR(0xFF, 11, struct process_information)
#define INFORMATION_ON_EXIT (UINT64_C(1) << 3)

/// Finds out how a process ended whose status somebody else has collected: the kernel keeps it with each pidfd that
/// was opened before, since Linux 6.15. False where it does not.
static int status_after_reaping(int pidfd, struct sennit_wait_result *result) {
    // The status is there a moment after the process is no child any more.
    for (int attempt = 0; attempt < 100; attempt++) {
        struct process_information information;
        memset(&information, 0, sizeof information);
        information.mask = INFORMATION_ON_EXIT;
        if (ioctl(pidfd, GET_PROCESS_INFORMATION, &information) != 0) return 0;
        if (information.mask & INFORMATION_ON_EXIT) {
            int status = information.exit_code;
            int signal = WIFSIGNALED(status);
            result->error = 0;
            result->code = !signal ? CLD_EXITED : WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
            result->status = signal ? WTERMSIG(status) : WEXITSTATUS(status);
            return 1;
        }
        struct timespec pause = {0, 20000};
        nanosleep(&pause, NULL);
    }
    return 0;
}

void sennit_await_end(pid_t pid) {
    siginfo_t information;
    // Leaves the status for whoever reaps it. Any other error means that it is nobody to wait for.
    while (waitid(P_PID, (id_t)pid, &information, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
}

static int wait_for(idtype_t kind, int which, siginfo_t *information) {
    int outcome;
    memset(information, 0, sizeof *information);
    do outcome = waitid(kind, (id_t)which, information, WEXITED | WNOHANG);
    while (outcome != 0 && errno == EINTR);
    return outcome == 0 ? 0 : errno;
}

struct sennit_wait_result sennit_reap_child(pid_t pid, int pidfd) {
    struct sennit_wait_result result = {0, 0, 0};
    siginfo_t information;
    // Linux before 5.4 has the descriptors, and cannot wait for one.
    result.error = pidfd < 0 ? EINVAL : wait_for((idtype_t)P_PIDFD, pidfd, &information);
    if (result.error == EINVAL) result.error = wait_for(P_PID, pid, &information);
    if (result.error == ECHILD && pidfd >= 0) (void)status_after_reaping(pidfd, &result);
    if (result.error != 0 || result.code != 0) return result;
    if (information.si_pid == 0) return result;
    result.code = information.si_code;
    result.status = information.si_status;
    return result;
}

const char *sennit_signal_name(int signal) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},     {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"},
        {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},     {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},
        {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},   {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},
        {SIGCHLD, "SIGCHLD"}, {SIGCONT, "SIGCONT"},   {SIGSTOP, "SIGSTOP"}, {SIGTSTP, "SIGTSTP"}, {SIGTTIN, "SIGTTIN"},
        {SIGTTOU, "SIGTTOU"}, {SIGURG, "SIGURG"},     {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGPROF, "SIGPROF"},
        {SIGIO, "SIGIO"},     {SIGSYS, "SIGSYS"},     {SIGWINCH, "SIGWINCH"}, {SIGVTALRM, "SIGVTALRM"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == signal) return names[i].name;
    }
    return NULL;
}
#endif

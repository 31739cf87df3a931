// Processes by descriptor: signalling and reaping without ever meaning another process. Where the system refuses these
// calls, by number, which means the right process for as long as it is our child and not reaped.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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
    if (result.error != 0) return result;
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

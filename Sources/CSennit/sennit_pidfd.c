// Processes by descriptor: signalling and reaping without ever meaning another process.

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

int sennit_pidfd_send_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0 ? 0 : errno;
}

struct sennit_wait_result sennit_pidfd_reap(int pidfd) {
    struct sennit_wait_result result = {0, 0, 0};
    siginfo_t information;
    memset(&information, 0, sizeof information);
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &information, WEXITED | WNOHANG) != 0) {
        if (errno == EINTR) continue;
        result.error = errno;
        return result;
    }
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

// What a started process does about its parent's death and its terminal.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>

static volatile pid_t boot_parent = 0;
// A zygote catches SIGHUP for itself, and must not pass on to the workers that it forks that it does not ignore it.
static volatile sig_atomic_t ignored_hangup = 0;

// A real-time signal that neither the C library nor the Swift runtime uses.
int sennit_parent_death_signal(void) { return SIGRTMIN + 9; }

int sennit_die_of(int signal, pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, signal) != 0) return errno;
    // The parent may have died before the line above.
    return getppid() == parent ? 0 : ESRCH;
}

int sennit_die_with(pid_t parent) { return sennit_die_of(sennit_parent_death_signal(), parent); }

void sennit_reset_signals(bool keeps_ignored) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        struct sigaction before;
        if (keeps_ignored && sigaction(signal, NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
        sigaction(signal, &action, NULL);
    }
}

// The parent is dead: take along what the tasks have started.
static void end_all(int signal) {
    (void)signal;
    sennit_end_own_session();
}

// Does nothing: that it is there makes a broken pipe an error here, and what this process starts has the default again.
static void let_pass(int signal) { (void)signal; }

// The kernel sends SIGHUP and SIGCONT to a group with stopped members that its parent's death has orphaned, if it is in
// its parent's session. That is how a stopped zygote gets to run end_all; a worker, which leads a session, has another
// way (sennit_continue_at_parents_death). Any other SIGHUP does what it does by default.
static void hang_up(int signal) {
    if (getppid() != boot_parent) end_all(signal);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, NULL);
    raise(signal);
}

void sennit_boot_install(const char *name) {
    boot_parent = getppid();
    bool leads_session = getsid(0) == getpid();

    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    sigfillset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = end_all;
    sigaction(sennit_parent_death_signal(), &action, NULL);
    if (!leads_session) {
        if (sigaction(SIGHUP, NULL, &before) == 0) ignored_hangup = before.sa_handler == SIG_IGN;
        action.sa_handler = hang_up;
        sigaction(SIGHUP, &action, NULL);
    } else if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == hang_up) {
        action.sa_handler = ignored_hangup ? SIG_IGN : SIG_DFL;
        sigaction(SIGHUP, &action, NULL);
    }
    if (sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        action.sa_handler = let_pass;
        sigaction(SIGPIPE, &action, NULL);
    }

    // Whoever started us has asked for the signal already; this covers a start by hand.
    sennit_die_with(boot_parent);
    prctl(PR_SET_NAME, name);
}

void sennit_continue_at_parents_death(void) {
    // Each thread may ask for a signal of its own. The one that ends the process waits while it is stopped; this one
    // continues it.
    prctl(PR_SET_PDEATHSIG, SIGCONT);
}

void sennit_boot_outlive(const char *name) {
    static const int ignored[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) sigaction(ignored[i], &action, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    // Else the directory it was started in could not be removed or unmounted.
    if (chdir("/") != 0) return;
    prctl(PR_SET_NAME, name);
}
#endif

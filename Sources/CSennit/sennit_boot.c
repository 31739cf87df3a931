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
static volatile sig_atomic_t leads_group = 0;

// A real-time signal that neither the C library nor the Swift runtime uses.
int sennit_parent_death_signal(void) { return SIGRTMIN + 9; }

int sennit_die_of(int signal, pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, signal) != 0) return errno;
    // The parent may have died before the line above.
    return getppid() == parent ? 0 : ESRCH;
}

int sennit_die_with(pid_t parent) { return sennit_die_of(sennit_parent_death_signal(), parent); }

void sennit_reset_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal <= SIGRTMAX; signal++) sigaction(signal, &action, NULL);
}

// The parent is dead: take the whole group along, what the tasks have started too.
static void end_group(int signal) {
    (void)signal;
    // Without a group of our own, 0 would mean somebody else's group.
    kill(leads_group ? 0 : getpid(), SIGKILL);
}

// The kernel sends SIGHUP and SIGCONT to a group with stopped members that its parent's death has orphaned. That is
// how a stopped worker gets to run end_group. (Not if its new parent is in its own session: then it stays stopped, and
// ends as soon as something continues it.) Any other SIGHUP does what it does by default.
static void hang_up(int signal) {
    if (getppid() != boot_parent) end_group(signal);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, NULL);
    raise(signal);
}

void sennit_boot_install(const char *name) {
    boot_parent = getppid();
    leads_group = getpgrp() == getpid();

    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigfillset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = end_group;
    sigaction(sennit_parent_death_signal(), &action, NULL);
    action.sa_handler = hang_up;
    sigaction(SIGHUP, &action, NULL);
    // A broken pipe is an error value here, not a death.
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = SIG_DFL;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGCHLD, &action, NULL);

    // Whoever started us has asked for the signal already; this covers a start by hand.
    sennit_die_with(boot_parent);
    prctl(PR_SET_NAME, name);
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

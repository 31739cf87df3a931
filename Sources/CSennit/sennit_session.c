// Ends a session: all that a worker has started, whatever process groups it is in.
//
// No system call ends a session. So its members are looked for in /proc, again and again until there are no more: one
// that forks while it is being looked for is found the next time. A process that has left the session by `setsid` is
// not found.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__linux__)

enum { most_rounds = 64, most_remembered = 512 };

// What the kernel lists of a directory.
struct listed {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static pid_t number_in(const char *name) {
    pid_t number = 0;
    const char *digit = name;
    for (; *digit >= '0' && *digit <= '9'; digit++) number = number * 10 + (*digit - '0');
    return *digit == '\0' ? number : 0;
}

// Whether the process has ended and waits to be reaped: there is nothing left to end.
static bool has_ended(pid_t pid) {
    char path[32] = "/proc/";
    char digits[16];
    int count = 0;
    for (pid_t rest = pid; rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    size_t at = strlen(path);
    while (count > 0) path[at++] = digits[--count];
    memcpy(path + at, "/stat", sizeof "/stat");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    char text[512];
    ssize_t size = read(file, text, sizeof text);
    close(file);
    // The state stands behind the name, which may hold brackets itself.
    for (ssize_t i = size - 3; i >= 0; i--) {
        if (text[i] == ')') return text[i + 2] == 'Z' || text[i + 2] == 'X';
    }
    return true;
}

// True if the process was there to be ended.
static bool end_member(pid_t pid, pid_t session) {
    int descriptor = -1;
    int failure = sennit_pidfd_open(pid, &descriptor);
    if (failure != 0 && !sennit_is_refusal(failure)) return false;
    // The number may have gone to another process before the descriptor was there; now it cannot mean another.
    bool is_member = getsid(pid) == session && !has_ended(pid);
    if (is_member && failure == 0 && syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, NULL, 0) != 0) failure = errno;
    // Without descriptors of processes the number has to do.
    if (is_member && sennit_is_refusal(failure)) failure = kill(pid, SIGKILL) == 0 ? 0 : errno;
    if (descriptor >= 0) close(descriptor);
    return is_member && failure == 0;
}

struct members {
    pid_t remembered[most_remembered];
    size_t count;
};

static bool remembers(const struct members *members, pid_t pid) {
    size_t count = members->count < most_remembered ? members->count : most_remembered;
    for (size_t i = 0; i < count; i++) {
        if (members->remembered[i] == pid) return true;
    }
    return false;
}

// Ends the members that are seen now; false when none was left to end.
static bool end_seen_members(pid_t session, struct members *members) {
    int directory = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return false;
    bool found = false;
    char buffer[4096] __attribute__((aligned(8)));
    long count;
    while ((count = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < count;) {
            struct listed *entry = (struct listed *)(buffer + at);
            at += entry->length;
            pid_t pid = number_in(entry->name);
            // Its leader is the caller's affair.
            if (pid <= 0 || pid == session || getsid(pid) != session || remembers(members, pid)) continue;
            if (!end_member(pid, session)) continue;
            members->remembered[members->count++ % most_remembered] = pid;
            found = true;
        }
    }
    close(directory);
    return found;
}

void sennit_end_session(pid_t session) {
    struct members members = {.count = 0};
    for (int round = 0; round < most_rounds; round++) {
        if (!end_seen_members(session, &members)) return;
    }
}

void sennit_end_own_session(void) {
    pid_t self = getpid();
    if (getsid(0) == self) sennit_end_session(self);
    // Without a group of our own, 0 would mean somebody else's group.
    kill(getpgrp() == self ? 0 : self, SIGKILL);
}
#endif

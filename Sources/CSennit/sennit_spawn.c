// Starts a process without copying the parent: the child borrows the parent's memory until it executes.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define UNWATCHED __attribute__((no_sanitize("thread", "address")))
#endif
#endif
#ifndef UNWATCHED
#define UNWATCHED
#endif

enum { child_stack_size = 64 * 1024 };

// Without close_range (Linux before 5.9): closes what /proc lists. No opendir: it allocates, and this runs in a child
// that shares its parent's heap.
UNWATCHED static int close_listed_from(int first) {
    struct entry {
        uint64_t inode;
        int64_t offset;
        unsigned short length;
        unsigned char type;
        char name[];
    };
    int directory = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return errno;
    char buffer[4096] __attribute__((aligned(8)));
    long count;
    while ((count = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
        bool closed = false;
        for (long at = 0; at < count;) {
            struct entry *entry = (struct entry *)(buffer + at);
            at += entry->length;
            int descriptor = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9') descriptor = descriptor * 10 + (*digit++ - '0');
            if (digit == entry->name || *digit != '\0') continue;
            if (descriptor >= first && descriptor != directory) {
                close(descriptor);
                closed = true;
            }
        }
        // The listing has changed under us: read it afresh.
        if (closed) lseek(directory, 0, SEEK_SET);
    }
    close(directory);
    return 0;
}

UNWATCHED static int close_from(int first) {
#if defined(SYS_close_range)
    if (syscall(SYS_close_range, first, ~0u, 0) == 0) return 0;
#endif
    return close_listed_from(first);
}

// A copy out of the way of 0...3, so that no later dup2 closes a source that is still wanted.
UNWATCHED static int copy_aside(int descriptor, int null_flags, int *copy) {
    int source = descriptor;
    if (source < 0) source = open("/dev/null", null_flags | O_CLOEXEC);
    if (source < 0) return errno;
    *copy = fcntl(source, F_DUPFD_CLOEXEC, 4);
    return *copy < 0 ? errno : 0;
}

UNWATCHED int sennit_place_descriptors(int input, int output, int error, int control) {
    int copies[4] = {-1, -1, -1, -1};
    // An inherited stream that the parent has closed is replaced as well.
    bool has_input = input >= 0 && fcntl(input, F_GETFD) >= 0;
    int failure = copy_aside(has_input ? input : -1, O_RDONLY, &copies[0]);
    bool has_output = output >= 0 && fcntl(output, F_GETFD) >= 0;
    if (failure == 0) failure = copy_aside(has_output ? output : -1, O_WRONLY, &copies[1]);
    if (failure == 0) failure = copy_aside(error, O_WRONLY, &copies[2]);
    if (failure == 0 && control >= 0) failure = copy_aside(control, O_RDONLY, &copies[3]);
    if (failure != 0) return failure;
    for (int place = 0; place < 4; place++) {
        if (copies[place] < 0) close(place);
        else if (dup2(copies[place], place) < 0) return errno;
    }
    return close_from(4);
}

// The C library's functions would change every thread of the parent, whose memory this is; the system calls change the
// child alone.
UNWATCHED static int become_user(uint32_t user, uint32_t group) {
    if (syscall(SYS_setgroups, 0, NULL) != 0) return errno;
    if (syscall(SYS_setresgid, group, group, group) != 0) return errno;
    if (syscall(SYS_setresuid, user, user, user) != 0) return errno;
    return 0;
}

struct child_arguments {
    const struct sennit_spawn_request *request;
    pid_t parent;
    char *ward_stack;
    volatile pid_t ward;
    volatile int error;
    volatile int step;
    volatile bool failed_in_ward;
};

UNWATCHED static int fail_child(struct child_arguments *arguments, int step, int error) {
    if (arguments->ward > 0) {
        kill(arguments->ward, SIGKILL);
        while (waitpid(arguments->ward, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    arguments->error = error;
    arguments->step = step;
    _exit(127);
}

UNWATCHED static void write_number(char *text, pid_t number) {
    char digits[SENNIT_WARD_NUMBER_SIZE];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) *text++ = digits[--count];
    *text = '\0';
}

UNWATCHED static int run_child(void *raw);

// Starts the child's own child, in the same way: the child waits until that one has executed its file.
UNWATCHED static bool start_ward(struct child_arguments *arguments) {
    const struct sennit_spawn_request *request = arguments->request;
    // Survives the execution of the child's file, so that not even a moment is left in which the ward's own children
    // could get lost.
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        arguments->error = errno;
        arguments->step = sennit_step_parent;
        return false;
    }
    struct child_arguments ward = {.request = request->ward, .parent = getpid()};
    char *stack_end = arguments->ward_stack + child_stack_size;
    pid_t pid = clone(run_child, stack_end, CLONE_VM | CLONE_VFORK | SIGCHLD, &ward);
    if (pid < 0 || ward.error != 0) {
        arguments->error = pid < 0 ? errno : ward.error;
        arguments->step = pid < 0 ? sennit_step_fork : ward.step;
        arguments->failed_in_ward = true;
        return false;
    }
    arguments->ward = pid;
    if (request->ward_number != NULL) write_number(request->ward_number, pid);
    return true;
}

UNWATCHED static int run_child(void *raw) {
    struct child_arguments *arguments = raw;
    const struct sennit_spawn_request *request = arguments->request;
    int failure;

    // No handler of the parent's may run on the memory we share; the signals stay blocked until just before exec.
    sennit_reset_signals(request->keeps_ignored_signals);
    int grouped = request->leads_session ? (setsid() < 0 ? -1 : 0) : setpgid(0, 0);
    if (grouped != 0) return fail_child(arguments, sennit_step_group, errno);
    // First, while this process still has all of its parent's descriptors.
    if (request->ward != NULL && !start_ward(arguments)) _exit(127);
    failure = sennit_place_descriptors(request->standard_input,
                                       request->standard_output, request->standard_error, request->control);
    if (failure != 0) return fail_child(arguments, sennit_step_descriptors, failure);
    for (size_t i = 0; i < request->limit_count; i++) {
        struct rlimit limit = {request->limits[i].soft, request->limits[i].hard};
        if (setrlimit(request->limits[i].resource, &limit) != 0) {
            return fail_child(arguments, sennit_step_limits, errno);
        }
    }
    if (request->changes_user && (failure = become_user(request->user, request->group)) != 0) {
        return fail_child(arguments, sennit_step_user, failure);
    }
    // After the change of user, which cancels the request.
    if (!request->outlives_parent) {
        int signal = request->death_signal != 0 ? request->death_signal : sennit_parent_death_signal();
        failure = sennit_die_of(signal, arguments->parent);
        if (failure != 0) return fail_child(arguments, sennit_step_parent, failure);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->executable, request->arguments, request->environment);
    return fail_child(arguments, sennit_step_exec, errno);
}

static void reap_failed_child(pid_t pid) {
    siginfo_t information;
    while (waitid(P_PID, (id_t)pid, &information, WEXITED) != 0 && errno == EINTR) {
    }
}

struct sennit_spawn_result sennit_spawn(const struct sennit_spawn_request *request) {
    struct sennit_spawn_result result = {.pid = -1, .pidfd = -1};
    struct child_arguments arguments = {.request = request, .parent = getpid()};

    const struct sennit_spawn_request *ward = request->ward;
    bool changes_user = request->changes_user || (ward != NULL && ward->changes_user);
    size_t stack_size = (size_t)child_stack_size * (ward == NULL ? 1 : 2);
    char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) {
        result.error = errno;
        result.step = sennit_step_fork;
        return result;
    }
    arguments.ward_stack = stack + child_stack_size;
    // A change of user in the child makes the memory that it shares with us unreadable for debuggers; see below.
    int dumpable = prctl(PR_GET_DUMPABLE);
    sigset_t every, before;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    // The stack grows downwards on every architecture we run on.
    pid_t pid = clone(run_child, stack + child_stack_size, CLONE_VM | CLONE_VFORK | SIGCHLD, &arguments);
    int clone_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    munmap(stack, stack_size);
    if (changes_user) prctl(PR_SET_DUMPABLE, dumpable);

    if (pid < 0) {
        result.error = clone_error;
        result.step = sennit_step_fork;
        return result;
    }
    if (arguments.error != 0) {
        reap_failed_child(pid);
        result.error = arguments.error;
        result.step = arguments.step;
        result.failed_in_ward = arguments.failed_in_ward;
        return result;
    }
    // Nobody else reaps the child, so its number cannot have gone to another process.
    result.error = sennit_pidfd_open(pid, &result.pidfd);
    if (sennit_is_refusal(result.error)) result.error = 0;
    if (result.error != 0) {
        // The ward first: while its parent lives, nobody else can have its number.
        if (arguments.ward > 0) kill(arguments.ward, SIGKILL);
        kill(-pid, SIGKILL);
        reap_failed_child(pid);
        result.step = sennit_step_pidfd;
        return result;
    }
    result.pid = pid;
    result.ward = arguments.ward;
    return result;
}
#endif

extern char **environ;

char *const *sennit_environment(void) { return environ; }

// A zygote: a small single-threaded copy of the executable that has done the dynamic linking already and forks workers
// on request. With CLONE_PARENT they are children of the pool's process, which reaps them like any other.
//
// No Swift code runs here before a fork: the Swift runtime keeps thread numbers in thread-local storage, which a forked
// child would inherit.

#define _GNU_SOURCE
#include "sennit_process.h"
#include "sennit_start.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>

enum { most_descriptors = 3 };

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))

// Where the C library keeps this thread's number. Mutexes, raise and pthread_create read it; a raw clone leaves the
// zygote's number in it unless the kernel is told to write the child's.
static int *thread_number = NULL;
static void *robust_head = NULL;
static size_t robust_length = 0;

// What a mutex believes the current thread's number to be.
static int number_seen_by_mutexes(void) {
    pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &attributes);
    pthread_mutex_lock(&mutex);
    int owner = mutex.__data.__owner;
    pthread_mutex_unlock(&mutex);
    pthread_mutex_destroy(&mutex);
    pthread_mutexattr_destroy(&attributes);
    return owner;
}

static int *find_thread_number(void) {
    int number = (int)syscall(SYS_gettid);
    int *address = NULL;
#ifdef PR_GET_TID_ADDRESS
    // The C library has given the kernel this very address, to be cleared when the thread ends.
    if (prctl(PR_GET_TID_ADDRESS, &address) == 0 && address != NULL && *address == number) return address;
#endif
    // A kernel without that call: the number stands once in the first kilobytes of the thread's block.
    address = NULL;
    int *block = (int *)pthread_self();
    for (size_t i = 0; i < 2048 / sizeof(int); i++) {
        if (block[i] != number) continue;
        if (address != NULL) return NULL;
        address = &block[i];
    }
    return address;
}

static pid_t fork_as(unsigned long flags) {
    flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
#if defined(__x86_64__)
    pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, thread_number, NULL);
#else
    pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, thread_number);
#endif
    // fork() does this too: the kernel forgets the list of robust mutexes in a child.
    if (pid == 0 && robust_head != NULL) syscall(SYS_set_robust_list, robust_head, robust_length);
    return pid;
}

static bool is_sound(void) {
    int number = (int)syscall(SYS_gettid);
    return *thread_number == number && number_seen_by_mutexes() == number;
}

// Tries the trick on a child of our own before anybody relies on it.
static int prepare(void) {
    thread_number = find_thread_number();
    if (thread_number == NULL || !is_sound()) return ENOTSUP;
    syscall(SYS_get_robust_list, 0, &robust_head, &robust_length);
    pid_t pid = fork_as(0);
    if (pid < 0) return errno;
    if (pid == 0) _exit(is_sound() && getpid() == (pid_t)syscall(SYS_gettid) ? 0 : 1);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return errno;
    }
    return status == 0 ? 0 : ENOTSUP;
}
#else
static pid_t fork_as(unsigned long flags) {
    (void)flags;
    errno = ENOTSUP;
    return -1;
}
static bool is_sound(void) { return false; }
static int prepare(void) { return ENOTSUP; }
#endif

static bool is_single_threaded(void) {
    FILE *status = fopen("/proc/self/stat", "re");
    if (status == NULL) return false;
    char line[1024];
    bool single = false;
    if (fgets(line, sizeof line, status) != NULL) {
        // After the name in brackets: state is field 3, the number of threads field 20.
        char *field = strrchr(line, ')');
        for (int number = 2; field != NULL && number < 20; number++) {
            field = strchr(field + 1, ' ');
        }
        single = field != NULL && strtol(field, NULL, 10) == 1;
    }
    fclose(status);
    return single;
}

struct received {
    struct sennit_fork_request request;
    int descriptors[most_descriptors];
    int count;
};

// 1 for a request, 0 when the client is gone, -1 for something that is no request.
static int receive_request(struct received *received) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * most_descriptors)];
        struct cmsghdr align;
    } control;
    struct iovec vector = {&received->request, sizeof received->request};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    received->count = 0;
    ssize_t size;
    do size = recvmsg(SENNIT_CONTROL_DESCRIPTOR, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        received->count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(received->descriptors, CMSG_DATA(header), sizeof(int) * (size_t)received->count);
    }
    bool whole = (size_t)size == sizeof received->request && received->request.magic == SENNIT_FORK_MAGIC &&
                 (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) == 0 &&
                 __builtin_popcount(received->request.attached & 7) == received->count;
    return whole ? 1 : -1;
}

static int next_descriptor(const struct received *received, unsigned bit, int otherwise) {
    if ((received->request.attached & bit) == 0) return otherwise;
    return received->descriptors[__builtin_popcount(received->request.attached & (bit - 1))];
}

// The forked child. Ends in its mode's entry and never returns.
static void become(struct received *received) {
    if (!is_sound()) _exit(SENNIT_EXIT_USAGE);
    setsid();
    if (sennit_die_with((pid_t)received->request.parent) != 0) _exit(SENNIT_EXIT_USAGE);
    int output = next_descriptor(received, 2, STDOUT_FILENO);
    int error = next_descriptor(received, 4, STDERR_FILENO);
    int failure = sennit_place_descriptors(STDIN_FILENO, output, error, next_descriptor(received, 1, -1));
    if (failure != 0) {
        errno = failure;
        perror("sennit: a forked worker cannot place its descriptors");
        _exit(SENNIT_EXIT_USAGE);
    }
    received->request.title[sizeof received->request.title - 1] = '\0';
    if (received->request.title[0] != '\0') sennit_set_title(received->request.title);
    exit(sennit_run_mode(received->request.mode));
}

static int reply(int32_t pid, int32_t error, int32_t step) {
    struct sennit_fork_reply reply = {SENNIT_FORK_MAGIC, pid, error, step};
    ssize_t sent;
    do sent = send(SENNIT_CONTROL_DESCRIPTOR, &reply, sizeof reply, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof reply;
}

int sennit_zygote_main(void) {
    int failure = is_single_threaded() ? prepare() : ENOTSUP;
    if (!reply(0, failure, failure == 0 ? sennit_step_none : sennit_step_zygote) || failure != 0) return 0;
    struct received received;
    int outcome;
    while ((outcome = receive_request(&received)) != 0) {
        pid_t pid = -1;
        int error = EPROTO;
        if (outcome > 0) {
            pid = fork_as(CLONE_PARENT);
            error = errno;
            if (pid == 0) become(&received);
        }
        for (int i = 0; i < received.count; i++) close(received.descriptors[i]);
        if (!reply(pid < 0 ? -1 : pid, pid < 0 ? error : 0, pid < 0 ? sennit_step_fork : sennit_step_none)) break;
    }
    return 0;
}
#endif

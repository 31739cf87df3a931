// Writing to a descriptor that others share, and whose flags are therefore not ours to change.

#define _GNU_SOURCE
#include "sennit_system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_writable(int descriptor, int timeout) {
    struct pollfd entry = {.fd = descriptor, .events = POLLOUT};
    return poll(&entry, 1, timeout) > 0;
}

// A description of our own of the same pipe or terminal; sockets have none.
static int open_without_waiting(int descriptor) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

size_t sennit_write_without_waiting(int descriptor, const void *bytes, size_t size) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return size;
    bool is_file = S_ISREG(status.st_mode), is_socket = S_ISSOCK(status.st_mode);
    int own = is_file || is_socket ? -1 : open_without_waiting(descriptor);
    size_t done = 0;
    while (done < size) {
        const char *next = (const char *)bytes + done;
        size_t rest = size - done;
        ssize_t count;
        if (is_file) {
            count = write(descriptor, next, rest);
        } else if (is_socket) {
            count = send(descriptor, next, rest, MSG_DONTWAIT | MSG_NOSIGNAL);
        } else if (own >= 0) {
            count = write(own, next, rest);
        } else {
            // So many bytes a pipe takes at once if it takes any.
            if (!is_writable(descriptor, 0)) break;
            count = write(descriptor, next, rest < PIPE_BUF ? rest : PIPE_BUF);
        }
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        // Nobody will ever read the rest.
        if (count <= 0) done = size;
        else done += (size_t)count;
    }
    if (own >= 0) close(own);
    return done;
}

ssize_t sennit_write_waiting(int descriptor, const void *bytes, size_t size) {
    while (true) {
        ssize_t count = write(descriptor, bytes, size < PIPE_BUF ? size : PIPE_BUF);
        if (count >= 0) return count;
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return -1;
        // Without a way to wait, trying again and again would only burn the processor.
        if (!is_writable(descriptor, -1) && errno != EINTR) return -1;
    }
}

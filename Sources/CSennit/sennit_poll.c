// Waiting for descriptors with nanosecond time-outs.

#define _GNU_SOURCE
#include "sennit_system.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/epoll.h>

enum { most_events = 64 };

static struct timespec timespec_of(uint64_t nanoseconds) {
    return (struct timespec){(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
}

int sennit_poll_create(int *descriptor) {
    *descriptor = epoll_create1(EPOLL_CLOEXEC);
    return *descriptor < 0 ? errno : 0;
}

int sennit_poll_control(int poll, int operation, int descriptor, uint32_t flags, uint64_t token) {
    struct epoll_event event = {.events = EPOLLRDHUP, .data.u64 = token};
    if (flags & sennit_poll_readable) event.events |= EPOLLIN;
    if (flags & sennit_poll_writable) event.events |= EPOLLOUT;
    int operations[] = {0, EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
    return epoll_ctl(poll, operations[operation], descriptor, &event) == 0 ? 0 : errno;
}

static int wait_for_events(int poll, struct epoll_event *events, int capacity, uint64_t timeout_nanoseconds) {
    if (timeout_nanoseconds == UINT64_MAX) return epoll_wait(poll, events, capacity, -1);
    if (timeout_nanoseconds == 0) return epoll_wait(poll, events, capacity, 0);
    // Waits for the epoll descriptor itself: ppoll counts nanoseconds too, and unlike epoll_pwait2 it is as old as any
    // kernel and in every list of calls that a container may make.
    struct timespec timeout = timespec_of(timeout_nanoseconds);
    struct pollfd watched = {.fd = poll, .events = POLLIN};
    int ready = ppoll(&watched, 1, &timeout, NULL);
    return ready <= 0 ? ready : epoll_wait(poll, events, capacity, 0);
}

int sennit_poll_wait(int poll, struct sennit_poll_event *events, int capacity, uint64_t timeout_nanoseconds) {
    struct epoll_event found[most_events];
    if (capacity > most_events) capacity = most_events;
    int count = wait_for_events(poll, found, capacity, timeout_nanoseconds);
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        uint32_t flags = 0;
        if (found[i].events & (EPOLLIN | EPOLLPRI)) flags |= sennit_poll_readable;
        if (found[i].events & EPOLLOUT) flags |= sennit_poll_writable;
        if (found[i].events & (EPOLLHUP | EPOLLRDHUP)) flags |= sennit_poll_hang_up;
        if (found[i].events & EPOLLERR) flags |= sennit_poll_error;
        events[i] = (struct sennit_poll_event){found[i].data.u64, flags};
    }
    return count;
}

int sennit_poll_one(int descriptor, uint32_t flags, uint64_t timeout_nanoseconds) {
    struct pollfd watched = {.fd = descriptor};
    if (flags & sennit_poll_readable) watched.events |= POLLIN;
    if (flags & sennit_poll_writable) watched.events |= POLLOUT;
    struct timespec timeout = timespec_of(timeout_nanoseconds);
    int ready = ppoll(&watched, 1, timeout_nanoseconds == UINT64_MAX ? NULL : &timeout, NULL);
    if (ready < 0) return -errno;
    int result = 0;
    if (watched.revents & POLLIN) result |= sennit_poll_readable;
    if (watched.revents & POLLOUT) result |= sennit_poll_writable;
    if (watched.revents & POLLHUP) result |= sennit_poll_hang_up;
    if (watched.revents & (POLLERR | POLLNVAL)) result |= sennit_poll_error;
    return result;
}
#endif

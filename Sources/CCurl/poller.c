#include "CCurl.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#else
#include <sys/event.h>
#include <sys/time.h>
#endif

int sennit_socket_address(const struct curl_sockaddr *address, uint8_t bytes[16], uint16_t *port) {
    if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in four;
        memcpy(&four, &address->addr, sizeof four);
        memcpy(bytes, &four.sin_addr, 4);
        *port = ntohs(four.sin_port);
        return 4;
    }
    if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 six;
        memcpy(&six, &address->addr, sizeof six);
        memcpy(bytes, &six.sin6_addr, 16);
        *port = ntohs(six.sin6_port);
        return 6;
    }
    return 0;
}

int sennit_socket_open(const struct curl_sockaddr *address) {
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    int descriptor = socket(address->family, address->socktype, address->protocol);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
#endif
}

int sennit_socket_is_connected(int descriptor) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    return getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0;
}

#ifdef __linux__

int sennit_poller_make(int *bell) {
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) return -1;
    *bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = *bell};
    if (*bell >= 0 && epoll_ctl(poller, EPOLL_CTL_ADD, *bell, &event) == 0) return poller;
    if (*bell >= 0) close(*bell);
    close(poller);
    return -1;
}

int sennit_poller_watch(int poller, int descriptor, int what, int is_known) {
    struct epoll_event event = {.data.fd = descriptor};
    if (what == CURL_POLL_REMOVE) return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event);
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    return epoll_ctl(poller, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
}

int sennit_poller_wait(int poller, int bell, struct sennit_ready *ready, int capacity, int milliseconds) {
    struct epoll_event events[128];
    if (capacity > 128) capacity = 128;
    int count = epoll_wait(poller, events, capacity, milliseconds);
    for (int index = 0; index < count; index++) {
        uint32_t seen = events[index].events;
        ready[index].descriptor = events[index].data.fd;
        ready[index].readiness = 0;
        if (events[index].data.fd == bell) {
            uint64_t rings;
            while (read(bell, &rings, sizeof rings) < 0 && errno == EINTR) {}
            continue;
        }
        if (seen & (EPOLLIN | EPOLLHUP)) ready[index].readiness |= CURL_CSELECT_IN;
        if (seen & EPOLLOUT) ready[index].readiness |= CURL_CSELECT_OUT;
        if (seen & EPOLLERR) ready[index].readiness |= CURL_CSELECT_ERR;
    }
    return count;
}

void sennit_poller_ring(int bell) {
    uint64_t one = 1;
    while (write(bell, &one, sizeof one) < 0 && errno == EINTR) {}
}

void sennit_poller_free(int poller, int bell) {
    close(bell);
    close(poller);
}

#else

// The bell is a user event of the queue itself, so it needs no descriptor of its own.

int sennit_poller_make(int *bell) {
    int poller = kqueue();
    if (poller < 0) return -1;
    fcntl(poller, F_SETFD, FD_CLOEXEC);
    struct kevent event;
    EV_SET(&event, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, NULL);
    *bell = poller;
    if (kevent(poller, &event, 1, NULL, 0, NULL) == 0) return poller;
    close(poller);
    return -1;
}

static void set_filter(int poller, int descriptor, int16_t filter, int is_wanted) {
    struct kevent event;
    EV_SET(&event, (uintptr_t)descriptor, filter, is_wanted ? EV_ADD : EV_DELETE, 0, 0, NULL);
    kevent(poller, &event, 1, NULL, 0, NULL);
}

int sennit_poller_watch(int poller, int descriptor, int what, int is_known) {
    (void)is_known;
    int is_removed = what == CURL_POLL_REMOVE;
    set_filter(poller, descriptor, EVFILT_READ, !is_removed && (what & CURL_POLL_IN));
    set_filter(poller, descriptor, EVFILT_WRITE, !is_removed && (what & CURL_POLL_OUT));
    return 0;
}

int sennit_poller_wait(int poller, int bell, struct sennit_ready *ready, int capacity, int milliseconds) {
    struct kevent events[128];
    struct timespec limit = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
    if (capacity > 128) capacity = 128;
    int count = kevent(poller, NULL, 0, events, capacity, milliseconds < 0 ? NULL : &limit);
    for (int index = 0; index < count; index++) {
        int is_bell = events[index].filter == EVFILT_USER;
        ready[index].descriptor = is_bell ? bell : (int)events[index].ident;
        ready[index].readiness = is_bell ? 0 : events[index].filter == EVFILT_READ ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
    }
    return count;
}

void sennit_poller_ring(int bell) {
    struct kevent event;
    EV_SET(&event, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
    kevent(bell, &event, 1, NULL, 0, NULL);
}

void sennit_poller_free(int poller, int bell) {
    (void)bell;
    close(poller);
}

#endif

struct start {
    void (*body)(void *context);
    void *context;
};

static void *run_thread(void *pointer) {
    struct start start = *(struct start *)pointer;
    free(pointer);
    start.body(start.context);
    return NULL;
}

int sennit_thread_start(void (*body)(void *context), void *context) {
    struct start *start = malloc(sizeof *start);
    if (!start) return ENOMEM;
    *start = (struct start){body, context};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigset_t all, before;
    sigfillset(&all);
    // A thread inherits the mask of its maker. A fault of its own must still end the program.
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGTRAP);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, run_thread, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error) free(start);
    return error;
}

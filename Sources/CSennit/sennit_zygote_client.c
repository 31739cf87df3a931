// The pool's side of the conversation with a zygote.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#if defined(__linux__)

int sennit_zygote_request(int socket, struct sennit_fork_request *request, int control, int output, int error) {
    int wanted[3] = {control, output, error};
    int attached[3];
    size_t count = 0;
    request->attached = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (wanted[i] < 0) continue;
        attached[count++] = wanted[i];
        request->attached |= 1u << i;
    }
    request->magic = SENNIT_FORK_MAGIC;
    union {
        char bytes[CMSG_SPACE(sizeof attached)];
        struct cmsghdr align;
    } ancillary;
    memset(&ancillary, 0, sizeof ancillary);
    struct iovec vector = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = ancillary.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(header), attached, sizeof(int) * count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

int sennit_zygote_receive(int socket, struct sennit_fork_reply *reply, int timeout_milliseconds) {
    struct pollfd watched = {.fd = socket, .events = POLLIN};
    int ready;
    do ready = poll(&watched, 1, timeout_milliseconds);
    while (ready < 0 && errno == EINTR);
    if (ready < 0) return errno;
    if (ready == 0) return ETIMEDOUT;
    ssize_t size;
    do size = recv(socket, reply, sizeof *reply, MSG_DONTWAIT);
    while (size < 0 && errno == EINTR);
    if (size < 0) return errno;
    if (size == 0) return ECONNRESET;
    return (size_t)size == sizeof *reply && reply->magic == SENNIT_FORK_MAGIC ? 0 : EPROTO;
}
#endif

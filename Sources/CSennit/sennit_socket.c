// Local sockets that carry descriptors.

#define _GNU_SOURCE
#include "sennit_system.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__linux__)

// Room for whatever the kernel may attach to one message (SCM_MAX_FD), so that nothing is cut off unseen.
enum { most_received = 253 };

int sennit_socket_pair(bool is_packets, int *descriptors) {
    int type = (is_packets ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC;
    return socketpair(AF_UNIX, type, 0, descriptors) == 0 ? 0 : errno;
}

ssize_t sennit_socket_send(int socket, const void *head, size_t head_size, const void *tail, size_t tail_size,
                           const int *descriptors, size_t descriptor_count) {
    if (descriptor_count > SENNIT_DESCRIPTORS_PER_MESSAGE) return -EINVAL;
    union {
        char bytes[CMSG_SPACE(sizeof(int) * SENNIT_DESCRIPTORS_PER_MESSAGE)];
        struct cmsghdr align;
    } ancillary;
    struct iovec vectors[2] = {{(void *)head, head_size}, {(void *)tail, tail_size}};
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = tail_size > 0 ? 2 : 1};
    if (descriptor_count > 0) {
        memset(&ancillary, 0, sizeof ancillary);
        message.msg_control = ancillary.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptor_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * descriptor_count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * descriptor_count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t sennit_socket_receive(int socket, void *buffer, size_t size, int *descriptors, size_t *descriptor_count) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * most_received)];
        struct cmsghdr align;
    } ancillary;
    struct iovec vector = {buffer, size};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = ancillary.bytes, .msg_controllen = sizeof ancillary.bytes};
    *descriptor_count = 0;
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    int all[most_received];
    size_t count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t arrived = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(all + count, CMSG_DATA(header), sizeof(int) * arrived);
        count += arrived;
    }
    if (count > SENNIT_DESCRIPTORS_PER_MESSAGE) {
        for (size_t i = 0; i < count; i++) close(all[i]);
        return -EMSGSIZE;
    }
    // This process had no room for all of them, and those left out are gone. The bytes came in all the same.
    if ((message.msg_flags & MSG_CTRUNC) != 0 && count < SENNIT_DESCRIPTORS_PER_MESSAGE) all[count++] = -1;
    memcpy(descriptors, all, sizeof(int) * count);
    *descriptor_count = count;
    return received;
}
#endif

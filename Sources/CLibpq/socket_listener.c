#include "CLibpq.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

// Of `struct ucred`, which glibc declares for `_GNU_SOURCE` alone.
struct credentials {
    pid_t process;
    uid_t user;
    gid_t group;
};

int sennit_socket_listener(int descriptor, char *path, unsigned long size, int *process) {
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    if (getpeername(descriptor, (struct sockaddr *)&address, &length) != 0 || address.sun_family != AF_UNIX) return -1;
    size_t count = strnlen(address.sun_path, sizeof address.sun_path);
    if (count + 1 > size) return -1;
    memcpy(path, address.sun_path, count);
    path[count] = '\0';
    *process = 0;
#ifdef __linux__
    // At the connecting end these are those of the process that has called listen.
    struct credentials peer;
    socklen_t peer_length = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &peer_length) == 0) *process = peer.process;
#endif
    return 0;
}

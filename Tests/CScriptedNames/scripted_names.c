#define _GNU_SOURCE
#include "CScriptedNames.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>

#define SUFFIX ".scripted.test"

struct entry {
    char name[64];
    char addresses[4][64];
    int address_count;
    int lookups;
    int is_blocked;
};

static struct entry entries[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;

/// The entry of a name, made if it is new. The lock must be held.
static struct entry *entry_of(const char *name) {
    for (size_t index = 0; index < sizeof entries / sizeof *entries; index++) {
        struct entry *entry = &entries[index];
        if (entry->name[0] == '\0') strncpy(entry->name, name, sizeof entry->name - 1);
        if (strcmp(entry->name, name) == 0) return entry;
    }
    return &entries[0];
}

void sennit_names_add(const char *name, const char *address) {
    pthread_mutex_lock(&lock);
    struct entry *entry = entry_of(name);
    if (entry->address_count < 4) {
        strncpy(entry->addresses[entry->address_count++], address, sizeof entry->addresses[0] - 1);
    }
    pthread_mutex_unlock(&lock);
}

static void set_blocked(const char *name, int is_blocked) {
    pthread_mutex_lock(&lock);
    entry_of(name)->is_blocked = is_blocked;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}

void sennit_names_block(const char *name) { set_blocked(name, 1); }
void sennit_names_release(const char *name) { set_blocked(name, 0); }

int sennit_names_count(const char *name) {
    pthread_mutex_lock(&lock);
    int count = entry_of(name)->lookups;
    pthread_mutex_unlock(&lock);
    return count;
}

typedef int (*lookup)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(
    const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    lookup next = (lookup)dlsym(RTLD_NEXT, "getaddrinfo");
    size_t count = name ? strlen(name) : 0;
    if (count < sizeof SUFFIX || strcmp(name + count - (sizeof SUFFIX - 1), SUFFIX) != 0) {
        return next(name, service, hints, result);
    }
    char address[64] = "";
    pthread_mutex_lock(&lock);
    struct entry *entry = entry_of(name);
    int turn = entry->lookups++;
    while (entry->is_blocked) pthread_cond_wait(&change, &lock);
    if (entry->address_count > 0) {
        int last = entry->address_count - 1;
        strncpy(address, entry->addresses[turn < last ? turn : last], sizeof address - 1);
    }
    pthread_mutex_unlock(&lock);
    return address[0] ? next(address, service, hints, result) : EAI_NONAME;
}

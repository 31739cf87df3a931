// What a diverted process does when nothing better is linked. In a file of its own, so that an archive's member with
// the real entry is never hidden by the one that diverts.

#include "sennit_start.h"

#include <stdio.h>

__attribute__((weak)) int sennit_worker_main(void) {
    fputs("sennit: no worker runtime is linked into this executable\n", stderr);
    return SENNIT_EXIT_USAGE;
}

__attribute__((weak)) int sennit_fixture_main(void) {
    fputs("sennit: no test fixture is linked into this executable\n", stderr);
    return SENNIT_EXIT_USAGE;
}

__attribute__((weak)) int sennit_guardian_main(void) {
    fputs("sennit: no guardian is linked into this executable\n", stderr);
    return SENNIT_EXIT_USAGE;
}

#ifndef SENNIT_CSCRIPTEDNAMES_H
#define SENNIT_CSCRIPTEDNAMES_H

// Names below ".scripted.test", whose lookups a test scripts. Every other name is looked up as always.
//
// The function `getaddrinfo` of a test's executable stands before that of the C library for every library that is
// loaded, libcurl among them.

/// Adds an answer to the lookups of a name. They are given one after the other, and the last one from then on.
void sennit_names_add(const char *name, const char *address);
/// Has the lookups of a name wait until `sennit_names_release`.
void sennit_names_block(const char *name);
void sennit_names_release(const char *name);
/// How many lookups of a name were begun.
int sennit_names_count(const char *name);

#endif

#ifndef SENNIT_H
#define SENNIT_H
// The C shims under Sennit. One header per concern.
#include "sennit_process.h"
#include "sennit_start.h"
#include "sennit_system.h"
#endif

#ifndef SENNIT_H
#define SENNIT_H
// Umbrella header of the C shims. One header per concern.
#include "sennit_process.h"
#include "sennit_shared.h"
#include "sennit_start.h"
#include "sennit_system.h"
#include "sennit_thread.h"
#include "sennit_throw.h"
#include "sennit_types.h"
#endif

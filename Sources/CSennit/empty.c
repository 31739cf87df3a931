#include "sennit.h"

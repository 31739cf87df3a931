#ifndef CLOUD_PRICES_H
#define CLOUD_PRICES_H
// Umbrella header of the kernels.
#include "cloud_prices_json.h"
#endif

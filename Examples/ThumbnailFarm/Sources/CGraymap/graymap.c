#include "graymap.h"

#include <stdio.h>
#include <string.h>

size_t graymap_header(const uint8_t *bytes, size_t count, long *width, long *height) {
    char header[64] = {0};
    int length = 0;
    memcpy(header, bytes, count < sizeof header - 1 ? count : sizeof header - 1);
    if (sscanf(header, "P5 %ld %ld 255%n", width, height, &length) != 2 || length == 0) return 0;
    if (*width <= 0 || *height <= 0) return 0;
    return (size_t)length + 1;
}

uint8_t graymap_cell(const uint8_t *pixels, long width, long height, long side, long row, long column) {
    unsigned long sum = 0, count = 0;
    for (long y = row * height / side; y < (row + 1) * height / side; y++) {
        for (long x = column * width / side; x < (column + 1) * width / side; x++) {
            // The fault of this library: nobody has compared y * width + x with the size of the file.
            sum += pixels[y * width + x];
            count++;
        }
    }
    return count ? (uint8_t)(sum / count) : 0;
}

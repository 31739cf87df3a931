#ifndef GRAYMAP_H
#define GRAYMAP_H

#include <stddef.h>
#include <stdint.h>

// Reads the header of a binary graymap ("P5 width height 255", then one byte for each pixel).
// Returns where the pixels start, or 0 if the bytes are no graymap.
size_t graymap_header(const uint8_t *bytes, size_t count, long *width, long *height);

// Averages the pixels of one cell of a grid of side x side cells laid over the image.
// It believes the header: an image that says it is larger than it is makes it read past the end.
uint8_t graymap_cell(const uint8_t *pixels, long width, long height, long side, long row, long column);

#endif

#ifndef RDPWHY_REPORT_WIDTH_H
#define RDPWHY_REPORT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Moves *text past one character (not at the end of the text) and returns its columns. */
int width_next(const char **text);

#endif

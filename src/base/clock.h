/* Time. Intervals come from the monotonic clock, dates from the wall clock; the two are never mixed. */
#ifndef RDPWHY_BASE_CLOCK_H
#define RDPWHY_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

/* Microseconds since an arbitrary start. Never goes back. */
int64_t clock_monotonic_us(void);
/* Microseconds since 1970-01-01T00:00:00Z by this machine's wall clock. */
int64_t clock_wall_us(void);

/* "2026-11-22T16:30:00Z" (whole seconds) or with ".123456" when there is a fraction. */
enum { CLOCK_TEXT_SIZE = 48 };
void clock_format(int64_t wall_us, char text[CLOCK_TEXT_SIZE]);
/* RFC 3339 in UTC ("Z" or an offset); years 1600 to 9999. False when it is not one. */
bool clock_parse(const char *text, int64_t *wall_us) MUST_USE;
/* Seconds since 1970 of a UTC calendar date; no checks. */
int64_t clock_seconds_of(int year, int month, int day, int hour, int minute, int second);

#endif

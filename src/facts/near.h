/* Known codes that a slip turns into an unknown one. Only src/facts includes this. */
#ifndef RDPWHY_FACTS_NEAR_H
#define RDPWHY_FACTS_NEAR_H

#include "facts/codes.h"

/* Likeliest slip first: hexadecimal digits typed without 0x (`decimal`: it was typed in decimal), two digits swapped,
 * one digit wrong, one missing or too many. Returns how many were found, at most `room`. */
unsigned near_find(enum code_kind kind, uint32_t value, bool decimal, uint32_t *near, unsigned room);

#endif

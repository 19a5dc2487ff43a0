/* For evtx*.c alone: one chunk as libevtx reads it. */
#ifndef RDPWHY_READ_EVTX_LIBRARY_H
#define RDPWHY_READ_EVTX_LIBRARY_H

#include "base/crc32.h"
#include "read/evtx.h"

struct library; /* room for a chunk, and the chunk that is open in it, if any */

enum library_record { LIBRARY_READ, LIBRARY_UNREADABLE, LIBRARY_OF_NO_USE };

/* NULL: no memory. `crc` must outlive it. */
struct library *library_new(const struct crc32 *crc) MUST_USE;
void library_free(struct library *library);

/* Opens the chunk (64 KiB, copied) instead of the one before. False: libevtx refuses it. */
bool library_open(struct library *library, const uint8_t *chunk) MUST_USE;
/* The records that it sees in the chunk; -1: it does not say. */
int library_count(struct library *library);
/* The number of the i-th as libevtx has it; false: it has none. */
bool library_number(struct library *library, int i, uint64_t *number) MUST_USE;
/* The i-th as an event. LIBRARY_OF_NO_USE: of an id that the table of events does not know. */
enum library_record library_event(struct library *library, int i, struct evtx_event *event) MUST_USE;

#endif

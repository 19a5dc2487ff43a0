/* A password or a key, kept apart from the heap: its pages are locked where the system allows it, left out of core
 * files, not inherited by children, and zeroed before they go back. */
#ifndef RDPWHY_PLATFORM_SECRET_H
#define RDPWHY_PLATFORM_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct secret;

enum { SECRET_MAX = 65536 };

/* Room for `room` bytes (1 to SECRET_MAX), empty at first. NULL: no memory. The caller frees with secret_free. */
struct secret *secret_new(size_t room, struct error *error) MUST_USE;
/* The bytes, to read and to write: `room` of them are there, secret_size of them count. Not ended by a zero. */
uint8_t *secret_bytes(struct secret *secret);
const uint8_t *secret_look(const struct secret *secret);
size_t secret_size(const struct secret *secret);
size_t secret_room(const struct secret *secret);
void secret_set_size(struct secret *secret, size_t size); /* at most the room; what is cut off is zeroed */
void secret_free(struct secret *secret);                  /* NULL is fine */

/* Overwrites bytes that were a secret for a while; the compiler does not drop it. */
void secret_wipe(void *bytes, size_t size);
/* From now on this process leaves no core file and nobody without privileges may look into its memory. Call it before
 * a password is asked for. */
void secret_close_process(void);

#endif

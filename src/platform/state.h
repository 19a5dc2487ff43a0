/* Small files that outlive a run, one per name, under $XDG_STATE_HOME/rdpwhy or ~/.local/state/rdpwhy. */
#ifndef RDPWHY_PLATFORM_STATE_H
#define RDPWHY_PLATFORM_STATE_H

#include "base/buffer.h"
#include "base/error.h"

struct platform_state;

/* Makes the folder and takes the file's lock, waiting at most a fifth of a second for another run of ours. `name` is a
 * plain file name. NULL: cannot be done here (no home, read-only, a run that hangs); callers go on without. */
struct platform_state *platform_state_open(const char *name, struct error *error) MUST_USE;
/* Appends what the file holds; nothing when there is none yet. A file larger than the buffer's cap is an error. */
bool platform_state_read(struct platform_state *state, struct buffer *out, struct error *error) MUST_USE;
/* Replaces the file in one step: a reader sees the old text or the new, never half of one. */
bool platform_state_write(struct platform_state *state, const void *bytes, size_t size, struct error *error) MUST_USE;
void platform_state_close(struct platform_state *state); /* gives the lock back; NULL is fine */

#endif

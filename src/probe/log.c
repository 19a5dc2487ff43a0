/* The log of connects across runs: one small file, read when a run begins, added to at every connect. */
#include "base/alloc.h"
#include "base/clock.h"
#include "platform/state.h"
#include "probe/probe_internal.h"

enum { FILE_CAP = 64 * BUDGET_LOG_MAX };

static const char file_name[] = "connects";

static void read_file(struct platform_state *state, struct budget_log *log)
{
    struct buffer text;
    buffer_init(&text, FILE_CAP);
    if (platform_state_read(state, &text, NULL)) {
        budget_log_parse(log, (const char *)text.bytes, text.size, clock_wall_us());
    }
    buffer_release(&text);
}

void probe_log_read(struct budget_log *log)
{
    struct platform_state *state = platform_state_open(file_name, NULL);
    log->count = 0;
    if (state != NULL) {
        read_file(state, log);
        platform_state_close(state);
    }
}

void probe_log_add(const uint64_t *targets, size_t count)
{
    struct budget_log *log = alloc_new(sizeof(*log));
    struct platform_state *state = platform_state_open(file_name, NULL);
    struct buffer text;
    buffer_init(&text, FILE_CAP);
    if (state != NULL && log != NULL) {
        /* Other runs may have added to it since: read again, under the lock. */
        read_file(state, log);
        for (size_t i = 0; i < count; i++) {
            budget_note(log, targets[i], clock_wall_us());
        }
        (void)!(budget_log_write(log, &text) && platform_state_write(state, text.bytes, text.size, NULL));
    }
    buffer_release(&text);
    platform_state_close(state);
    alloc_free(log);
}

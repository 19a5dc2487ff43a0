#include "plan/budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const int64_t window_us = (int64_t)BUDGET_WINDOW_S * 1000000;

uint64_t budget_target(const char *address, uint16_t port)
{
    /* FNV-1a, 64 bits: a name for a line, not a secret. */
    uint64_t hash = 0xcbf29ce484222325U;
    char tail[16];
    snprintf(tail, sizeof(tail), "/%u", port);
    for (int part = 0; part < 2; part++) {
        for (const char *c = part == 0 ? address : tail; *c != '\0'; c++) {
            hash = (hash ^ (uint8_t)*c) * 0x100000001b3U;
        }
    }
    return hash;
}

static bool is_recent(int64_t at_us, int64_t now_us)
{
    return at_us <= now_us && now_us - at_us < window_us;
}

static void drop_old(struct budget_log *log, int64_t now_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < log->count; i++) {
        if (is_recent(log->entries[i].at_us, now_us)) {
            log->entries[kept++] = log->entries[i];
        }
    }
    log->count = kept;
}

static bool parse_line(const char *line, struct budget_entry *entry)
{
    uint64_t at = 0;
    int used = 0;
    if (sscanf(line, "%20" SCNu64 " %16" SCNx64 "%n", &at, &entry->target, &used) != 2 || line[used] != '\0' ||
        at > INT64_MAX) {
        return false;
    }
    entry->at_us = (int64_t)at;
    return true;
}

void budget_log_parse(struct budget_log *log, const char *text, size_t size, int64_t now_us)
{
    log->count = 0;
    const char *end = text + size;
    while (text < end && log->count < BUDGET_LOG_MAX) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((stop != NULL ? stop : end) - text);
        char line[64] = "";
        struct budget_entry entry;
        if (length < sizeof(line)) {
            memcpy(line, text, length);
        }
        if (parse_line(line, &entry) && is_recent(entry.at_us, now_us)) {
            log->entries[log->count++] = entry;
        }
        text += length + 1;
    }
}

bool budget_log_write(const struct budget_log *log, struct buffer *out)
{
    for (size_t i = 0; i < log->count; i++) {
        buffer_format(out, "%" PRId64 " %016" PRIx64 "\n", log->entries[i].at_us, log->entries[i].target);
    }
    return !out->failed;
}

int64_t budget_wait_us(const struct budget_log *log, uint64_t target, unsigned connects, int64_t now_us)
{
    /* Of the newest BUDGET_ROLLING connects, so many of the older ones have to leave the window as are to be made. */
    int64_t newest[BUDGET_ROLLING];
    size_t count = 0;
    for (size_t i = 0; i < log->count; i++) {
        int64_t at = log->entries[i].at_us;
        if (log->entries[i].target != target || !is_recent(at, now_us)) {
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (at > newest[j]) {
                const int64_t swap = newest[j];
                newest[j] = at;
                at = swap;
            }
        }
        if (count < BUDGET_ROLLING) {
            newest[count++] = at;
        }
    }
    if (connects > BUDGET_ROLLING) {
        connects = BUDGET_ROLLING;
    }
    return connects == 0 || count + connects <= BUDGET_ROLLING ? 0
                                                               : newest[BUDGET_ROLLING - connects] + window_us - now_us;
}

void budget_note(struct budget_log *log, uint64_t target, int64_t now_us)
{
    drop_old(log, now_us);
    if (log->count == BUDGET_LOG_MAX) {
        memmove(log->entries, log->entries + 1, (BUDGET_LOG_MAX - 1) * sizeof(log->entries[0]));
        log->count--;
    }
    log->entries[log->count++] = (struct budget_entry){ .at_us = now_us, .target = target };
}

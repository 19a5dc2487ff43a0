#include "probe/logon_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "plan/budget.h"
#include "platform/state.h"

enum { FILE_CAP = 64 * LOGON_LOG_MAX, ACCOUNT_SIZE = 1024 };

static const char file_name[] = "logons";
static const int64_t window_us = (int64_t)LOGON_LOG_WINDOW_S * 1000000;

/* The next line that is one; false: no more. */
static bool next(const char **text, const char *end, int64_t *at_us, uint64_t *account)
{
    while (*text < end) {
        const char *stop = memchr(*text, '\n', (size_t)(end - *text));
        const size_t length = (size_t)((stop != NULL ? stop : end) - *text);
        char line[64] = "";
        uint64_t at = 0;
        int used = 0;
        if (length < sizeof(line)) {
            memcpy(line, *text, length);
        }
        *text += length + 1;
        if (sscanf(line, "%18" SCNu64 " %16" SCNx64 "%n", &at, account, &used) == 2 && line[used] == '\0') {
            *at_us = (int64_t)at;
            return true;
        }
    }
    return false;
}

static bool is_recent(int64_t at_us, int64_t now_us)
{
    return at_us <= now_us && now_us - at_us < window_us;
}

int64_t logon_log_last_s(const char *text, size_t size, uint64_t account, int64_t now_us)
{
    const char *end = text + size;
    int64_t last = -1;
    int64_t at_us;
    uint64_t whose;
    while (next(&text, end, &at_us, &whose)) {
        if (whose == account && is_recent(at_us, now_us)) {
            const int64_t ago = (now_us - at_us) / 1000000;
            last = last < 0 || ago < last ? ago : last;
        }
    }
    return last;
}

bool logon_log_rewrite(const char *text, size_t size, uint64_t account, bool turned_down, int64_t now_us,
                       struct buffer *out)
{
    const char *end = text + size;
    int64_t at_us;
    uint64_t whose;
    for (int kept = 0; kept < LOGON_LOG_MAX - 1 && next(&text, end, &at_us, &whose);) {
        if (whose != account && is_recent(at_us, now_us)) {
            buffer_format(out, "%" PRId64 " %016" PRIx64 "\n", at_us, whose);
            kept++;
        }
    }
    if (turned_down) {
        buffer_format(out, "%" PRId64 " %016" PRIx64 "\n", now_us, account);
    }
    return !out->failed;
}

uint64_t logon_log_account(const char *host, uint16_t port, const char *domain, const char *user)
{
    char text[ACCOUNT_SIZE];
    snprintf(text, sizeof(text), "%s\\%s@%s", domain, user, host);
    return budget_target(text, port);
}

int64_t logon_log_read(uint64_t account)
{
    struct platform_state *state = platform_state_open(file_name, NULL);
    struct buffer text;
    int64_t last = -1;
    buffer_init(&text, FILE_CAP);
    if (state != NULL && platform_state_read(state, &text, NULL) && text.size > 0) {
        last = logon_log_last_s((const char *)text.bytes, text.size, account, clock_wall_us());
    }
    buffer_release(&text);
    platform_state_close(state);
    return last;
}

void logon_log_note(uint64_t account, bool turned_down)
{
    struct platform_state *state = platform_state_open(file_name, NULL);
    struct buffer text;
    struct buffer out;
    buffer_init(&text, FILE_CAP);
    buffer_init(&out, FILE_CAP);
    if (state != NULL) {
        (void)!platform_state_read(state, &text, NULL);
        const char *old = text.bytes != NULL ? (const char *)text.bytes : "";
        if (logon_log_rewrite(old, text.size, account, turned_down, clock_wall_us(), &out) &&
            out.size + text.size > 0) {
            (void)!platform_state_write(state, out.size > 0 ? (const void *)out.bytes : "", out.size, NULL);
        }
    }
    buffer_release(&text);
    buffer_release(&out);
    platform_state_close(state);
}

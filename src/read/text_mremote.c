#include "read/text_mremote.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "facts/codes.h"

/* "2026-11-22 22:55:36,641 [1] ERROR  - " -> what stands behind; NULL: no line of log4net's. */
static const char *message_of(const struct text_line *line, int64_t *at_us)
{
    char when[40];
    const char *text = line->text;
    if (line->size < 32 || text[4] != '-' || text[10] != ' ' || text[19] != ',' || text[23] != ' ' || text[24] != '[') {
        return NULL;
    }
    snprintf(when, sizeof when, "%.10sT%.8s.%.3sZ", text, text + 11, text + 20);
    const char *message = strstr(text, " - ");
    return message != NULL && clock_parse(when, at_us) ? message + strlen(" - ") : NULL;
}

/* What stands in the next pair of quotes; NULL: no more. */
static const char *quoted(const char *from, char *to, size_t room)
{
    const char *begin = strchr(from, '"');
    const char *end = begin != NULL ? strchr(begin + 1, '"') : NULL;
    if (end == NULL || (size_t)(end - begin) > room) {
        return NULL;
    }
    memcpy(to, begin + 1, (size_t)(end - begin - 1));
    to[end - begin - 1] = '\0';
    return end + 1;
}

static bool is_normal(const struct code_fact *fact)
{
    static const char normal[] = "A normal ending";
    return fact != NULL && fact->beware != NULL && strncmp(fact->beware, normal, strlen(normal)) == 0;
}

bool mremote_log_take(void *context, const struct text_line *line, struct error *error)
{
    struct mremote_log *log = context;
    char host[TALE_NAME_SIZE];
    char number[16];
    char text[8];
    int64_t at_us;
    const char *at = message_of(line, &at_us);
    at = at != NULL ? quoted(at, host, sizeof host) : NULL;
    at = at != NULL && at[0] == ';' ? quoted(at, number, sizeof number) : NULL;
    if (at == NULL || at[0] != ';' || strchr(at, '"') == NULL || host[0] == '\0' ||
        strspn(number, "0123456789") != strlen(number) || !word_copy(number, "", text, sizeof text)) {
        return true;
    }
    const int64_t code = word_number(number, UINT32_MAX);
    if (code == TALE_UNSEEN) {
        return true;
    }
    struct tale *tale = tales_add(&log->tales, TOLD_BY_CLIENT, "mRemoteNG", error);
    if (tale == NULL) {
        return false;
    }
    const struct code_fact *fact = code_fact(CODE_DISCONNECT, (uint32_t)code);
    log->used++;
    memcpy(tale->host, host, sizeof host);
    tale->zoneless = true; /* log4net writes the machine's local time */
    tale_quote(tale, line->number, at_us, line->text, line->size);
    if (is_normal(fact)) {
        tale->works = true;
    } else {
        tale->code = code;
        tale_how(tale, "mRemoteNG was told the reason %" PRId64 " (0x%" PRIX64 ")%s%.*s", code, (uint64_t)code,
                 fact != NULL ? ": " : "", fact != NULL ? (int)strcspn(fact->meaning, ".") : 0,
                 fact != NULL ? fact->meaning : "");
    }
    return true;
}

void mremote_log_release(struct mremote_log *log)
{
    tales_release(&log->tales);
    *log = (struct mremote_log){ 0 };
}

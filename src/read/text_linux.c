#include "read/text_linux.h"

#include <string.h>

#include "base/clock.h"

struct refusal {
    const char *mark;
    bool everywhere; /* the words are no other program's; else the line must name the daemon */
    int stopped;     /* enum check_id; TALE_UNSEEN: not said */
    const char *how;
};

static const struct refusal refusals[] = {
    { "RDP TLS certificate and key not yet configured properly", false, CHECK_TCP,
      "it does not serve RDP: its certificate and key are not set up" },
    { "RDP server certificate is invalid", false, CHECK_TCP, "it does not serve RDP: its certificate is not valid" },
    { "Credentials are not set, denying client", false, CHECK_LOGON,
      "it refuses the client: nobody set up user name and password for remote logons" },
    { "Couldn't retrieve RDP credentials", false, CHECK_LOGON,
      "it refuses the client: user name and password for remote logons cannot be read (a locked key ring)" },
    { "Couldn't initialize session", false, CHECK_SESSION, "it could not start a session" },
    { "Failed to start handover", false, CHECK_SESSION, "it could not hand the connection over to the user's session" },
    { "client authentication failure", true, CHECK_NLA, "the client's NLA logon failed at the server" },
};

/* A date at the line's start (journalctl -o short-iso). */
static int64_t time_of(const struct text_line *line)
{
    char when[40];
    int64_t us = TALE_NO_TIME;
    const size_t length = strcspn(line->text, " ");
    if (length < 20 || length + 2 > sizeof when || line->text[10] != 'T') {
        return TALE_NO_TIME;
    }
    memcpy(when, line->text, length + 1);
    when[length] = '\0';
    if (clock_parse(when, &us)) {
        return us;
    }
    if (when[length - 3] != ':' && (when[length - 5] == '+' || when[length - 5] == '-')) { /* +0100 */
        memmove(when + length - 1, when + length - 2, 3);
        when[length - 2] = ':';
    }
    return clock_parse(when, &us) ? us : TALE_NO_TIME;
}

bool linux_log_take(void *context, const struct text_line *line, struct error *error)
{
    struct linux_log *log = context;
    const bool named = line_has(line, "gnome-remote-de");
    const bool library = line_has(line, "][com.freerdp.");
    if (!named && !library) {
        return true;
    }
    log->used += named;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        const struct refusal *refusal = &refusals[i];
        if (!(named || (library && refusal->everywhere)) || !line_has(line, refusal->mark)) {
            continue;
        }
        struct tale *tale =
            tales_add(&log->tales, TOLD_BY_SERVER, named ? "gnome-remote-desktop" : "a server built on FreeRDP", error);
        if (tale == NULL) {
            return false;
        }
        log->used += !named;
        tale->stopped = refusal->stopped;
        tale->tried_us = tale->told_us = time_of(line);
        tale_how(tale, "%s", refusal->how);
        tale_quote(tale, line->number, tale->told_us, line->text, line->size);
        break;
    }
    return true;
}

void linux_log_release(struct linux_log *log)
{
    tales_release(&log->tales);
    *log = (struct linux_log){ 0 };
}

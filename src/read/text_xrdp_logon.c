/* Behind the security layer: logons and sessions, in xrdp's log and in the session manager's. */
#include <string.h>

#include "read/text_xrdp_parts.h"

enum { SECOND_US = 1000000 };

/* sesman's own log has no connections, only logons: each is a tale of its own, of the address it names. */
static struct tale *sesman_tale(struct xrdp_log *log, int64_t at_us, struct error *error)
{
    struct tale *tale = tales_add(&log->tales, TOLD_BY_SERVER, "xrdp-sesman", error);
    if (tale != NULL) {
        tale->tried_us = at_us;
        tale->zoneless = log->zoneless;
    }
    return tale;
}

/* "AUTHFAIL: user=alice ip=::ffff:192.0.2.7 time=1795393457" */
static void take_ip(struct xrdp_log *log, struct tale *tale, const char *message)
{
    const char *ip = strstr(message, " ip=");
    if (ip == NULL || tale->client[0] != '\0') {
        return;
    }
    ip += strlen(" ip=");
    ip += strncmp(ip, "::ffff:", strlen("::ffff:")) == 0 ? strlen("::ffff:") : 0;
    if (word_copy(ip, " ", tale->client, sizeof tale->client)) {
        xrdp_count_client(log, tale->client);
    }
}

/* The last logon of sesman's, when it is still being told. */
static struct tale *last_sesman(const struct xrdp_log *log, int64_t at_us)
{
    enum { SAME_LOGON_S = 5 };
    struct tale *tale = log->tales.count > 0 ? xrdp_tale(log, log->tales.count - 1) : NULL;
    const bool same = tale != NULL && strcmp(tale->program, "xrdp-sesman") == 0 &&
                      at_us - tale->tried_us <= SAME_LOGON_S * (int64_t)SECOND_US && at_us >= tale->tried_us;
    return same ? tale : NULL;
}

static void refuse(struct tale *tale, const struct xrdp_logon_line *logon, int64_t at_us)
{
    const bool nearer = tale->stopped == TALE_UNSEEN || tale->reason == TALE_UNSEEN;
    if (nearer) {
        tale->stopped = (int)logon->at;
        tale->reason = logon->reason != TALE_UNSEEN ? logon->reason : tale->reason;
        tale->how[0] = '\0';
        tale_how(tale, "%s", logon->how);
    }
    tale->works = false;
    tale->told_us = at_us;
}

bool xrdp_take_logon(struct xrdp_log *log, const struct text_line *line, const char *message, int64_t at_us,
                     struct error *error)
{
    const struct xrdp_logon_line *logon = xrdp_logon_line(message);
    const bool success = logon == NULL && xrdp_is_success(message);
    if (logon == NULL && !success) {
        return true;
    }
    struct xrdp_visit *visit = xrdp_only_one(log, XRDP_UP, at_us);
    struct tale *tale = visit != NULL ? xrdp_tale(log, visit->number) : NULL;
    if (tale == NULL && (log->sesman || log->tales.count == 0 || last_sesman(log, at_us) != NULL)) {
        tale = last_sesman(log, at_us);
        if (tale == NULL || (tale->works && logon != NULL && logon->at == CHECK_LOGON)) {
            tale = sesman_tale(log, at_us, error);
            if (tale == NULL) {
                return false;
            }
        }
    }
    if (tale == NULL) {
        return true;
    }
    take_ip(log, tale, message);
    if (success) {
        tale->works = tale->stopped == TALE_UNSEEN || tale->stopped == CHECK_LOGON;
        tale->stopped = tale->works ? TALE_UNSEEN : tale->stopped;
        tale->reason = tale->works ? TALE_UNSEEN : tale->reason;
        tale->how[0] = '\0';
        tale->told_us = at_us;
        if (visit != NULL) {
            visit->step = XRDP_LOGGED_IN;
        }
    } else {
        refuse(tale, logon, at_us);
    }
    tale_quote(tale, line->number, at_us, "(a line that names the account)", strlen("(a line that names the account)"));
    return true;
}

bool xrdp_is_end(const char *message)
{
    static const char *const marks[] = { "xrdp_process_data_in: xrdp_process_loop failed",
                                         "SSL_read: ", "SSL_write: ", "xrdp_iso_send: trans_write_copy_s failed",
                                         "libxrdp_force_read: " };
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (strncmp(message, marks[i], strlen(marks[i])) == 0) {
            return true;
        }
    }
    return false;
}

void xrdp_take_session_end(struct xrdp_log *log, int64_t at_us)
{
    struct xrdp_visit *up = xrdp_only_one(log, XRDP_UP, at_us);
    struct xrdp_visit *in = xrdp_only_one(log, XRDP_LOGGED_IN, at_us);
    struct xrdp_visit *visit = up != NULL ? up : in;
    if (visit == NULL || (up != NULL && in != NULL)) {
        return;
    }
    struct tale *tale = xrdp_tale(log, visit->number);
    visit->step = XRDP_OVER;
    if (tale != NULL && tale->stopped == TALE_UNSEEN && !tale->works) {
        tale_how(tale, "it came past the security layer and ended before a logon; the log does not say who ended it");
        tale->told_us = at_us;
    }
}

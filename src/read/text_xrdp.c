#include "read/text_xrdp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { SECOND_US = 1000000, PORT_MAX = 65535 };
/* A handshake that is older has ended without a word. */
static const int64_t HANDSHAKE_US = 60LL * SECOND_US;

void xrdp_log_init(struct xrdp_log *log)
{
    *log = (struct xrdp_log){ .pending = TALE_UNSEEN, .first_us = TALE_NO_TIME, .last_us = TALE_NO_TIME };
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static int64_t digits(const char *text, size_t count)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "20261122-22:55:31" */
static bool old_time(const char *text, int64_t *us)
{
    const int64_t date = digits(text, 8);
    if (date < 19700101 || strlen(text) != 17 || text[8] != '-' || text[11] != ':' || text[14] != ':') {
        return false;
    }
    const int64_t hour = digits(text + 9, 2);
    const int64_t minute = digits(text + 12, 2);
    const int64_t second = digits(text + 15, 2);
    const int64_t month = date / 100 % 100;
    const int64_t day = date % 100;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || month < 1 || month > 12 ||
        day < 1 || day > 31) {
        return false;
    }
    *us = clock_seconds_of((int)(date / 10000), (int)month, (int)day, (int)hour, (int)minute, (int)second) * SECOND_US;
    return true;
}

/* "2026-11-22T22:55:31.123+0100": RFC 3339 but for the colon in the zone. */
static bool new_time(const char *text, int64_t *us)
{
    char copy[48];
    const size_t length = strlen(text);
    if (length < 24 || length + 2 > sizeof copy || text[10] != 'T') {
        return false;
    }
    memcpy(copy, text, length - 2);
    copy[length - 2] = ':';
    memcpy(copy + length - 1, text + length - 2, 3);
    return clock_parse(copy, us) || clock_parse(text, us);
}

/* What stands behind "[time] [LEVEL] "; NULL: not a line of xrdp. */
static const char *message_of(const struct text_line *line, int64_t *at_us)
{
    static const char *const levels[] = { "[ERROR", "[WARN", "[INFO", "[CORE", "[DEBUG", "[TRACE" };
    char when[48];
    const char *at = line->text;
    if (at[0] != '[' || !word_copy(at + 1, "]", when, sizeof when)) {
        return NULL;
    }
    at += strlen(when) + 1;
    if (!begins(at, "] [") || (!old_time(when, at_us) && !new_time(when, at_us))) {
        return NULL;
    }
    at += 2;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (begins(at, levels[i])) {
            const char *end = strchr(at, ']');
            return end != NULL && end[1] == ' ' ? end + 2 : NULL;
        }
    }
    return NULL;
}

static struct tale *tale_number(const struct xrdp_log *log, size_t number)
{
    const size_t kept = tales_kept(&log->tales);
    const size_t first = log->tales.count - kept;
    return number < first ? NULL : tales_at(&log->tales, number - first);
}

/* The one connection in this step; NULL: none, or two, which is counted. */
static struct xrdp_visit *only_one(struct xrdp_log *log, enum xrdp_step step, int64_t now_us)
{
    struct xrdp_visit *one = NULL;
    for (size_t i = 0; i < log->visit_count; i++) {
        struct xrdp_visit *visit = &log->visits[i];
        if (visit->step == XRDP_HANDSHAKE && now_us - visit->arrived_us > HANDSHAKE_US) {
            visit->step = XRDP_OVER;
        }
        if (visit->step != step) {
            continue;
        }
        if (one != NULL) {
            log->unclear++;
            return NULL;
        }
        one = visit;
    }
    return one;
}

static void count_client(struct xrdp_log *log, const char *client)
{
    uint32_t hash = 2166136261U;
    for (const char *c = client; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619U;
    }
    for (size_t i = 0; i < log->client_count; i++) {
        if (log->clients[i] == hash) {
            return;
        }
    }
    if (log->client_count < COUNT_OF(log->clients)) {
        log->clients[log->client_count++] = hash;
    }
}

/* "127.0.0.1 port 35248", "127.0.0.1:35248", "[::1]:35248", "::ffff:10.0.0.1 port 5" */
static bool read_client(const char *text, char *client, size_t room, int64_t *port)
{
    const char *end = strstr(text, " port ");
    if (end != NULL) {
        *port = word_number(end + strlen(" port "), PORT_MAX);
    } else {
        const size_t length = strcspn(text, " ");
        end = text + length;
        while (end > text && *end != ':') {
            end--;
        }
        *port = end > text ? word_number(end + 1, PORT_MAX) : TALE_UNSEEN;
    }
    text += begins(text, "[") ? 1 : 0;
    text += begins(text, "::ffff:") ? strlen("::ffff:") : 0;
    size_t length = end > text ? (size_t)(end - text) : 0;
    length -= length > 0 && text[length - 1] == ']';
    if (length == 0 || length >= room || *port == TALE_UNSEEN) {
        return false;
    }
    memcpy(client, text, length);
    client[length] = '\0';
    return true;
}

static bool arrive(struct xrdp_log *log, const struct text_line *line, const char *where, int64_t at_us,
                   struct error *error)
{
    char client[64];
    int64_t port;
    if (!read_client(where, client, sizeof client, &port)) {
        return true;
    }
    struct tale *tale = tales_add(&log->tales, TOLD_BY_SERVER, "xrdp", error);
    if (tale == NULL) {
        return false;
    }
    memcpy(tale->client, client, strlen(client) + 1);
    tale->client_port = port;
    tale->port = log->port > 0 ? (int64_t)log->port : TALE_UNSEEN;
    tale->tried_us = at_us;
    tale->tcp = TCP_OPEN;
    count_client(log, client);
    tale_quote(tale, line->number, at_us, line->text, line->size);
    if (log->visit_count == XRDP_STEPS_MAX) {
        memmove(log->visits, log->visits + 1, (XRDP_STEPS_MAX - 1) * sizeof *log->visits);
        log->visit_count--;
    }
    log->visits[log->visit_count++] =
        (struct xrdp_visit){ .number = log->tales.count - 1, .step = XRDP_HANDSHAKE, .arrived_us = at_us };
    log->pending = TALE_UNSEEN;
    log->why[0] = '\0';
    return true;
}

static int64_t protocols_of(const char *from)
{
    static const struct {
        const char *name;
        int64_t bit;
    } names[] = { { "SSL", 1 }, { "HYBRID", 2 }, { "RDSTLS", 4 }, { "HYBRID_EX", 8 }, { "RDP", 0 } };
    int64_t bits = TALE_UNSEEN;
    for (const char *at = from; *at != '\0' && *at != ']';) {
        const size_t length = strcspn(at, "|]");
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            if (length == strlen(names[i].name) && memcmp(at, names[i].name, length) == 0) {
                bits = (bits == TALE_UNSEEN ? 0 : bits) | names[i].bit;
            }
        }
        at += length + (at[length] == '|');
    }
    return bits;
}

/* "Security protocol: configured [SSL|RDP], requested [SSL|HYBRID|RDP], selected [SSL]" */
static void take_protocol(struct xrdp_log *log, struct tale *tale, const char *message)
{
    enum { SSL_REQUIRED = 1, NO_CERTIFICATE = 3 };
    const char *requested = strstr(message, "requested [");
    const char *selected = strstr(message, "selected [");
    if (requested == NULL || selected == NULL) {
        return;
    }
    const int64_t offer = protocols_of(requested + strlen("requested ["));
    const int64_t chose = protocols_of(selected + strlen("selected ["));
    if (chose != TALE_UNSEEN) {
        tale_offer(tale, offer, chose, TALE_UNSEEN);
        if (log->pending == REASON_CERT_UNREADABLE) {
            tale->reason = log->pending; /* a warning: it goes on without TLS */
            tale_how(tale, "%s", log->why);
        }
        return;
    }
    tale->stopped = CHECK_NEGOTIATION;
    tale->reason = log->pending;
    tale_how(tale, "%s", log->why[0] != '\0' ? log->why : "xrdp refuses what the client asks for");
    if (log->pending == REASON_CERT_UNREADABLE || log->pending == REASON_CLIENT_LACKS_TLS) {
        tale->stopped = TALE_UNSEEN; /* the refusal that it answers with says it */
        tale_offer(tale, offer, TALE_UNSEEN, log->pending == REASON_CERT_UNREADABLE ? NO_CERTIFICATE : SSL_REQUIRED);
    }
}

/* Lines that give the reason before the line that tells what came of it. */
static bool take_reason(struct xrdp_log *log, const char *message)
{
    static const struct {
        const char *mark;
        int reason;
        const char *how;
    } reasons[] = {
        { "Cannot accept TLS connections because certificate", REASON_CERT_UNREADABLE,
          "xrdp cannot read its certificate or key file" },
        { "but the client did not request TLS", REASON_CLIENT_LACKS_TLS, "xrdp insists on TLS, the client has none" },
        { "ee key too small", REASON_CERT_WEAK, "xrdp's TLS library refuses its certificate: the key is too small" },
        { "ca md too weak", REASON_CERT_WEAK, "xrdp's TLS library refuses its certificate: the signature is too weak" },
        { "Error loading TLS private key", REASON_KEY_UNUSABLE, "xrdp cannot load its private key" },
        { "Error loading TLS certificate chain", REASON_KEY_UNUSABLE, "xrdp cannot load its certificate" },
        { " do not match", REASON_KEY_UNUSABLE, "xrdp's certificate and private key are no pair" },
        { "no shared cipher", REASON_TLS_NO_COMMON, "client and xrdp have no cipher in common" },
        { "unsupported protocol", REASON_TLS_NO_COMMON, "client and xrdp have no TLS version in common" },
        { "no protocols available", REASON_TLS_NO_COMMON, "xrdp has no TLS version switched on" },
        { "alert protocol version", REASON_TLS_NO_COMMON, "the client takes none of xrdp's TLS versions" },
    };
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (strstr(message, reasons[i].mark) != NULL) {
            const bool nearer = log->pending == TALE_UNSEEN || reasons[i].reason == REASON_CERT_WEAK;
            if (nearer) {
                log->pending = reasons[i].reason;
                snprintf(log->why, sizeof log->why, "%s", reasons[i].how);
            }
            return true;
        }
    }
    if (strstr(message, "alert certificate") != NULL || strstr(message, "alert unknown ca") != NULL ||
        strstr(message, "alert bad certificate") != NULL) {
        snprintf(log->why, sizeof log->why, "the client does not take xrdp's certificate, and says so by a TLS alert");
        return true;
    }
    return false;
}

static bool is_tls_gone(const char *message)
{
    return strstr(message, "SSL_accept: I/O error") != NULL ||
           strstr(message, "SSL_accept: Server closed TLS connection") != NULL;
}

/* Ends of the handshake, of a session, and logons: each belongs to the one connection in that step, if it is one. */
static void take_handshake_end(struct xrdp_log *log, struct xrdp_visit *visit, const char *message)
{
    struct tale *tale = tale_number(log, visit->number);
    visit->step = XRDP_OVER;
    if (tale == NULL || tale->offer_count > 1 || tale->stopped != TALE_UNSEEN || tale->how[0] != '\0') {
        return;
    }
    if (tale->offer_count == 0) {
        tale_how(tale, "the client sent no RDP request that xrdp could read: a scan, a health check, or it left");
        return;
    }
    if (tale->offers[0].failure != TALE_UNSEEN || tale->offers[0].selected == 0) {
        return;
    }
    if (strcmp(log->why, "left") == 0) {
        tale_how(tale, "the client left within the TLS handshake");
        return;
    }
    (void)message;
    tale->stopped = CHECK_TLS;
    tale->reason = log->pending;
    tale_how(tale, "%s", log->why[0] != '\0' ? log->why : "xrdp could not complete the TLS handshake");
}

static bool take_established(struct xrdp_log *log, const struct text_line *line, const char *message, int64_t at_us)
{
    static const struct {
        const char *name;
        enum tls_version version;
    } versions[] = { { "TLSv1.3", TLS_1_3 },
                     { "TLSv1.2", TLS_1_2 },
                     { "TLSv1.1", TLS_1_1 },
                     { "TLSv1 ", TLS_1_0 },
                     { "SSLv3", TLS_SSL3 } };
    const bool plain = begins(message, "Non-TLS connection established from ");
    const char *from = plain ? message + strlen("Non-TLS connection established from ")
                       : begins(message, "TLS connection established from ")
                           ? message + strlen("TLS connection established from ")
                           : NULL;
    char client[64];
    int64_t port;
    if (from == NULL || !read_client(from, client, sizeof client, &port)) {
        return from != NULL;
    }
    for (size_t i = 0; i < log->visit_count; i++) {
        struct tale *tale = tale_number(log, log->visits[i].number);
        if (tale == NULL || tale->client_port != port || strcmp(tale->client, client) != 0) {
            continue;
        }
        log->visits[i].step = XRDP_UP;
        tale->tls_up = !plain;
        tale->told_us = at_us;
        const char *cipher = strstr(from, "with cipher ");
        for (size_t k = 0; k < COUNT_OF(versions) && !plain; k++) {
            if (strstr(from, versions[k].name) != NULL && tale->tls_version == TALE_UNSEEN) {
                tale->tls_version = (int)versions[k].version;
            }
        }
        if (cipher != NULL) {
            word_copy(cipher + strlen("with cipher "), " ", tale->cipher, sizeof tale->cipher);
        }
        tale_quote(tale, line->number, at_us, line->text, line->size);
    }
    return true;
}

struct logon_line {
    const char *mark;
    int reason; /* TALE_UNSEEN: none that can mean only one thing */
    enum check_id at;
    const char *how;
};

static const struct logon_line logons[] = {
    { "AUTHFAIL: ", REASON_BAD_PASSWORD, CHECK_LOGON, "user name or password was refused (AUTHFAIL)" },
    { "Username or password error for user", REASON_BAD_PASSWORD, CHECK_LOGON, "user name or password was refused" },
    { "pam_authenticate failed: Authentication failure", REASON_BAD_PASSWORD, CHECK_LOGON,
      "PAM refuses user name or password" },
    { "pam_acct_mgmt failed: User account has expired", REASON_ACCOUNT_EXPIRED, CHECK_LOGON,
      "PAM says that the account has expired" },
    { "pam_acct_mgmt failed: Authentication token is no longer valid", REASON_PASSWORD_EXPIRED, CHECK_LOGON,
      "PAM says that the password has expired" },
    { "pam_authenticate failed", TALE_UNSEEN, CHECK_LOGON, "PAM refuses the logon" },
    { "pam_acct_mgmt failed", TALE_UNSEEN, CHECK_LOGON, "PAM refuses the account" },
    { "group problem for user", REASON_NO_RIGHT, CHECK_LOGON,
      "the account is right, but not in the group that may log on (TerminalServerUsers)" },
    { "login denied for user", REASON_NO_RIGHT, CHECK_LOGON, "the account may not log on here (TerminalServerUsers)" },
    { "login failed for", TALE_UNSEEN, CHECK_LOGON, "xrdp refused the logon" },
    { "Error connecting to sesman", TALE_UNSEEN, CHECK_LOGON, "xrdp does not reach its session manager, xrdp-sesman" },
    { "X server failed to start", REASON_GRAPHICS, CHECK_SESSION, "the X server of the session did not start" },
    { "Timed out waiting for X server", REASON_GRAPHICS, CHECK_SESSION, "the X server of the session did not start" },
    { "waiting for X server", TALE_UNSEEN, CHECK_SESSION, "the X server of the session did not answer" },
    { "error connecting to user session", TALE_UNSEEN, CHECK_SESSION, "xrdp could not connect to the user's session" },
    { "Error connecting to user session", TALE_UNSEEN, CHECK_SESSION, "xrdp could not connect to the user's session" },
};

static const struct logon_line *logon_line_of(const char *message)
{
    for (size_t i = 0; i < COUNT_OF(logons); i++) {
        if (strstr(message, logons[i].mark) != NULL) {
            return &logons[i];
        }
    }
    return NULL;
}

static bool is_success(const char *message)
{
    return strstr(message, "login successful for") != NULL || strstr(message, "login was successful") != NULL ||
           strstr(message, "Access permitted for user") != NULL ||
           strstr(message, "created session (access granted)") != NULL ||
           strstr(message, "reconnected session") != NULL;
}

/* sesman's own log has no connections, only logons: each is a tale of its own, of the address it names. */
static struct tale *sesman_tale(struct xrdp_log *log, const char *message, int64_t at_us, struct error *error)
{
    const char *ip = strstr(message, " ip=");
    struct tale *tale = tales_add(&log->tales, TOLD_BY_SERVER, "xrdp-sesman", error);
    if (tale != NULL && ip != NULL) {
        ip += strlen(" ip=");
        ip += begins(ip, "::ffff:") ? strlen("::ffff:") : 0;
        word_copy(ip, " ", tale->client, sizeof tale->client);
        count_client(log, tale->client);
    }
    if (tale != NULL) {
        tale->tried_us = at_us;
    }
    return tale;
}

/* The last logon of sesman's, when it is still being told. */
static struct tale *last_sesman(const struct xrdp_log *log, int64_t at_us)
{
    enum { SAME_LOGON_S = 5 };
    struct tale *tale = log->tales.count > 0 ? tale_number(log, log->tales.count - 1) : NULL;
    const bool same = tale != NULL && strcmp(tale->program, "xrdp-sesman") == 0 &&
                      at_us - tale->tried_us <= SAME_LOGON_S * (int64_t)SECOND_US && at_us >= tale->tried_us;
    return same ? tale : NULL;
}

static void refuse(struct tale *tale, const struct logon_line *logon, int64_t at_us)
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

/* Lines about logons and sessions: of sesman's log, or of xrdp's for the one connection that waits for it. The line
 * itself is not kept: it names the account. */
static bool take_logon(struct xrdp_log *log, const struct text_line *line, const char *message, int64_t at_us,
                       struct error *error)
{
    const struct logon_line *logon = logon_line_of(message);
    const bool success = logon == NULL && is_success(message);
    if (logon == NULL && !success) {
        return true;
    }
    struct xrdp_visit *visit = only_one(log, XRDP_UP, at_us);
    struct tale *tale = visit != NULL ? tale_number(log, visit->number) : NULL;
    if (tale == NULL && log->visit_count == 0) {
        tale = last_sesman(log, at_us);
        if (tale == NULL || (tale->works && logon != NULL && logon->at == CHECK_LOGON)) {
            tale = sesman_tale(log, message, at_us, error);
            if (tale == NULL) {
                return false;
            }
        }
        log->sesman++;
    }
    if (tale == NULL) {
        return true;
    }
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

/* Behind the handshake: which side ended it, the log does not say. */
static void take_session_end(struct xrdp_log *log, int64_t at_us)
{
    struct xrdp_visit *visit = only_one(log, XRDP_UP, at_us);
    struct tale *tale = visit != NULL ? tale_number(log, visit->number) : NULL;
    if (tale != NULL && tale->stopped == TALE_UNSEEN) {
        tale_how(tale, "it came past the security layer and ended before a logon; the log does not say who ended it");
        tale->told_us = at_us;
        visit->step = XRDP_OVER;
    }
}

static bool take_message(struct xrdp_log *log, const struct text_line *line, const char *message, int64_t at_us,
                         struct error *error)
{
    static const char *const arrivals[] = { " connection received from ", "connection accepted from ",
                                            "A connection received from " };
    const char *port = begins(message, "listening to port ") ? message + strlen("listening to port ") : NULL;
    if (port != NULL) {
        const int64_t number = word_number(port, PORT_MAX);
        log->port = number > 0 ? (size_t)number : log->port;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(arrivals); i++) {
        const char *where = strstr(message, arrivals[i]);
        if (where != NULL) {
            return arrive(log, line, where + strlen(arrivals[i]), at_us, error);
        }
    }
    if (take_established(log, line, message, at_us)) {
        return true;
    }
    const bool protocol = begins(message, "Security protocol: ");
    const bool reason = take_reason(log, message);
    const bool gone = is_tls_gone(message);
    const bool over = strstr(message, "_incoming failed") != NULL && begins(message, "xrdp_rdp_incoming:");
    if (gone) {
        snprintf(log->why, sizeof log->why, "left");
    }
    if (protocol || reason || gone || over) {
        struct xrdp_visit *visit = only_one(log, XRDP_HANDSHAKE, at_us);
        struct tale *tale = visit != NULL ? tale_number(log, visit->number) : NULL;
        if (tale == NULL) {
            return true;
        }
        tale_quote(tale, line->number, at_us, line->text, line->size);
        if (protocol) {
            take_protocol(log, tale, message);
        }
        if (over) {
            tale->told_us = at_us;
            take_handshake_end(log, visit, message);
        }
        return true;
    }
    if (begins(message, "xrdp_process_data_in: xrdp_process_loop failed")) {
        take_session_end(log, at_us);
        return true;
    }
    return take_logon(log, line, message, at_us, error);
}

bool xrdp_log_take(void *context, const struct text_line *line, struct error *error)
{
    struct xrdp_log *log = context;
    int64_t at_us;
    const char *message = message_of(line, &at_us);
    if (message == NULL) {
        return true;
    }
    log->used++;
    log->first_us = log->first_us == TALE_NO_TIME ? at_us : log->first_us;
    log->last_us = at_us;
    return take_message(log, line, message, at_us, error);
}

void xrdp_log_end(struct xrdp_log *log)
{
    for (size_t i = 0; i < tales_kept(&log->tales); i++) {
        tales_at(&log->tales, i)->visitors = log->client_count > 0 ? (int64_t)log->client_count : TALE_UNSEEN;
    }
}

void xrdp_log_release(struct xrdp_log *log)
{
    tales_release(&log->tales);
    xrdp_log_init(log);
}

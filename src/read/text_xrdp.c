#include "read/text_xrdp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "read/text_xrdp_parts.h"

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

struct tale *xrdp_tale(const struct xrdp_log *log, size_t number)
{
    const size_t kept = tales_kept(&log->tales);
    const size_t first = log->tales.count - kept;
    return number < first ? NULL : tales_at(&log->tales, number - first);
}

struct xrdp_visit *xrdp_only_one(struct xrdp_log *log, enum xrdp_step step, int64_t now_us)
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

void xrdp_count_client(struct xrdp_log *log, const char *client)
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

static bool arrive(struct xrdp_log *log, const struct text_line *line, const char *where, int64_t at_us,
                   struct error *error)
{
    char client[64];
    int64_t port;
    if (!xrdp_client(where, client, sizeof client, &port)) {
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
    tale->zoneless = log->zoneless;
    tale->tcp = TCP_OPEN;
    xrdp_count_client(log, client);
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

/* "Security protocol: configured [SSL|RDP], requested [SSL|HYBRID|RDP], selected [SSL]" */
static void take_protocol(struct xrdp_log *log, struct tale *tale, const char *message)
{
    enum { SSL_REQUIRED = 1, NO_CERTIFICATE = 3 };
    const char *requested = strstr(message, "requested [");
    const char *selected = strstr(message, "selected [");
    if (requested == NULL || selected == NULL) {
        return;
    }
    const int64_t offer = xrdp_protocols(requested + strlen("requested ["));
    const int64_t chose = xrdp_protocols(selected + strlen("selected ["));
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
    struct tale *tale = xrdp_tale(log, visit->number);
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
    if (from == NULL || !xrdp_client(from, client, sizeof client, &port)) {
        return from != NULL;
    }
    for (size_t i = 0; i < log->visit_count; i++) {
        struct tale *tale = xrdp_tale(log, log->visits[i].number);
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

/* Lines that only the session manager writes. What was taken for connections of clients before was xrdp itself. */
static void know_sesman(struct xrdp_log *log, const char *message)
{
    static const char *const marks[] = { "starting xrdp-sesman", "sesman_", "AUTHFAIL: ", "pam_", "scp_" };
    bool own = false;
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        own = own || begins(message, marks[i]);
    }
    for (size_t i = 0; i < tales_kept(&log->tales) && own; i++) {
        own = tales_at(&log->tales, i)->offer_count == 0;
    }
    if (own && !log->sesman) {
        log->sesman = true;
        log->tales.count = 0;
        log->visit_count = 0;
        log->client_count = 0;
    }
}

static bool take_message(struct xrdp_log *log, const struct text_line *line, const char *message, int64_t at_us,
                         struct error *error)
{
    static const char *const arrivals[] = { " connection received from ", "connection accepted from ",
                                            "A connection received from " };
    know_sesman(log, message);
    const char *port = begins(message, "listening to port ") ? message + strlen("listening to port ") : NULL;
    if (port != NULL) {
        const int64_t number = word_number(port, PORT_MAX);
        log->port = number > 0 ? (size_t)number : log->port;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(arrivals); i++) {
        const char *where = strstr(message, arrivals[i]);
        if (where != NULL && log->sesman) {
            return true;
        }
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
        struct xrdp_visit *visit = xrdp_only_one(log, XRDP_HANDSHAKE, at_us);
        struct tale *tale = visit != NULL ? xrdp_tale(log, visit->number) : NULL;
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
    if (xrdp_is_end(message)) {
        xrdp_take_session_end(log, at_us);
        return true;
    }
    return xrdp_take_logon(log, line, message, at_us, error);
}

bool xrdp_log_take(void *context, const struct text_line *line, struct error *error)
{
    struct xrdp_log *log = context;
    int64_t at_us;
    const char *message = xrdp_message(line, &at_us, &log->zoneless);
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

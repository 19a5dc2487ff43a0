/* Signs of the start of a session: what the server said, in which phase it ended, and what it did not say. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <stdio.h>

#include "facts/codes.h"

/* Alerts of licensing (MS-RDPBCGR 2.2.1.12.1.3) and logon errors (2.2.10.1.1.4.1.1). */
enum { LOGON_WARNING = 3 };
enum { LICENCE_NO_SERVER = 6, LICENCE_VALID = 7, LICENCE_BAD_CLIENT = 8 };
#define LOGON_DISCONNECT_REFUSED INT64_C(0xfffffff9)
#define LOGON_NO_PERMISSION      INT64_C(0xfffffffa)
#define LOGON_BUMP_OPTIONS       INT64_C(0xfffffffb)
#define LOGON_ACCESS_DENIED      INT64_C(0xffffffff)
#define LOGON_MESSAGES           INT64_C(0xfffffff8) /* from here on no NTSTATUS */

static const char *const phases[] = {
    "in the MCS connect",   "while channels were joined", "while keys were exchanged",
    "while licensing went", "before its Demand Active",   "after the capabilities were exchanged",
};

static const char *phase_words(const struct ev_session *session)
{
    return seen(session->phase.source) && session->phase.v >= SESSION_MCS && session->phase.v <= SESSION_ACTIVE
               ? phases[session->phase.v]
               : "at the start of the session";
}

/* Which codes name which cause. */
static const struct {
    int64_t code;
    enum cause cause;
} named[] = {
    { 0x3, CAUSE_SESSION_LIMIT_POLICY },
    { 0x4, CAUSE_SESSION_LIMIT_POLICY },
    { 0x5, CAUSE_SESSION_LIMIT },
    { 0x6, CAUSE_SERVER_RESOURCES },
    { 0x9, CAUSE_NO_RDP_RIGHT },
    { 0xf, CAUSE_GRAPHICS_START_FAILED },
    { 0x10, CAUSE_GRAPHICS_START_FAILED },
    { 0x11, CAUSE_GRAPHICS_START_FAILED },
    { 0x12, CAUSE_GRAPHICS_START_FAILED },
    { 0x100, CAUSE_LICENCE_EXCHANGE_FAILED },
    { 0x101, CAUSE_LICENCE_NO_SERVER },
    { 0x102, CAUSE_LICENCE_NONE },
    { 0x103, CAUSE_LICENCE_CLIENT_STORE },
    { 0x104, CAUSE_LICENCE_CLIENT_STORE },
    { 0x105, CAUSE_LICENCE_CLIENT_STORE },
    { 0x106, CAUSE_LICENCE_EXCHANGE_FAILED },
    { 0x107, CAUSE_LICENCE_EXCHANGE_FAILED },
    { 0x108, CAUSE_LICENCE_CLIENT_STORE },
    { 0x109, CAUSE_LICENCE_NONE },
    { 0x10a, CAUSE_LICENCE_NONE },
    { 0x400, CAUSE_BROKER_DOWN },
    { 0x402, CAUSE_BROKER_DOWN },
    { 0x404, CAUSE_BROKER_DOWN },
    { 0x405, CAUSE_BROKER_DOWN },
    { 0x406, CAUSE_BROKER_DOWN },
    { 0x407, CAUSE_BROKER_DOWN },
    { 0x408, CAUSE_BROKER_DOWN },
    { 0x410, CAUSE_BROKER_DOWN },
    { 0x411, CAUSE_BROKER_DOWN },
    { 0x412, CAUSE_BROKER_DOWN },
    { 0x1194, CAUSE_FIPS_MISMATCH },
    /* "denied" says no more: whoever may be meant is only possible (signs SESSION_HINTS) */
    { 0x7, CAUSE_NONE },
};

static enum cause code_cause(int64_t code)
{
    for (size_t i = 0; i < COUNT_OF(named); i++) {
        if (named[i].code == code) {
            return named[i].cause;
        }
    }
    return CAUSE_NONE;
}

static enum cause licence_cause(int64_t code)
{
    switch (code) {
    case LICENCE_NO_SERVER:
        return CAUSE_LICENCE_NO_SERVER;
    case LICENCE_BAD_CLIENT:
        return CAUSE_LICENCE_NONE;
    case LICENCE_VALID:
        return CAUSE_NONE;
    default:
        return CAUSE_LICENCE_EXCHANGE_FAILED;
    }
}

static const char *licence_words(int64_t code)
{
    static const char *const words[] = {
        [1] = "it does not take the certificate",
        [2] = "no licence",
        [3] = "a wrong checksum",
        [4] = "a wrong scope",
        [6] = "no licence server",
        [8] = "the client is not valid",
        [0xb] = "a product id it does not know",
        [0xc] = "a wrong length",
    };
    return code >= 0 && code < (int64_t)COUNT_OF(words) && words[code] != NULL ? words[code] : "an unknown reason";
}

/* An NTSTATUS that is an error: only then the data are a reason, and no session id. */
static bool is_status(const struct ev_session_logon *logon)
{
    return logon->type.v >= INT64_C(0xc0000000) && logon->type.v < LOGON_MESSAGES;
}

/* The last logon error that says that it will not be; NULL: none. */
static const struct ev_session_logon *logon_error(const struct ev_session *session)
{
    const struct ev_session_logon *found = NULL;
    ev_each (logon, const struct ev_session_logon, &session->logons) {
        const bool tells = seen(logon->type.source) &&
                           (logon->type.v == LOGON_DISCONNECT_REFUSED || logon->type.v == LOGON_NO_PERMISSION ||
                            logon->type.v == LOGON_BUMP_OPTIONS || logon->type.v == LOGON_ACCESS_DENIED ||
                            (is_status(logon) && !int_is(&logon->data, LOGON_WARNING)));
        found = tells ? logon : found;
    }
    return found;
}

static enum truth say_logon_error(const struct ev_session_logon *error, struct buffer *words)
{
    if (is_status(error)) {
        const char *name = ntstatus_name((uint32_t)error->type.v);
        return say(words, YES, "the server's logon screen answers 0x%08" PRIX64 "%s%s", (uint64_t)error->type.v,
                   name != NULL ? ": " : "", name != NULL ? name : "");
    }
    return say(words, YES, "the server says that this logon is not to be: %s",
               error->type.v == LOGON_NO_PERMISSION   ? "no permission"
               : error->type.v == LOGON_ACCESS_DENIED ? "access denied"
               : error->type.v == LOGON_BUMP_OPTIONS  ? "all sessions are taken, and one would have to go"
                                                      : "somebody's session would have to go, and it may not");
}

static enum truth logon_error_says(const struct ev_session_logon *error, enum cause cause, struct buffer *words)
{
    const enum cause said = error->type.v == LOGON_NO_PERMISSION   ? CAUSE_NO_RDP_RIGHT
                            : error->type.v == LOGON_ACCESS_DENIED ? CAUSE_NONE
                                                                   : CAUSE_SESSION_LIMIT;
    if (is_status(error)) {
        return status_says("the server's logon screen answers", error->type.v, cause, words);
    }
    return said == cause ? say_logon_error(error, words) : say(words, NO, "the server names another reason, or none");
}

static bool ended_with(const struct ev_session *session, enum session_ended ended)
{
    return enum_is(&session->ended, (int)ended);
}

/* A capture of a session whose server speaks in cipher: how it ended is no word about why. */
static bool is_hidden(const struct ev_session *session)
{
    return seen(session->hidden.source) && !bool_is(&session->demanded, true) &&
           (ended_with(session, SESSION_CLOSED) || ended_with(session, SESSION_RESET) ||
            ended_with(session, SESSION_SILENT) || ended_with(session, SESSION_ULTIMATUM));
}

/* A recorded client that left of its own accord; the live one says so by other words. */
static bool client_left(const struct ev_session *session)
{
    return enum_is(&session->ended_by, SESSION_BY_CLIENT) &&
           (ended_with(session, SESSION_CLOSED) || ended_with(session, SESSION_RESET) ||
            ended_with(session, SESSION_ULTIMATUM));
}

enum truth see_session_ready(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    if (!seen(session->ended.source)) {
        return UNSEEN;
    }
    if (is_hidden(session) && enum_is(&session->phase, SESSION_ACTIVE)) {
        return say(words, YES, "the server was drawing: a session ran");
    }
    if (is_hidden(session) || (client_left(session) && !bool_is(&session->demanded, true))) {
        return UNSEEN;
    }
    if (!bool_is(&session->demanded, true)) {
        return say(words, NO, "the server never came to its Demand Active");
    }
    return say(words, YES, "the server was ready for a session: its Demand Active came");
}

static enum truth say_error_info(const struct ev_session *session, struct buffer *words)
{
    const struct code_fact *fact = code_fact(CODE_ERRINFO, (uint32_t)session->error.v);
    return say(words, YES, "the server ends it %s with error info 0x%" PRIX64 "%s%s", phase_words(session),
               (uint64_t)session->error.v, fact != NULL ? ": " : "", fact != NULL ? fact->meaning : "");
}

static enum truth say_ultimatum(const struct ev_session *session, struct buffer *words)
{
    static const char *const reasons[] = {
        "the domain is disconnected", "the server's own doing", "a token was purged",
        "as if the user wanted it",   "the channel was purged",
    };
    const int64_t reason = session->reason.v;
    return say(words, YES, "the server ends it %s by an MCS ultimatum (%s), without an error code",
               phase_words(session),
               seen(session->reason.source) && reason >= 0 && reason < (int64_t)COUNT_OF(reasons) ? reasons[reason]
                                                                                                  : "no known reason");
}

static enum truth say_refused(const struct ev_session *session, struct buffer *words)
{
    if (seen(session->refused.source)) {
        return say(words, YES, "the server refuses to let channel %" PRId64 " be joined: MCS result %" PRId64,
                   session->refused.v, session->mcs_result.v);
    }
    return say(words, YES, "the server refuses %s: MCS result %" PRId64 "%s", phase_words(session),
               session->mcs_result.v,
               int_is(&session->mcs_result, 14) ? " (the client's data are not to its liking)" : "");
}

static enum truth say_end(const struct ev_session *session, struct buffer *words)
{
    char text[SPAN_SIZE];
    switch (session->ended.v) {
    case SESSION_ERROR_INFO:
        return say_error_info(session, words);
    case SESSION_ULTIMATUM:
        return say_ultimatum(session, words);
    case SESSION_REFUSED:
        return say_refused(session, words);
    case SESSION_LICENCE:
        return say(words, YES, "the server ends licensing with alert %" PRId64 ": %s", session->licence.code.v,
                   licence_words(session->licence.code.v));
    case SESSION_SILENT:
        return say(words, YES, "the server falls silent %s", phase_words(session));
    case SESSION_ENDLESS:
        return say(words, YES, "the server keeps sending %s what leads nowhere", phase_words(session));
    case SESSION_GARBAGE:
        return say(words, YES, "what the server sends %s cannot be: %.160s", phase_words(session),
                   session->problem.v != NULL ? session->problem.v : "no more is known");
    case SESSION_ALERT:
        return say(words, YES, "the server sends TLS alert %" PRId64 " %s", session->alert.v, phase_words(session));
    default:
        return say(words, YES, "the server %s %s, %s after our last message",
                   ended_with(session, SESSION_RESET) ? "resets" : "closes", phase_words(session),
                   span(seen(session->after_us.source) ? session->after_us.v : 0, text));
    }
}

/* What stops a session: an end before Demand Active, an error code at any time, or the server's word that this logon is
 * not to be. What only this machine lacks, and a redirection, stop nobody. */
enum truth see_session_fails(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const struct ev_session_logon *error = logon_error(session);
    if (!seen(session->ended.source)) {
        const bool earlier = is_yes(look, LOGON_FAILS) || is_yes(look, NLA_FAILED) || is_yes(look, TLS_FAILED);
        return earlier ? say(words, NO, "it ended before a session was begun") : UNSEEN;
    }
    if (ended_with(session, SESSION_CIPHER_LACK) || ended_with(session, SESSION_REDIRECTED)) {
        return UNSEEN;
    }
    if (is_hidden(session)) {
        return enum_is(&session->phase, SESSION_ACTIVE) ? say(words, NO, "the server was drawing: a session ran")
                                                        : UNSEEN;
    }
    if (client_left(session) && !bool_is(&session->demanded, true)) {
        return UNSEEN;
    }
    if (ended_with(session, SESSION_ERROR_INFO)) {
        return say_error_info(session, words);
    }
    if (error != NULL) {
        return say_logon_error(error, words);
    }
    if (bool_is(&session->demanded, true)) {
        return say(words, NO, "the server was ready for a session");
    }
    return say_end(session, words);
}

enum truth session_says(const struct look *look, enum cause cause, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const struct ev_session_logon *error = logon_error(session);
    enum cause said = CAUSE_NONE;
    const enum truth fails = see_session_fails(look, NULL);
    if (fails != YES) {
        return fails == NO ? say(words, NO, "the session's start did not fail") : UNSEEN;
    }
    if (ended_with(session, SESSION_ERROR_INFO)) {
        said = code_cause(session->error.v);
    } else if (error != NULL) {
        return logon_error_says(error, cause, words);
    } else if (ended_with(session, SESSION_LICENCE)) {
        said = licence_cause(session->licence.code.v);
    }
    if (said == CAUSE_NONE) {
        return say(words, NO, "no code of the server names it");
    }
    return said == cause ? see_session_fails(look, words) : say(words, NO, "the server names another reason");
}

/* Error info 7: refused, and no word why. */
enum truth see_session_denied(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const enum truth fails = see_session_fails(look, NULL);
    if (fails != YES) {
        return fails == NO ? say(words, NO, "the session's start did not fail") : UNSEEN;
    }
    return int_is(&session->error, 7) ? say_error_info(session, words)
                                      : say(words, NO, "the server does not just say that it refuses");
}

/* No code, no refusal: the connection is simply gone, or mute. */
enum truth see_session_cut(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const enum truth fails = see_session_fails(look, NULL);
    if (fails != YES) {
        return fails == NO ? say(words, NO, "the session's start did not fail") : UNSEEN;
    }
    const bool cut = ended_with(session, SESSION_CLOSED) || ended_with(session, SESSION_RESET) ||
                     ended_with(session, SESSION_SILENT) || ended_with(session, SESSION_ULTIMATUM) ||
                     ended_with(session, SESSION_ALERT);
    return cut ? say_end(session, words) : say(words, NO, "the server said why it ends the session");
}

enum truth see_session_cut_licensing(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const enum truth cut = see_session_cut(look, NULL);
    if (cut != YES) {
        return cut == NO ? say(words, NO, "the session's start was not cut off") : UNSEEN;
    }
    /* a server that is asked for nothing but a licence has asked for one */
    return enum_is(&session->phase, SESSION_LICENSING) && seen(session->licence.requests.source)
               ? say(words, YES, "the server asked for a licence, and then ended the connection without a word")
               : say(words, NO, "it did not end in the middle of licensing");
}

enum truth see_session_cut_late(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const enum truth cut = see_session_cut(look, NULL);
    if (cut != YES) {
        return cut == NO ? say(words, NO, "the session's start was not cut off") : UNSEEN;
    }
    return session->phase.v >= SESSION_CAPABILITIES
               ? say(words, YES, "it got as far as the capabilities, and then the server was gone")
               : say(words, NO, "it ended before the session itself began");
}

/* The server's copy of our offer is another: somebody in between changed it, or the server does not tell it right. */
enum truth see_offer_changed(const struct look *look, struct buffer *words)
{
    const struct ev_session *session = &look->e->session;
    const struct ev_connection *connection = look_connection(look->e, &session->connection);
    if (!seen(session->requested.source) || connection == NULL || !seen(connection->offer.source)) {
        return UNSEEN;
    }
    return session->requested.v != connection->offer.v
               ? say(words, YES, "the server says it was offered 0x%" PRIX64 ", and 0x%" PRIX64 " was sent",
                     (uint64_t)session->requested.v, (uint64_t)connection->offer.v)
               : say(words, NO, "the server saw the offer that was sent");
}

enum truth see_server_wants_fips(const struct look *look, struct buffer *words)
{
    const struct ev_encryption *encryption = &look->e->session.encryption;
    if (!seen(encryption->level.source)) {
        return UNSEEN;
    }
    return enum_is(&encryption->level, SESSION_LEVEL_FIPS)
               ? say(words, YES, "the server's encryption level is FIPS, which only some clients speak")
               : say(words, NO, "the server does not ask for FIPS encryption");
}

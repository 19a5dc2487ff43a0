/* The stage: what comes is taken apart into packets and handed to the phase; every end is recorded with its side. */
#include "probe/session.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "platform/secret.h"
#include "probe/probe_internal.h"

void session_free(struct session *session)
{
    if (session == NULL) {
        return;
    }
    net_timer_free(session->watch);
    rdp_cipher_free(session->cipher);
    rdp_library_free(session->library);
    secret_wipe(session, sizeof(*session));
    alloc_free(session);
}

struct ev_session *session_group(struct attempt *attempt)
{
    return &attempt->run->evidence->session;
}

void session_enter_phase(struct attempt *attempt, enum session_phase phase)
{
    attempt->session->phase = phase;
    ev_set_enum(&session_group(attempt)->phase, SOURCE_PROBE, (int)phase);
}

/* --- the end --- */

static void record_end(struct attempt *attempt, enum session_ended ended, enum session_by by, int64_t at_us)
{
    struct ev_session *group = session_group(attempt);
    if (group->ended.source != SOURCE_NONE) {
        return;
    }
    ev_set_enum(&group->ended, SOURCE_PROBE, (int)ended);
    ev_set_enum(&group->ended_by, SOURCE_PROBE, (int)by);
    ev_set_int(&group->after_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
}

void session_over(struct attempt *attempt, enum session_ended ended, enum session_by by)
{
    const int64_t now_us = clock_monotonic_us();
    record_end(attempt, ended, by, now_us);
    net_timer_free(attempt->session->watch);
    attempt->session->watch = NULL;
    attempt_end(attempt, by == SESSION_BY_CLIENT ? END_BY_US : END_BY_PEER,
                ended == SESSION_SILENT    ? END_SILENCE
                : ended == SESSION_ALERT   ? END_ALERT
                : ended == SESSION_ENDLESS ? END_OUR_LIMIT
                : ended == SESSION_CLOSED  ? END_FIN
                                           : END_DONE,
                now_us);
    attempt_leave(attempt, ended == SESSION_READY ? WENT_DONE : WENT_OVER);
}

void session_failed(struct attempt *attempt, struct error *error)
{
    net_timer_free(attempt->session->watch);
    attempt->session->watch = NULL;
    attempt_failed(attempt, error);
}

void session_garbage(struct attempt *attempt, const char *what, const struct fault *fault)
{
    char text[240];
    struct error error = { 0 };
    snprintf(text, sizeof(text), "%s: byte %zu: %s (%s)", what, fault->offset, fault->why, fault->section);
    if (!ev_set_words(&session_group(attempt)->problem, SOURCE_PROBE, text, &error)) {
        session_failed(attempt, &error);
        return;
    }
    session_over(attempt, SESSION_GARBAGE, SESSION_BY_SERVER);
}

/* Shutdown Request where a session runs (2.2.2.2), then the ultimatum: what mstsc says when its window is closed. */
static bool say_good_bye(struct attempt *attempt, struct error *error)
{
    const struct mcs ultimatum = { .kind = MCS_DISCONNECT, .reason = MCS_USER_REQUESTED };
    return (attempt->session->phase != SESSION_ACTIVE ||
            session_send_share(attempt, SHARE_SHUTDOWN_REQUEST, NULL, 0, error)) &&
           session_send_mcs(attempt, &ultimatum, error);
}

void session_ready(struct attempt *attempt)
{
    struct error error = { 0 };
    record_end(attempt, SESSION_READY, SESSION_BY_CLIENT, clock_monotonic_us());
    if (!say_good_bye(attempt, &error)) {
        session_failed(attempt, &error);
        return;
    }
    session_over(attempt, SESSION_READY, SESSION_BY_CLIENT);
}

/* --- what comes --- */

/* Decrypts in place where the header says so; false: the session is over. */
static bool open_data(struct attempt *attempt, struct cursor *cursor, const struct security_header *header,
                      struct slice *plain)
{
    struct session *session = attempt->session;
    bool good = false;
    *plain = slice_of(cursor->at, cursor_left(cursor));
    if ((header->flags & SEC_ENCRYPT) == 0 || session->cipher == NULL) {
        return true;
    }
    /* The bytes are ours: they lie in attempt->in. */
    uint8_t *bytes = attempt->in.bytes + (cursor->at - attempt->in.bytes);
    const bool opened = rdp_cipher_open(session->cipher, bytes, plain->size, header->padding,
                                        (header->flags & SEC_SECURE_CHECKSUM) != 0, header->mac, &good);
    if (!opened || !good) {
        const struct fault fault = { 0, "MS-RDPBCGR 5.3.6", "what was decrypted does not have its checksum" };
        session_garbage(attempt, "encrypted data", &fault);
        return false;
    }
    plain->size -= header->padding;
    return true;
}

/* Data on the I/O channel: a share PDU bare, or behind a security header. */
static bool data_got(struct attempt *attempt, struct slice data, struct error *error)
{
    struct session *session = attempt->session;
    struct security_header header = { 0 };
    struct fault fault = { 0 };
    struct slice plain;
    struct cursor cursor = cursor_of(data.bytes, data.size);
    if (share_recognise(data)) {
        return session_share_got(attempt, data, error);
    }
    if (security_header_parse(&cursor, session->method == RDP_METHOD_FIPS, &header, &fault) != PARSE_DONE) {
        session_garbage(attempt, "data", &fault);
        return true;
    }
    if (!open_data(attempt, &cursor, &header, &plain)) {
        return true;
    }
    if ((header.flags & SEC_LICENSE_PKT) != 0) {
        session->licence_encrypts = (header.flags & SEC_LICENSE_ENCRYPT_CS) != 0;
        return session_licence_got(attempt, plain, error);
    }
    if ((header.flags & SEC_REDIRECTION_PKT) != 0) {
        session_over(attempt, SESSION_REDIRECTED, SESSION_BY_SERVER);
        return true;
    }
    /* auto-detection, heartbeat, multitransport: passed over (2.2.14, 2.2.16.1, 2.2.15.1) */
    if ((header.flags & (SEC_AUTODETECT_REQ | SEC_HEARTBEAT | SEC_TRANSPORT_REQ)) != 0) {
        return true;
    }
    return session_share_got(attempt, plain, error);
}

static bool mcs_got(struct attempt *attempt, const struct mcs *mcs, struct error *error)
{
    if (mcs->kind == MCS_DISCONNECT) {
        ev_set_int(&session_group(attempt)->reason, SOURCE_PROBE, mcs->reason);
        session_over(attempt, SESSION_ULTIMATUM, SESSION_BY_SERVER);
        return true;
    }
    if (mcs->kind != MCS_SEND_DATA_INDICATION) {
        return session_mcs_got(attempt, mcs, error);
    }
    if (attempt->session->phase <= SESSION_CHANNELS) {
        const struct fault fault = { 0, "MS-RDPBCGR 1.3.1.1", "data came before a channel was joined" };
        session_garbage(attempt, "MCS", &fault);
        return true;
    }
    return mcs->channel != attempt->session->io_channel || data_got(attempt, mcs->data, error);
}

static bool over_the_limits(struct attempt *attempt)
{
    struct session *session = attempt->session;
    const bool watching = session->phase == SESSION_ACTIVE;
    if (!watching && (++session->packets > SESSION_PACKETS_MAX || attempt->stage_bytes > SESSION_BYTES_MAX)) {
        session_over(attempt, SESSION_ENDLESS, SESSION_BY_CLIENT);
        return true;
    }
    if (watching && attempt->stage_bytes > SESSION_WATCH_BYTES_MAX) {
        session_ready(attempt);
        return true;
    }
    return false;
}

/* One packet out of attempt->in; *more: maybe there is another. */
static bool take_packet(struct attempt *attempt, bool *more, struct error *error)
{
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    struct fault fault = { 0 };
    struct pdu pdu;
    *more = false;
    if (attempt->in.size == 0) {
        return true;
    }
    switch (pdu_parse(&cursor, &pdu, &fault)) {
    case PARSE_MORE:
        return true;
    case PARSE_DONE:
        break;
    case PARSE_BAD:
    default:
        session_garbage(attempt, "packet", &fault);
        return true;
    }
    if (over_the_limits(attempt)) {
        return true;
    }
    if (pdu.kind == PDU_FAST) {
        ev_set_bool(&session_group(attempt)->fast_path, SOURCE_PROBE, true);
    } else if (pdu.kind == PDU_DISCONNECT) {
        session_over(attempt, SESSION_CLOSED, SESSION_BY_SERVER);
        return true;
    } else if (pdu.kind == PDU_MCS && !mcs_got(attempt, &pdu.mcs, error)) {
        return false;
    }
    if (attempt->stream != NULL) {
        buffer_consume(&attempt->in, pdu.size);
        *more = true;
    }
    return true;
}

/* Is the session still this stage's matter? Any step may have ended it, and freed nothing. */
static bool goes_on(const struct attempt *attempt)
{
    return attempt->stream != NULL && attempt->doing != NULL;
}

static void take_packets(struct attempt *attempt)
{
    struct error error = { 0 };
    bool more = true;
    while (more && goes_on(attempt)) {
        if (!take_packet(attempt, &more, &error)) {
            session_failed(attempt, &error);
            return;
        }
    }
}

/* TLS: decrypts; *closed and the alert are for after the packets that came before them. */
static bool through_tls(struct attempt *attempt, const uint8_t *bytes, size_t size, bool *broken, bool *closed,
                        struct error *error)
{
    const bool stepped = net_tls_step(attempt->tls, bytes, size) == NET_TLS_UP;
    const bool read = net_tls_read(attempt->tls, &attempt->in, closed);
    *broken = !stepped || !read;
    if (attempt->in.failed) {
        return error_no_memory(error);
    }
    return probe_tls_flush(attempt, error);
}

static void session_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    bool broken = false;
    bool closed = false;
    attempt->heard_us = at_us;
    if (attempt->session->standard) {
        if (!buffer_add(&attempt->in, bytes, size)) {
            error_no_memory(&error);
            session_failed(attempt, &error);
            return;
        }
    } else if (!through_tls(attempt, bytes, size, &broken, &closed, &error)) {
        session_failed(attempt, &error);
        return;
    }
    take_packets(attempt);
    if (!goes_on(attempt) || attempt->session->standard) {
        return;
    }
    const int alert = net_tls_alert(attempt->tls);
    if (alert > 0) {
        ev_set_int(&session_group(attempt)->alert, SOURCE_PROBE, alert);
        session_over(attempt, SESSION_ALERT, SESSION_BY_SERVER);
    } else if (closed) {
        session_over(attempt, SESSION_CLOSED, SESSION_BY_SERVER);
    } else if (broken) {
        const struct fault fault = { 0, "RFC 8446 5", "a TLS record that cannot be read" };
        session_garbage(attempt, "TLS", &fault);
    }
}

/* While a session runs on, its end by the server's FIN after a polite answer of ours is no failure of the start-up. */
static void session_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    net_timer_free(attempt->session->watch);
    attempt->session->watch = NULL;
    record_end(attempt,
               end == NET_END_FIN   ? SESSION_CLOSED
               : end == NET_END_RST ? SESSION_RESET
                                    : SESSION_SILENT,
               end == NET_END_ERROR ? SESSION_BY_NETWORK : SESSION_BY_SERVER, at_us);
    attempt_leave(attempt, WENT_OVER);
}

static void session_expired(struct attempt *attempt)
{
    const int64_t now_us = clock_monotonic_us();
    const bool trickles = attempt->stage_bytes > 0 && now_us - attempt->heard_us < SESSION_US / 5;
    if (attempt->session->phase == SESSION_ACTIVE) {
        session_ready(attempt);
        return;
    }
    session_over(attempt, trickles ? SESSION_ENDLESS : SESSION_SILENT, SESSION_BY_CLIENT);
}

static const struct attempt_stage session_stage = {
    .stage = STAGE_SESSION,
    .received = session_received,
    .ended = session_ended,
    .expired = session_expired,
};

/* What came between two stages (TLS 1.3 sends its tickets then) was kept as it came: TLS has to see it. */
static bool take_early(struct attempt *attempt, struct error *error)
{
    bool closed;
    bool good = true;
    if (attempt->in.size > 0 && !attempt->session->standard) {
        struct buffer early = attempt->in;
        buffer_init(&attempt->in, early.cap);
        (void)net_tls_step(attempt->tls, early.bytes, early.size);
        (void)!net_tls_read(attempt->tls, &attempt->in, &closed);
        good = !attempt->in.failed || error_no_memory(error);
        buffer_release(&early);
    }
    return good;
}

bool attempt_session(struct attempt *attempt, struct error *error)
{
    struct ev_session *group = session_group(attempt);
    struct session *session = alloc_new(sizeof(*session));
    if (session == NULL) {
        return error_no_memory(error);
    }
    session_free(attempt->session);
    attempt->session = session;
    session->standard = attempt->tls == NULL;
    if (!take_early(attempt, error)) {
        return false;
    }
    attempt->heard_us = clock_monotonic_us();
    ev_set_int(&group->connection, SOURCE_PROBE, (int64_t)attempt->connection);
    ev_set_bool(&group->touched, SOURCE_PROBE, false);
    ev_set_enum(&group->security, SOURCE_PROBE,
                session->standard          ? SESSION_OVER_RDP
                : probe_logged_on(attempt) ? SESSION_OVER_NLA
                                           : SESSION_OVER_TLS);
    return attempt_enter(attempt, &session_stage, SESSION_US, error) && session_connect(attempt, error);
}

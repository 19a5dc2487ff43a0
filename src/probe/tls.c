/* TLS on the connection the Confirm came on: OpenSSL with a ClientHello as Windows shapes it, or one by hand where only
 * the server's first word matters. */
#include <string.h>

#include "base/clock.h"
#include "probe/probe_internal.h"
#include "wire/nego.h"
#include "wire/tls_flight.h"
#include "wire/tls_hello.h"

enum {
    HELLOS_MAX = 64,
    TLS_BYTES_MAX = 256 * 1024, /* no server needs more for a handshake; a certificate of a megabyte is cut off */
    OUT_CAP = 128 * 1024,
};

static struct ev_hello *hello_of(struct attempt *attempt)
{
    return (struct ev_hello *)attempt->run->evidence->tls.hellos.items + attempt->hello;
}

enum tls_version probe_tls_version(uint16_t wire)
{
    static const enum tls_version versions[] = { TLS_SSL3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };
    return wire >= 0x0300 && wire <= 0x0304 ? versions[wire - 0x0300] : TLS_NONE;
}

static bool record_hello(struct attempt *attempt, struct error *error)
{
    struct ev_list *list = &attempt->run->evidence->tls.hellos;
    attempt->hello = list->count;
    struct ev_hello *hello = ev_list_add(list, SOURCE_PROBE, &hello_table, HELLOS_MAX, error);
    if (hello == NULL) {
        return false;
    }
    ev_set_enum(&hello->shape, SOURCE_PROBE, attempt->options.hello);
    ev_set_int(&hello->connection, SOURCE_PROBE, (int64_t)attempt->connection);
    ev_set_bool(&hello->server_hello, SOURCE_PROBE, false);
    ev_set_bool(&hello->finished, SOURCE_PROBE, false);
    if (attempt->options.mss > 0) {
        ev_set_int(&hello->mss, SOURCE_PROBE, attempt->options.mss);
    }
    ev_set_enum(&attempt_record(attempt)->hello, SOURCE_PROBE, attempt->options.hello);
    return true;
}

static void record_result(struct attempt *attempt, enum tls_try result, int64_t at_us)
{
    struct ev_hello *hello = hello_of(attempt);
    ev_set_enum(&hello->result, SOURCE_PROBE, result);
    if (hello->after_us.source == SOURCE_NONE) {
        ev_set_int(&hello->after_us, SOURCE_PROBE, at_us - attempt->hello_us);
    }
}

static void record_server_hello(struct attempt *attempt, enum tls_version version, int64_t at_us)
{
    struct ev_hello *hello = hello_of(attempt);
    if (hello->server_hello.v) {
        return;
    }
    ev_set_bool(&hello->server_hello, SOURCE_PROBE, true);
    ev_set_int(&hello->after_us, SOURCE_PROBE, at_us - attempt->hello_us);
    if (version != TLS_NONE) {
        ev_set_enum(&hello->version, SOURCE_PROBE, version);
    }
}

static void record_alert(struct attempt *attempt, int alert)
{
    struct ev_tls *group = &attempt->run->evidence->tls;
    ev_set_int(&hello_of(attempt)->alert, SOURCE_PROBE, alert);
    if (attempt->options.purpose == PURPOSE_FIRST) {
        ev_set_int(&group->alert, SOURCE_PROBE, alert);
    }
}

/* --- the end of a hello, whoever made it --- */

static void over(struct attempt *attempt, enum tls_try result, enum end_by by, enum end_how how, int64_t at_us)
{
    record_result(attempt, result, at_us);
    attempt_end(attempt, by, how, at_us);
    attempt_leave(attempt, WENT_OVER);
}

static void tls_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    record_result(attempt,
                  end == NET_END_FIN   ? TLS_TRY_CLOSED
                  : end == NET_END_RST ? TLS_TRY_RESET
                                       : TLS_TRY_SILENT,
                  at_us);
    attempt_leave(attempt, WENT_OVER);
}

static void tls_expired(struct attempt *attempt)
{
    /* Silence is when nothing more comes; what trickles in until our limit is not silence. */
    const int64_t now_us = clock_monotonic_us();
    const bool trickles = now_us - attempt->heard_us < PROBE_TLS_US / 5 && attempt->stage_bytes > 0;
    over(attempt, TLS_TRY_SILENT, END_BY_US, trickles ? END_OUR_LIMIT : END_SILENCE, now_us);
}

static bool over_the_cap(struct attempt *attempt, int64_t at_us)
{
    attempt->heard_us = at_us;
    if (attempt->stage_bytes <= TLS_BYTES_MAX) {
        return false;
    }
    over(attempt, TLS_TRY_OTHER, END_BY_US, END_OUR_LIMIT, at_us);
    return true;
}

/* What came is no TLS. xrdp answers with an MCS disconnect in the clear when its own side of TLS cannot start. */
static enum tls_try unfit(const struct attempt *attempt)
{
    const uint8_t tpkt_version = 3;
    return attempt->stage_first == tpkt_version ? TLS_TRY_PLAIN : TLS_TRY_OTHER;
}

/* --- by OpenSSL --- */

bool probe_tls_flush(struct attempt *attempt, struct error *error)
{
    struct buffer out;
    buffer_init(&out, OUT_CAP);
    bool good = net_tls_take(attempt->tls, &out);
    if (!good) {
        error_no_memory(error);
    } else if (out.size > 0 && attempt->stream != NULL) {
        good = attempt_send(attempt, out.bytes, out.size, error);
    }
    buffer_release(&out);
    return good;
}

static bool record_up(struct attempt *attempt, int64_t at_us, struct error *error)
{
    struct ev_tls *group = &attempt->run->evidence->tls;
    const enum tls_version version = probe_tls_version((uint16_t)net_tls_version(attempt->tls));
    const char *cipher = net_tls_cipher(attempt->tls);
    record_server_hello(attempt, version, at_us);
    record_result(attempt, TLS_TRY_ACCEPTED, at_us);
    ev_set_bool(&hello_of(attempt)->finished, SOURCE_PROBE, true);
    if (group->version.source != SOURCE_NONE) {
        return true;
    }
    ev_set_enum(&group->version, SOURCE_PROBE, version);
    return cipher == NULL || ev_set_words(&group->cipher, SOURCE_PROBE, cipher, error);
}

static void openssl_step(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    const enum net_tls_state state = net_tls_step(attempt->tls, bytes, size);
    if (net_tls_no_memory(attempt->tls)) {
        error_no_memory(&error);
        attempt_failed(attempt, &error);
        return;
    }
    if (net_tls_server_hello(attempt->tls)) {
        record_server_hello(attempt, probe_tls_version((uint16_t)net_tls_version(attempt->tls)), at_us);
    }
    if ((state == NET_TLS_UP && !record_up(attempt, at_us, &error)) || !probe_tls_flush(attempt, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    const int alert = net_tls_alert(attempt->tls);
    if (state == NET_TLS_UP) {
        attempt_leave(attempt, WENT_ON);
    } else if (state == NET_TLS_FAILED && alert >= 0) {
        record_alert(attempt, alert);
        over(attempt, TLS_TRY_ALERT, END_BY_PEER, END_ALERT, at_us);
    } else if (state == NET_TLS_FAILED) {
        over(attempt, unfit(attempt), END_BY_US, END_DONE, at_us);
    }
}

static void openssl_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    if (!over_the_cap(attempt, at_us)) {
        openssl_step(attempt, bytes, size, at_us);
    }
}

static const struct attempt_stage openssl_stage = {
    .stage = STAGE_TLS,
    .received = openssl_received,
    .ended = tls_ended,
    .expired = tls_expired,
};

const char *probe_server_name(const struct run *run)
{
    struct address address;
    return address_parse(run->options->host, &address) ? NULL : run->options->host;
}

static bool start_openssl(struct attempt *attempt, struct error *error)
{
    const struct net_tls_options options = {
        .server_name = probe_server_name(attempt->run),
        .schannel_shape = attempt->options.hello == HELLO_SCHANNEL,
    };
    attempt->tls = net_tls_client(&options, error);
    if (attempt->tls == NULL || !attempt_enter(attempt, &openssl_stage, PROBE_TLS_US, error)) {
        return false;
    }
    if (net_tls_step(attempt->tls, NULL, 0) == NET_TLS_FAILED) {
        return error_set(error, ERROR_INTERNAL, "no ClientHello could be made: %s", net_tls_problem(attempt->tls));
    }
    return probe_tls_flush(attempt, error);
}

/* --- by hand --- */

static void hand_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    struct tls_flight flight;
    if (over_the_cap(attempt, at_us)) {
        return;
    }
    if (!buffer_add(&attempt->in, bytes, size)) {
        error_no_memory(&error);
        attempt_failed(attempt, &error);
        return;
    }
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    switch (tls_flight_parse(&cursor, &flight, NULL)) {
    case PARSE_MORE:
        return;
    case PARSE_DONE:
        if (flight.kind == TLS_FLIGHT_ALERT) {
            record_alert(attempt, flight.alert);
            over(attempt, TLS_TRY_ALERT, END_BY_PEER, END_ALERT, at_us);
            return;
        }
        record_server_hello(attempt, probe_tls_version(flight.version), at_us);
        ev_set_int(&hello_of(attempt)->suite, SOURCE_PROBE, flight.suite);
        over(attempt, TLS_TRY_ACCEPTED, END_BY_US, END_DONE, at_us);
        return;
    case PARSE_BAD:
    default:
        over(attempt, unfit(attempt), END_BY_US, END_DONE, at_us);
        return;
    }
}

static const struct attempt_stage hand_stage = {
    .stage = STAGE_TLS,
    .received = hand_received,
    .ended = tls_ended,
    .expired = tls_expired,
};

/* No secret hangs on these bytes: the handshake is never completed. They only have to differ. */
static void fill_unlike(uint8_t *bytes, size_t size, uint64_t seed)
{
    uint64_t x = seed | 1;
    for (size_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        bytes[i] = (uint8_t)(x >> 32);
    }
}

static bool start_by_hand(struct attempt *attempt, struct error *error)
{
    static const enum tls_hello_version versions[] = {
        [TLS_NONE] = TLS_HELLO_WIDE, [TLS_SSL3] = TLS_HELLO_SSL3, [TLS_1_0] = TLS_HELLO_1_0,
        [TLS_1_1] = TLS_HELLO_1_1,   [TLS_1_2] = TLS_HELLO_1_2,   [TLS_1_3] = TLS_HELLO_1_3,
    };
    uint8_t bytes[TLS_HELLO_SIZE_MAX];
    uint8_t share[TLS_HELLO_RANDOM_SIZE];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct tls_hello hello = {
        .version = versions[attempt->options.single],
        .server_name = slice_of_text(probe_server_name(attempt->run)),
        .x25519 = slice_of(share, sizeof(share)),
    };
    const uint64_t seed = (uint64_t)clock_monotonic_us() * 0x9e3779b97f4a7c15U;
    fill_unlike(hello.random, sizeof(hello.random), seed);
    fill_unlike(hello.session_id, sizeof(hello.session_id), seed + 2);
    fill_unlike(share, sizeof(share), seed + 4);
    if (!tls_hello_write(&writer, &hello)) {
        return error_set(error, ERROR_INTERNAL, "the wide ClientHello could not be written");
    }
    return attempt_enter(attempt, &hand_stage, PROBE_TLS_US, error) &&
           attempt_send(attempt, bytes, writer_size(&writer), error);
}

bool attempt_tls(struct attempt *attempt, struct error *error)
{
    uint8_t early[1024];
    const size_t early_size = attempt->in.size < sizeof(early) ? attempt->in.size : sizeof(early);
    if (!record_hello(attempt, error)) {
        return false;
    }
    if (early_size > 0) {
        memcpy(early, attempt->in.bytes, early_size);
    }
    buffer_clear(&attempt->in);
    attempt->hello_us = clock_monotonic_us();
    attempt->heard_us = attempt->hello_us;
    const bool by_openssl = attempt->options.hello == HELLO_SCHANNEL || attempt->options.through;
    if (!(by_openssl ? start_openssl : start_by_hand)(attempt, error)) {
        return false;
    }
    attempt->hello_us = attempt->sent_us;
    /* What came behind the Confirm, before our hello: TLS has to judge it. */
    if (early_size > 0) {
        attempt->stage_first = early[0];
        attempt->doing->received(attempt, early, early_size, clock_monotonic_us());
    }
    return true;
}

bool probe_leads_to_tls(const struct attempt *attempt)
{
    const uint32_t selected = attempt->selected;
    const bool single = selected != 0 && (selected & (selected - 1)) == 0;
    return single && (selected & attempt->options.offer) != 0;
}

/* --- the check --- */

void probe_tls_over(struct attempt *attempt, enum went went)
{
    struct run *run = attempt->run;
    if (went != WENT_ON) {
        run_blocked(run, CHECK_TLS, "TLS did not come up");
    }
    run_end(run, CHECK_TLS, RAN_DONE, NULL);
}

static bool pointless(struct run *run, const char *why)
{
    run_blocked(run, CHECK_TLS, why);
    run_end(run, CHECK_TLS, RAN_POINTLESS, why);
    return true;
}

static bool tls_start(struct run *run, struct error *error)
{
    struct attempt *first = run->probe->first;
    if (first->stream == NULL) {
        return pointless(run, "the server's answer was no Confirm that leads to TLS");
    }
    if (probe_leads_to_tls(first)) {
        return attempt_tls(first, error);
    }
    if (first->selected != PROTOCOL_RDP || !probe_session_follows(run)) {
        attempt_end(first, END_BY_US, END_DONE, clock_monotonic_us());
    }
    return pointless(run, first->selected == PROTOCOL_RDP ? "the server chose standard RDP security, which has no TLS"
                                                          : "the server chose a protocol that was not offered");
}

static void tls_cancel(struct run *run)
{
    probe_settle(run);
}

const struct check probe_tls = {
    .id = CHECK_TLS,
    .needs = NEEDS(CHECK_NEGOTIATION),
    .start = tls_start,
    .cancel = tls_cancel,
};

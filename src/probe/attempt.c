#include "probe/attempt.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "probe/gateway.h"
#include "probe/logon.h"
#include "probe/probe_internal.h"
#include "probe/session.h"

enum { IN_CAP = 1 << 20, CONFIRM_KEPT = 64, CONNECTIONS_MAX = 64 };

struct ev_connection *attempt_record(struct attempt *attempt)
{
    return (struct ev_connection *)attempt->run->evidence->connections.items + attempt->connection;
}

void attempt_end(struct attempt *attempt, enum end_by by, enum end_how how, int64_t at_us)
{
    if (attempt->stream == NULL) {
        return;
    }
    struct ev_end *end = &attempt_record(attempt)->end;
    const int ttl = net_stream_ttl(attempt->stream);
    ev_set_enum(&end->by, SOURCE_PROBE, by);
    ev_set_enum(&end->how, SOURCE_PROBE, how);
    /* What ends the connection between two stages ended it at the later of what was done. */
    ev_set_enum(&end->stage, SOURCE_PROBE, attempt->doing != NULL ? (int)attempt->doing->stage : end->stage.v);
    ev_set_int(&end->after_bytes, SOURCE_PROBE, (int64_t)attempt->received);
    ev_set_int(&end->after_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
    if (ttl >= 0) {
        ev_set_int(&end->ttl, SOURCE_PROBE, ttl);
    }
    uint32_t sent;
    uint32_t again;
    if (net_stream_sent(attempt->stream, &sent, &again)) {
        ev_set_int(&attempt_record(attempt)->segments, SOURCE_PROBE, sent);
        ev_set_int(&attempt_record(attempt)->again, SOURCE_PROBE, again);
    }
    net_timer_free(attempt->limit);
    attempt->limit = NULL;
    net_stream_close(attempt->stream);
    attempt->stream = NULL;
}

void attempt_free(struct attempt *attempt)
{
    if (attempt == NULL) {
        return;
    }
    net_timer_free(attempt->limit);
    net_stream_close(attempt->stream);
    net_tls_free(attempt->tls);
    logon_free(attempt->logon);
    session_free(attempt->session);
    buffer_release(&attempt->in);
    alloc_free(attempt);
}

void attempt_failed(struct attempt *attempt, const struct error *error)
{
    attempt_end(attempt, END_BY_US, END_OUR_LIMIT, clock_monotonic_us());
    attempt->doing = NULL;
    run_failed(attempt->run, error);
}

void attempt_leave(struct attempt *attempt, enum went went)
{
    const enum stage stage = attempt->doing->stage;
    net_timer_free(attempt->limit);
    attempt->limit = NULL;
    ev_set_enum(&attempt_record(attempt)->end.stage, SOURCE_PROBE, (int)stage);
    attempt->doing = NULL;
    attempt->moved(attempt, stage, went, attempt->context);
}

static void expired(void *context)
{
    struct attempt *attempt = context;
    if (attempt->doing != NULL && attempt->doing->expired != NULL) {
        attempt->doing->expired(attempt);
    }
}

bool attempt_enter(struct attempt *attempt, const struct attempt_stage *stage, int64_t limit_us, struct error *error)
{
    attempt->doing = stage;
    attempt->stage_bytes = 0;
    attempt->stage_first = 0;
    net_timer_free(attempt->limit);
    attempt->limit = net_timer_start(attempt->run->loop, run_limit_us(attempt->run, limit_us), expired, attempt, error);
    return attempt->limit != NULL;
}

bool attempt_send(struct attempt *attempt, const void *bytes, size_t size, struct error *error)
{
    attempt->sent_us = clock_monotonic_us();
    return net_stream_send(attempt->stream, bytes, size, error);
}

bool attempt_keep_first(struct attempt *attempt, const uint8_t *bytes, size_t size, struct error *error)
{
    struct ev_bytes *kept = &attempt_record(attempt)->confirm_hex;
    return ev_set_bytes(kept, SOURCE_PROBE, bytes, size < CONFIRM_KEPT ? size : CONFIRM_KEPT, error);
}

static void on_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct attempt *attempt = context;
    attempt->received += size;
    if (attempt->stage_bytes == 0 && size > 0) {
        attempt->stage_first = bytes[0];
    }
    attempt->stage_bytes += size;
    if (attempt->doing != NULL && attempt->doing->received != NULL) {
        attempt->doing->received(attempt, bytes, size, at_us);
        return;
    }
    /* Between stages nothing is expected; a flood is cut off. */
    if (!buffer_add(&attempt->in, bytes, size)) {
        attempt_end(attempt, END_BY_US, END_OUR_LIMIT, at_us);
    }
}

static void on_ended(void *context, enum net_end end, int64_t at_us)
{
    static const enum end_how how[] = {
        [NET_END_FIN] = END_FIN, [NET_END_RST] = END_RST, [NET_END_ERROR] = END_SILENCE, /* the kernel gave up sending,
                                                                                            or a router said so */
    };
    struct attempt *attempt = context;
    attempt_end(attempt, end == NET_END_ERROR ? END_BY_NETWORK : END_BY_PEER, how[end], at_us);
    if (attempt->doing != NULL) {
        attempt->doing->ended(attempt, end, at_us);
    }
}

static const struct attempt_stage connecting = { .stage = STAGE_TCP };

static enum end_how connect_end(enum net_connect_result result, enum end_by *by)
{
    *by = result == NET_REFUSED ? END_BY_PEER : END_BY_NETWORK;
    if (result == NET_REFUSED) {
        return END_RST;
    }
    if (result == NET_NOT_ASKED) {
        return END_FIN;
    }
    return result == NET_SILENT ? END_SILENCE : END_ICMP;
}

static void on_connected(void *context, const struct net_connected *connected)
{
    struct attempt *attempt = context;
    if (attempt->stream == NULL) {
        return; /* given up before the gateway had its channel */
    }
    attempt->connect_result = connected->result;
    attempt->connect_by = connected->by;
    attempt->rtt_us = connected->rtt_us;
    if (connected->result == NET_OPEN) {
        attempt->opened = true;
        attempt->open_us = clock_monotonic_us();
        if (connected->rtt_us >= 0) {
            ev_set_int(&attempt_record(attempt)->rtt_us, SOURCE_PROBE, connected->rtt_us);
        }
        attempt_leave(attempt, WENT_ON);
        return;
    }
    enum end_by by;
    const enum end_how how = connect_end(connected->result, &by);
    probe_not_opened(attempt->run);
    attempt_end(attempt, by, how, connected->rtt_us >= 0 ? attempt->sent_us + connected->rtt_us : clock_monotonic_us());
    attempt_leave(attempt, WENT_OVER);
}

static const struct net_stream_handler handler = {
    .connected = on_connected,
    .received = on_received,
    .ended = on_ended,
};

static bool record_start(struct attempt *attempt, struct error *error)
{
    struct ev_list *list = &attempt->run->evidence->connections;
    char text[ADDRESS_TEXT_SIZE];
    attempt->connection = list->count;
    struct ev_connection *record = ev_list_add(list, SOURCE_PROBE, &connection_table, CONNECTIONS_MAX, error);
    if (record == NULL) {
        return false;
    }
    address_format(&attempt->options.address, text);
    ev_set_enum(&record->purpose, SOURCE_PROBE, attempt->options.purpose);
    ev_set_enum(&record->hello, SOURCE_PROBE, HELLO_NONE);
    return attempt->options.address.family == ADDRESS_NONE || ev_set_words(&record->address, SOURCE_PROBE, text, error);
}

struct attempt *attempt_start(struct run *run, const struct attempt_options *options, attempt_moved *moved,
                              const void *context, struct error *error)
{
    struct attempt *attempt = alloc_new(sizeof(*attempt));
    if (attempt == NULL) {
        error_no_memory(error);
        return NULL;
    }
    attempt->run = run;
    attempt->options = *options;
    attempt->moved = moved;
    attempt->context = context;
    buffer_init(&attempt->in, IN_CAP);
    if (!record_start(attempt, error)) {
        attempt_free(attempt);
        return NULL;
    }
    const struct net_stream_options stream = {
        .address = options->address,
        .port = run->options->port,
        .connect_limit_us = run_limit_us(run, options->connect_limit_us),
        .mss = options->mss,
    };
    attempt->doing = &connecting;
    attempt->sent_us = clock_monotonic_us();
    attempt->stream = run->probe->door != NULL ? gateway_dial(run->probe->door, run->options, &handler, attempt, error)
                                               : net_stream_connect(run->loop, &stream, &handler, attempt, error);
    if (attempt->stream == NULL) {
        attempt_free(attempt);
        return NULL;
    }
    probe_adopt(run, attempt);
    return attempt;
}

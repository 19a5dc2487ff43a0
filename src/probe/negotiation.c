/* The request and its answer (MS-RDPBCGR 2.2.1.1, 2.2.1.2), and connecting without a word. */
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "wire/banner.h"
#include "wire/nego.h"

enum {
    OFFERS_MAX = 64,
    BANNER_KEPT = 256,
    BANNER_WAIT_US = 200000, /* what is no RDP answer may come in pieces */
    ANSWER_CAP = 4096,
    CONFIRMS_MAX = 64,
};

static struct ev_offer *offer_of(struct attempt *attempt)
{
    return (struct ev_offer *)attempt->run->evidence->negotiation.offers.items + attempt->offer;
}

static bool record_request(struct attempt *attempt, struct error *error)
{
    struct ev_list *list = &attempt->run->evidence->negotiation.offers;
    attempt->offer = list->count;
    struct ev_offer *offer = ev_list_add(list, SOURCE_PROBE, &offer_table, OFFERS_MAX, error);
    if (offer == NULL) {
        return false;
    }
    ev_set_int(&offer->offer, SOURCE_PROBE, attempt->options.offer);
    ev_set_bool(&offer->cookie, SOURCE_PROBE, attempt->options.cookie);
    ev_set_int(&offer->segments, SOURCE_PROBE, attempt->options.segments);
    ev_set_int(&offer->connection, SOURCE_PROBE, (int64_t)attempt->connection);
    ev_set_int(&attempt_record(attempt)->offer, SOURCE_PROBE, attempt->options.offer);
    return true;
}

static bool send_request(struct attempt *attempt, struct error *error)
{
    uint8_t bytes[NEGO_REQUEST_MAX];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct nego_request request = {
        .protocols = attempt->options.offer,
        .cookie = slice_of_text(attempt->options.cookie ? "rdpwhy" : NULL),
    };
    if (!nego_request_write(&writer, &request)) {
        return error_set(error, ERROR_INTERNAL, "the connection request could not be written");
    }
    const size_t size = writer_size(&writer);
    const size_t head = attempt->options.segments > 1 ? size / 2 : 0;
    return (head == 0 || attempt_send(attempt, bytes, head, error)) &&
           attempt_send(attempt, bytes + head, size - head, error);
}

/* Our time from the request to the first byte of the answer; also what `load` is made of. */
static void record_first_byte(struct attempt *attempt, int64_t at_us)
{
    ev_set_int(&offer_of(attempt)->confirm_us, SOURCE_PROBE, attempt_since_sent(attempt, at_us));
}

static bool record_load(struct attempt *attempt, struct error *error)
{
    struct ev_int_item *item =
        ev_list_add(&attempt->run->evidence->load.confirm_us, SOURCE_PROBE, &int_item_table, CONFIRMS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_int(&item->value, SOURCE_PROBE, offer_of(attempt)->confirm_us.v);
    return true;
}

_Static_assert((int)BANNER_RDP == (int)SPEAKS_RDP && (int)BANNER_IMAP == (int)SPEAKS_IMAP, "one list, two names");

/* It began as TPKT and went wrong: nothing else that is known speaks so. */
static enum speaks who_speaks(const struct attempt *attempt, size_t kept)
{
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    struct nego_answer answer;
    const enum parse parse = nego_answer_parse(&cursor, &answer, NULL);
    const bool framed = parse == PARSE_BAD || (parse == PARSE_DONE && answer.kind != NEGO_ANSWER_NOT_RDP);
    return framed ? SPEAKS_RDP : (enum speaks)banner_of(attempt->in.bytes, kept);
}

/* The answer is no Confirm: keep what came, and tell what speaks. */
static void finish_stranger(struct attempt *attempt, enum nego_ended ended)
{
    struct ev_negotiation *group = &attempt->run->evidence->negotiation;
    struct error error = { 0 };
    const size_t kept = attempt->in.size < BANNER_KEPT ? attempt->in.size : BANNER_KEPT;
    ev_set_enum(&offer_of(attempt)->ended, SOURCE_PROBE, ended);
    if (group->banner.source == SOURCE_NONE && kept > 0) {
        ev_set_enum(&group->speaks, SOURCE_PROBE, (int)who_speaks(attempt, kept));
        if (!ev_set_bytes(&group->banner, SOURCE_PROBE, attempt->in.bytes, kept, &error)) {
            attempt_failed(attempt, &error);
            return;
        }
    }
    attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    attempt_leave(attempt, WENT_OVER);
}

static void stranger_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    (void)end;
    (void)at_us;
    finish_stranger(attempt, NEGO_NOT_RDP);
}

static void stranger_expired(struct attempt *attempt)
{
    finish_stranger(attempt, NEGO_NOT_RDP);
}

static void stranger_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    (void)at_us;
    const size_t room = BANNER_KEPT - (attempt->in.size < BANNER_KEPT ? attempt->in.size : BANNER_KEPT);
    struct error error = { 0 };
    if (!buffer_add(&attempt->in, bytes, size < room ? size : room)) {
        error_no_memory(&error);
        attempt_failed(attempt, &error);
    } else if (attempt->in.size >= BANNER_KEPT) {
        finish_stranger(attempt, NEGO_NOT_RDP);
    }
}

static const struct attempt_stage stranger_stage = {
    .stage = STAGE_NEGOTIATION,
    .received = stranger_received,
    .ended = stranger_ended,
    .expired = stranger_expired,
};

static void meet_stranger(struct attempt *attempt)
{
    struct error error = { 0 };
    if (attempt->in.size >= BANNER_KEPT) {
        finish_stranger(attempt, NEGO_NOT_RDP);
    } else if (!attempt_enter(attempt, &stranger_stage, BANNER_WAIT_US, &error)) {
        attempt_failed(attempt, &error);
    }
}

static void record_answer(struct ev_offer *offer, const struct nego_answer *answer)
{
    ev_set_enum(&offer->ended, SOURCE_PROBE, NEGO_ANSWERED);
    ev_set_bool(&offer->no_block, SOURCE_PROBE, answer->kind == NEGO_ANSWER_PLAIN);
    if (answer->kind == NEGO_ANSWER_RESPONSE) {
        ev_set_int(&offer->selected, SOURCE_PROBE, answer->selected);
        ev_set_int(&offer->flags, SOURCE_PROBE, answer->flags);
    } else if (answer->kind == NEGO_ANSWER_FAILURE) {
        ev_set_int(&offer->failure, SOURCE_PROBE, answer->failure);
    }
}

static void answered(struct attempt *attempt, const struct nego_answer *answer)
{
    struct error error = { 0 };
    if (answer->kind == NEGO_ANSWER_NOT_RDP || answer->length_lied) {
        meet_stranger(attempt);
        return;
    }
    if (answer->kind == NEGO_ANSWER_DISCONNECT) {
        ev_set_enum(&offer_of(attempt)->ended, SOURCE_PROBE, NEGO_CLOSED);
        attempt_end(attempt, END_BY_PEER, END_FIN, clock_monotonic_us());
        attempt_leave(attempt, WENT_OVER);
        return;
    }
    record_answer(offer_of(attempt), answer);
    if (!record_load(attempt, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    attempt->selected = answer->selected;
    buffer_consume(&attempt->in, answer->size);
    attempt_leave(attempt, answer->kind == NEGO_ANSWER_RESPONSE ? WENT_ON : WENT_DONE);
}

static void nego_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    const bool first = attempt->in.size == 0;
    const size_t room = ANSWER_CAP - attempt->in.size;
    if (!buffer_add(&attempt->in, bytes, size < room ? size : room)) {
        error_no_memory(&error);
        attempt_failed(attempt, &error);
        return;
    }
    if (first) {
        record_first_byte(attempt, at_us);
    }
    if (!attempt_keep_first(attempt, attempt->in.bytes, attempt->in.size, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    struct cursor cursor = cursor_of(attempt->in.bytes, attempt->in.size);
    struct nego_answer answer;
    switch (nego_answer_parse(&cursor, &answer, NULL)) {
    case PARSE_MORE:
        return;
    case PARSE_DONE:
        answered(attempt, &answer);
        return;
    case PARSE_BAD:
    default:
        meet_stranger(attempt);
        return;
    }
}

static void nego_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    (void)at_us;
    if (end == NET_END_ERROR) {
        ev_set_enum(&offer_of(attempt)->ended, SOURCE_PROBE, NEGO_SILENT);
    } else {
        ev_set_enum(&offer_of(attempt)->ended, SOURCE_PROBE, end == NET_END_FIN ? NEGO_CLOSED : NEGO_RESET);
    }
    attempt_leave(attempt, WENT_OVER);
}

static void nego_expired(struct attempt *attempt)
{
    if (attempt->in.size > 0) {
        /* Something came, too slowly to become an answer. */
        attempt_end(attempt, END_BY_US, END_OUR_LIMIT, clock_monotonic_us());
        finish_stranger(attempt, NEGO_SILENT);
        return;
    }
    ev_set_enum(&offer_of(attempt)->ended, SOURCE_PROBE, NEGO_SILENT);
    attempt_end(attempt, END_BY_US, END_SILENCE, clock_monotonic_us());
    attempt_leave(attempt, WENT_OVER);
}

static const struct attempt_stage nego_stage = {
    .stage = STAGE_NEGOTIATION,
    .received = nego_received,
    .ended = nego_ended,
    .expired = nego_expired,
};

bool attempt_negotiate(struct attempt *attempt, struct error *error)
{
    return record_request(attempt, error) && attempt_enter(attempt, &nego_stage, PROBE_NEGO_US, error) &&
           send_request(attempt, error);
}

/* --- silent-connect --- */

static void silent_over(struct attempt *attempt, enum went went)
{
    ev_set_int(&attempt_record(attempt)->silent_us, SOURCE_PROBE, clock_monotonic_us() - attempt->open_us);
    attempt_leave(attempt, went);
}

static void silent_received(struct attempt *attempt, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct error error = { 0 };
    (void)at_us;
    /* Whoever speaks first is no RDP server; the first words are kept with the connection. */
    if (!attempt_keep_first(attempt, bytes, size, &error)) {
        attempt_failed(attempt, &error);
        return;
    }
    attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    silent_over(attempt, WENT_OVER);
}

static void silent_ended(struct attempt *attempt, enum net_end end, int64_t at_us)
{
    (void)end;
    (void)at_us;
    silent_over(attempt, WENT_OVER);
}

static void silent_expired(struct attempt *attempt)
{
    attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    silent_over(attempt, WENT_OVER);
}

static const struct attempt_stage silent_stage = {
    .stage = STAGE_TCP,
    .received = silent_received,
    .ended = silent_ended,
    .expired = silent_expired,
};

bool attempt_stay_silent(struct attempt *attempt, struct error *error)
{
    return attempt_enter(attempt, &silent_stage, PROBE_SILENT_US, error);
}

/* --- the check --- */

void probe_negotiation_over(struct attempt *attempt, enum went went)
{
    struct run *run = attempt->run;
    if (went != WENT_OVER) {
        /* a Confirm without a block means standard RDP security, with which a session can go on */
        if (went == WENT_DONE && !(offer_of(attempt)->no_block.v && probe_session_follows(run))) {
            attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
        }
        run_end(run, CHECK_NEGOTIATION, RAN_DONE, NULL);
        return;
    }
    run_blocked(run, CHECK_NEGOTIATION, "the connection ended before the server's Confirm");
    run_end(run, CHECK_NEGOTIATION, RAN_DONE, NULL);
}

static bool negotiation_start(struct run *run, struct error *error)
{
    return attempt_negotiate(run->probe->first, error);
}

static void first_cancel(struct run *run)
{
    probe_settle(run);
}

const struct check probe_negotiation = {
    .id = CHECK_NEGOTIATION,
    .needs = NEEDS(CHECK_TCP),
    .start = negotiation_start,
    .cancel = first_cancel,
};

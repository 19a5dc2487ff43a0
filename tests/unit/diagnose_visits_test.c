/* A server's log beside a connection: what its silence says, and whose refusal it is. */
#include "unit/joined_help.h"

#include "diagnose/rules.h"

static const char core[] = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational";

/* A capture of a connection that is closed before the Confirm. */
static struct evidence *closed_early(void)
{
    struct evidence *e = begin();
    tcp(e, "10.20.4.17", TCP_OPEN, -1);
    const int64_t at = connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, MS);
    (void)offer(e, at, 11, NEGO_CLOSED);
    recorded_as(e, "10.0.0.3", 50211, REACH_OPEN);
    return e;
}

static const struct finding *finding_of(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].cause == cause) {
            return &verdict->findings[i];
        }
    }
    return NULL;
}

/* The certainty of a cause; CERTAINTY_NONE: not among the findings. Frees the evidence. */
static enum certainty certainty_for(struct evidence *e, enum cause cause)
{
    struct verdict *verdict = diagnose(e, &help_error);
    assert_non_null(verdict);
    const struct finding *finding = finding_of(verdict, cause);
    const enum certainty certainty = finding != NULL ? finding->certainty : CERTAINTY_NONE;
    verdict_free(verdict);
    evidence_free(e);
    return certainty;
}

/* `spoil`: the one thing that keeps the silence from being evidence. */
enum spoil {
    NOTHING_SPOILT,
    SPOIL_JOIN,
    SPOIL_WHOLE,
    SPOIL_FIRST,
    SPOIL_LAST,
    SPOIL_ARRIVALS,
    SPOIL_OTHER_LOG,
    SPOIL_VISIT_NEAR,
    SPOIL_VISITS_CUT,
    SPOILS,
};

static struct evidence *silent_log(enum spoil spoil)
{
    struct evidence *e = closed_early();
    log_joined(e, spoil == SPOIL_JOIN ? JOINED_GIVEN : JOINED_NAME);
    struct ev_coverage *coverage = log_covers(
        e, spoil == SPOIL_OTHER_LOG ? "Security" : core, NOW_US - 5 * MINUTE_US + (spoil == SPOIL_FIRST ? 1 : 0),
        NOW_US + 5 * MINUTE_US - (spoil == SPOIL_LAST ? 1 : 0), spoil == SPOIL_ARRIVALS ? 0 : 7);
    ev_set_bool(&coverage->whole, SOURCE_FILE, spoil != SPOIL_WHOLE);
    log_visit(e, "10.0.0.9", 1000, NOW_US + 5 * MINUTE_US + (spoil == SPOIL_VISIT_NEAR ? 0 : 1));
    if (spoil == SPOIL_VISITS_CUT) {
        ev_set_int(&e->server.visits_first, SOURCE_FILE, NOW_US);
    }
    return e;
}

static void silence_of_a_whole_log_points_to_the_way(void **state)
{
    (void)state;
    assert_int_equal(certainty_for(silent_log(NOTHING_SPOILT), CAUSE_FORWARD_DEAD_BACKEND), CERTAINTY_LIKELY);
    for (int spoil = SPOIL_JOIN; spoil < SPOILS; spoil++) {
        assert_int_equal(certainty_for(silent_log((enum spoil)spoil), CAUSE_FORWARD_DEAD_BACKEND), CERTAINTY_POSSIBLE);
    }
}

static void what_happens_in_the_server_needs_an_arrival(void **state)
{
    (void)state;
    for (int silent = 0; silent < 2; silent++) {
        struct evidence *e = begin();
        cut_at_hello(e);
        recorded_as(e, "10.0.0.3", 50211, REACH_CONFIRM);
        log_joined(e, JOINED_NAME);
        struct ev_event *event = ev_list_add(&e->server.events, SOURCE_FILE, &event_table, 0, &help_error);
        put_text(&event->log, "System");
        ev_set_int(&event->id, SOURCE_FILE, 36870);
        ev_set_int(&event->last, SOURCE_FILE, NOW_US);
        log_covers(e, core, NOW_US - (silent ? 60 : 1) * MINUTE_US, NOW_US + 60 * MINUTE_US, 7);
        assert_int_equal(certainty_for(e, CAUSE_RDP_KEY_UNREADABLE), silent ? CERTAINTY_POSSIBLE : CERTAINTY_LIKELY);
    }
}

static void an_arrival_by_address_and_port_clears_the_way(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        struct evidence *e = closed_early();
        log_joined(e, JOINED_PORTS);
        /* the server's clock is two minutes ahead */
        ev_set_int(&e->joined.ahead_low_us, SOURCE_COMPUTED, 2 * MINUTE_US);
        ev_set_int(&e->joined.ahead_high_us, SOURCE_COMPUTED, 2 * MINUTE_US);
        log_visit(e, "10.0.0.3", known ? 50211 : 50212, NOW_US + 2 * MINUTE_US);
        assert_int_equal(certainty_for(e, CAUSE_FORWARD_DEAD_BACKEND), known ? CERTAINTY_NONE : CERTAINTY_POSSIBLE);
    }
}

/* A capture that ends behind the client's answer to the challenge, and refusals in the log. */
static struct evidence *ended_at_logon(void)
{
    struct evidence *e = begin();
    tcp(e, "10.20.4.17", TCP_OPEN, -1);
    const int64_t at = chose(e, 11, 2, 0x1f, 0x1234, PURPOSE_FIRST);
    (void)hello(e, at, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
    struct ev_connection *first = e->connections.items;
    ev_set_enum(&first->end.by, SOURCE_FILE, END_BY_PEER);
    ev_set_enum(&first->end.how, SOURCE_FILE, END_FIN);
    ev_set_enum(&first->end.stage, SOURCE_FILE, STAGE_LOGON);
    recorded_as(e, "10.0.0.3", 50211, REACH_LOGON);
    return e;
}

static void add_refusal(struct evidence *e, const char *client, int64_t code, int64_t when)
{
    struct ev_event *event = ev_list_add(&e->server.events, SOURCE_FILE, &event_table, 0, &help_error);
    put_text(&event->log, "Security");
    ev_set_int(&event->id, SOURCE_FILE, 4625);
    ev_set_int(&event->code, SOURCE_FILE, code);
    ev_set_int(&event->logon_type, SOURCE_FILE, 3);
    ev_set_int(&event->last, SOURCE_FILE, when);
    struct ev_visit *visit = ev_list_add(&e->server.visits, SOURCE_FILE, &visit_table, 0, &help_error);
    put_text(&visit->client, client);
    ev_set_int(&visit->refused, SOURCE_FILE, when);
    ev_set_int(&visit->refused_event, SOURCE_FILE, 4625);
    ev_set_int(&visit->refused_code, SOURCE_FILE, code);
}

static void a_refusal_is_that_of_its_own_client(void **state)
{
    (void)state;
    struct evidence *e = ended_at_logon();
    log_joined(e, JOINED_NAME);
    add_refusal(e, "10.0.0.3", 0xC0000234, NOW_US + MINUTE_US);
    assert_int_equal(certainty_for(e, CAUSE_ACCOUNT_LOCKED), CERTAINTY_LIKELY);
    e = ended_at_logon();
    log_joined(e, JOINED_NAME);
    add_refusal(e, "10.0.0.4", 0xC0000234, NOW_US + MINUTE_US); /* somebody else's */
    assert_int_equal(certainty_for(e, CAUSE_ACCOUNT_LOCKED), CERTAINTY_POSSIBLE);
    e = ended_at_logon();
    log_joined(e, JOINED_NAME);
    add_refusal(e, "10.0.0.3", 0xC0000234, NOW_US + 5 * MINUTE_US + 1);
    assert_int_equal(certainty_for(e, CAUSE_ACCOUNT_LOCKED), CERTAINTY_POSSIBLE);
}

static void the_connections_own_entry_decides(void **state)
{
    (void)state;
    struct evidence *e = ended_at_logon();
    log_joined(e, JOINED_PORTS);
    ev_set_int(&e->joined.ahead_low_us, SOURCE_COMPUTED, 0);
    struct ev_visit *own = log_visit(e, "10.0.0.3", 50211, NOW_US);
    ev_set_int(&own->refused, SOURCE_FILE, NOW_US + MS);
    ev_set_int(&own->refused_event, SOURCE_FILE, 4625);
    ev_set_int(&own->refused_code, SOURCE_FILE, 0xC0000072);
    add_refusal(e, "10.0.0.3", 0xC0000234, NOW_US + MINUTE_US); /* of a later try */
    struct ev_event *event = ev_list_add(&e->server.events, SOURCE_FILE, &event_table, 0, &help_error);
    put_text(&event->log, "Security");
    ev_set_int(&event->id, SOURCE_FILE, 4625);
    ev_set_int(&event->code, SOURCE_FILE, 0xC0000072);
    ev_set_int(&event->last, SOURCE_FILE, NOW_US + MS);
    struct verdict *verdict = diagnose(e, &help_error);
    assert_non_null(verdict);
    assert_int_equal(finding_of(verdict, CAUSE_ACCOUNT_LOCKED)->certainty, CERTAINTY_POSSIBLE);
    assert_int_equal(finding_of(verdict, CAUSE_ACCOUNT_DISABLED)->certainty, CERTAINTY_LIKELY);
    verdict_free(verdict);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_of_a_whole_log_points_to_the_way),
        cmocka_unit_test(what_happens_in_the_server_needs_an_arrival),
        cmocka_unit_test(an_arrival_by_address_and_port_clears_the_way),
        cmocka_unit_test(a_refusal_is_that_of_its_own_client),
        cmocka_unit_test(the_connections_own_entry_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

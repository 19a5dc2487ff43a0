/* Events from XML, and events put together by machine, kind and connection. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "read/log.h"
#include "read/visits.h"

static const int64_t NOON_US = INT64_C(1700000000000000);
static const int64_t SECOND_US = 1000000;
#define CORE "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
#define LSM  "Microsoft-Windows-TerminalServices-LocalSessionManager"

static void xml_becomes_an_event(void **state)
{
    (void)state;
    static const char xml[] =
        "<Event><System><Provider Name=\"P\"/><EventID>131</EventID><Channel>C/Operational</Channel>"
        "<Computer>srv&amp;co</Computer><Correlation ActivityID=\"{A}\"/></System>"
        "<EventData><Data Name=\"ConnType\">TCP</Data><Data>plain</Data></EventData>"
        "<UserData><X><Param3>10.0.0.3</Param3></X></UserData></Event>";
    struct evtx_event event;
    assert_true(evtx_event_parse(xml, strlen(xml), &event));
    assert_string_equal(event.provider, "P");
    assert_string_equal(event.channel, "C/Operational");
    assert_string_equal(event.computer, "srv&co");
    assert_string_equal(event.activity, "{A}");
    assert_string_equal(evtx_value(&event, "ConnType"), "TCP");
    assert_string_equal(evtx_value(&event, "Param3"), "10.0.0.3");
    assert_string_equal(evtx_value(&event, "none"), "");
    assert_string_equal(event.pairs[1].value, "plain");
}

static void what_is_no_event_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "<Event>",
        "<Other><System/></Other>",
        "<!DOCTYPE Event [<!ENTITY a \"b\">]><Event/>",
        "<Event></Event><Event></Event>",
        "<Event><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></a></a></a></a></a></"
        "a></a></Event>",
    };
    struct evtx_event event;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_false(evtx_event_parse(bad[i], strlen(bad[i]), &event));
    }
}

static void long_values_and_many_are_cut(void **state)
{
    (void)state;
    char xml[40000] = "<Event><EventData>";
    size_t used = strlen(xml);
    for (int i = 0; i < EVTX_PAIRS_MAX + 5; i++) {
        used += (size_t)snprintf(xml + used, sizeof xml - used, "<Data Name=\"n%d\">%0500d</Data>", i, i);
    }
    snprintf(xml + used, sizeof xml - used, "</EventData></Event>");
    struct evtx_event event;
    assert_true(evtx_event_parse(xml, strlen(xml), &event));
    assert_int_equal(event.count, EVTX_PAIRS_MAX);
    assert_int_equal(strlen(event.pairs[0].value), EVTX_VALUE_SIZE - 1);
}

static struct evtx_event event_of(unsigned id, const char *provider, const char *channel, int64_t seconds,
                                  const char *activity)
{
    struct evtx_event event = { .id = id, .time_us = NOON_US + seconds * SECOND_US };
    snprintf(event.provider, sizeof event.provider, "%s", provider);
    snprintf(event.channel, sizeof event.channel, "%s", channel);
    snprintf(event.computer, sizeof event.computer, "srv.lab.example");
    snprintf(event.activity, sizeof event.activity, "%s", activity);
    return event;
}

static void with(struct evtx_event *event, const char *name, const char *value)
{
    struct evtx_pair *pair = &event->pairs[event->count++];
    snprintf(pair->name, sizeof pair->name, "%s", name);
    snprintf(pair->value, sizeof pair->value, "%s", value);
}

static void the_clients_address_in_each_form(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *client;
        int port;
    } cases[] = {
        { "ClientIP", "10.0.2.16:52202", "10.0.2.16", 52202 },
        { "ClientIP", "[10.0.2.16]:59407", "10.0.2.16", 59407 },
        { "ClientIP", "[2001:db8::7]:59407", "2001:db8::7", 59407 },
        { "IPString", "10.0.2.16", "10.0.2.16", -1 },
        { "Address", "2001:db8::7", "2001:db8::7", -1 },
        { "Address", "LOCAL", "", -1 },
        { "IpAddress", "-", "", -1 },
        { "ClientIP", "10.0.2.16:99999", "10.0.2.16", -1 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evtx_event event = event_of(131, CORE, CORE, 0, "");
        char client[EVTX_VALUE_SIZE];
        int32_t port;
        with(&event, cases[i].name, cases[i].text);
        event_client(&event, client, &port);
        assert_string_equal(client, cases[i].client);
        assert_int_equal(port, cases[i].port);
    }
}

static void take(struct visits *visits, struct evtx_event event, const char *name, const char *value)
{
    struct error error;
    if (name != NULL) {
        with(&event, name, value);
    }
    assert_true(visits_take(visits, &event, &error));
}

static void events_of_one_activity_are_one_connection(void **state)
{
    (void)state;
    struct visits visits = { 0 };
    take(&visits, event_of(131, CORE, CORE "/Operational", 0, "{A}"), "ClientIP", "10.0.0.3:5000");
    take(&visits, event_of(131, CORE, CORE "/Operational", 1, "{B}"), "ClientIP", "10.0.0.3:5001");
    take(&visits, event_of(25, LSM, LSM "/Operational", 9, "{A}"), "SessionID", "3");
    take(&visits, event_of(40, LSM, LSM "/Operational", 20, "{A}"), "Reason", "5");
    take(&visits, event_of(102, CORE, CORE "/Operational", 21, "{B}"), NULL, NULL);
    take(&visits, event_of(24, LSM, LSM "/Operational", 30, "{C}"), NULL, NULL); /* of nobody who is known */
    assert_int_equal(visits.count, 2);
    assert_int_equal(visits.items[0].client_port, 5000);
    assert_int_equal(visits.items[0].began_us, NOON_US + 9 * SECOND_US);
    assert_int_equal(visits.items[0].session, 3);
    assert_int_equal(visits.items[0].ended_code, 5);
    assert_int_equal(visits.items[1].ended_event, 102);
    assert_int_equal(visits.items[1].began_us, 0);
    visits_release(&visits);
}

static void a_udp_transport_is_no_connection_of_its_own(void **state)
{
    (void)state;
    struct visits visits = { 0 };
    struct evtx_event event = event_of(131, CORE, CORE "/Operational", 0, "{A}");
    with(&event, "ConnType", "UDP");
    take(&visits, event, "ClientIP", "10.0.0.3:5000");
    assert_int_equal(visits.count, 0);
    visits_release(&visits);
}

static void without_activity_the_client_and_the_minute_tell(void **state)
{
    (void)state;
    struct visits visits = { 0 };
    take(&visits, event_of(131, CORE, CORE "/Operational", 0, "{A}"), "ClientIP", "10.0.0.3:5000");
    take(&visits, event_of(4625, "S", "Security", 60, ""), "IpAddress", "10.0.0.3");
    assert_int_equal(visits.count, 1);
    assert_int_equal(visits.items[0].refused_event, 4625);
    take(&visits, event_of(4625, "S", "Security", 61, ""), "IpAddress", "10.0.0.3"); /* refused twice: another try */
    take(&visits, event_of(4625, "S", "Security", 5, ""), "IpAddress", "10.0.0.4");
    assert_int_equal(visits.count, 3);
    visits_release(&visits);
}

static void the_nearest_are_kept_and_the_rest_is_owned_up_to(void **state)
{
    (void)state;
    struct visits visits = { 0 };
    struct ev_server server = { 0 };
    struct error error;
    for (int i = 0; i < 200; i++) {
        char client[40];
        snprintf(client, sizeof client, "10.0.0.3:%d", 1000 + i);
        char activity[20];
        snprintf(activity, sizeof activity, "{%d}", i);
        take(&visits, event_of(131, CORE, CORE "/Operational", 10 * i, activity), "ClientIP", client);
    }
    assert_true(visits_record(&visits, NOON_US + 1000 * SECOND_US, &server, &error));
    const struct ev_visit *shown = server.visits.items;
    assert_int_equal(server.visits.count, SERVER_VISITS_MAX);
    assert_int_equal(shown[32].client_port.v, 1100); /* in the middle, ordered by time */
    assert_int_equal(server.visits_first.v, NOON_US + (1000 - 320) * SECOND_US + 1);
    assert_int_equal(server.visits_last.v, NOON_US + (1000 + 320) * SECOND_US - 1);
    assert_true(visits_record(&visits, 0, &server, &error)); /* the last ones, in place of those */
    shown = server.visits.items;
    assert_int_equal(shown[SERVER_VISITS_MAX - 1].client_port.v, 1199);
    assert_int_equal(server.visits_last.source, SOURCE_NONE);
    field_release(&server_table, &server);
    visits_release(&visits);
}

static void a_ring_forgets_the_oldest_and_says_so(void **state)
{
    (void)state;
    struct visits visits = { 0 };
    struct ev_server server = { 0 };
    struct error error;
    for (int i = 0; i < VISITS_KEPT + 10; i++) {
        char activity[20];
        snprintf(activity, sizeof activity, "{%d}", i);
        take(&visits, event_of(131, CORE, CORE "/Operational", i, activity), "ClientIP", "10.0.0.3:1");
    }
    assert_int_equal(visits.count, VISITS_KEPT);
    assert_int_equal(visits.lost_us, NOON_US + 9 * SECOND_US);
    assert_true(visits_record(&visits, NOON_US, &server, &error));
    assert_int_equal(server.visits_first.v, visits.lost_us + 1);
    field_release(&server_table, &server);
    visits_release(&visits);
}

static void a_log_counts_by_machine_kind_and_code(void **state)
{
    (void)state;
    struct log log = { .count = 0 };
    struct error error;
    static const char *const status[] = { "0xc000006a", "0xc000006a", "0xc0000234" };
    for (size_t i = 0; i < COUNT_OF(status); i++) {
        struct evtx_event event = event_of(4625, "Microsoft-Windows-Security-Auditing", "Security", (int64_t)i, "");
        with(&event, "SubStatus", status[i]);
        with(&event, "LogonType", "10");
        with(&event, "TargetUserName", "somebody");
        with(&event, "IpAddress", "10.0.0.3");
        assert_true(log_take(&log, &event, &error));
    }
    struct evtx_event service = event_of(4624, "Microsoft-Windows-Security-Auditing", "Security", 9, "");
    with(&service, "LogonType", "5");
    assert_true(log_take(&log, &service, &error));
    assert_int_equal(log.count, 1);
    assert_int_equal(log_used(&log, 0), 3);
    log.counts = (struct evtx_counts){
        .records = 4, .numbered = 4, .steps = 3, .first_us = NOON_US, .last_us = NOON_US + 9 * SECOND_US
    };
    struct evidence *e = log_evidence(&log, 0, &error);
    assert_non_null(e);
    assert_int_equal(e->server.events.count, 2);
    const struct ev_event *rows = e->server.events.items;
    assert_int_equal(rows[0].count.v, 2);
    assert_int_equal(rows[1].code.v, 0xc0000234);
    ev_each (detail, const struct ev_detail, &rows[0].details) {
        assert_null(strstr(detail->text.v, "somebody"));
    }
    const struct ev_coverage *coverage = e->server.coverage.items;
    assert_int_equal(e->server.coverage.count, 1);
    assert_true(coverage->whole.v);
    assert_int_equal(coverage->last.v, NOON_US + 9 * SECOND_US);
    evidence_free(e);
    log.counts.steps = 2; /* a record is missing in between */
    e = log_evidence(&log, 0, &error);
    coverage = e->server.coverage.items;
    assert_false(coverage->whole.v);
    evidence_free(e);
    log_release(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_becomes_an_event),
        cmocka_unit_test(what_is_no_event_is_refused),
        cmocka_unit_test(long_values_and_many_are_cut),
        cmocka_unit_test(the_clients_address_in_each_form),
        cmocka_unit_test(events_of_one_activity_are_one_connection),
        cmocka_unit_test(a_udp_transport_is_no_connection_of_its_own),
        cmocka_unit_test(without_activity_the_client_and_the_minute_tell),
        cmocka_unit_test(the_nearest_are_kept_and_the_rest_is_owned_up_to),
        cmocka_unit_test(a_ring_forgets_the_oldest_and_says_so),
        cmocka_unit_test(a_log_counts_by_machine_kind_and_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

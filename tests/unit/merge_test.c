/* Evidence of several sources in one document: what was there stays, who saw it is kept. */
#include "unit/cmocka_all.h"

#include "base/alloc.h"
#include "evidence/merge.h"

static struct ev_event *add_event(struct evidence *e, const char *log, int64_t id, int64_t count)
{
    struct error error;
    struct ev_event *event = ev_list_add(&e->server.events, SOURCE_FILE, &event_table, 0, &error);
    assert_non_null(event);
    assert_true(ev_set_words(&event->log, SOURCE_FILE, log, &error));
    ev_set_int(&event->id, SOURCE_FILE, id);
    ev_set_int(&event->count, SOURCE_FILE, count);
    return event;
}

static void what_was_there_stays(void **state)
{
    (void)state;
    struct error error;
    struct evidence *to = evidence_new(&error);
    struct evidence *from = evidence_new(&error);
    ev_set_int(&to->target.port, SOURCE_FILE, 3389);
    ev_set_int(&from->target.port, SOURCE_FILE, 3390);
    assert_true(ev_set_words(&from->target.host, SOURCE_FILE, "srv", &error));
    add_event(to, "System", 1057, 2);
    add_event(from, "System", 1057, 7);
    add_event(from, "System", 1058, 1);
    evidence_mark(to, source_of_file(1));
    evidence_mark(from, source_of_file(2));
    assert_true(field_merge(&evidence_table, from, to, &error));
    assert_int_equal(to->target.port.v, 3389);
    assert_int_equal(source_file(to->target.port.source), 1);
    assert_string_equal(to->target.host.v, "srv");
    assert_int_equal(source_file(to->target.host.source), 2);
    const struct ev_event *events = to->server.events.items;
    assert_int_equal(to->server.events.count, 2); /* the same kind of event of the same log is one thing */
    assert_int_equal(events[0].count.v, 2);
    assert_int_equal(events[1].id.v, 1058);
    assert_int_equal(source_file(events[1].count.source), 2);
    evidence_free(to);
    evidence_free(from);
}

static void the_origins_are_told_shortly(void **state)
{
    (void)state;
    struct error error;
    struct origins origins;
    struct evidence *to = evidence_new(&error);
    struct evidence *from = evidence_new(&error);
    ev_set_int(&to->target.port, SOURCE_FILE, 3389);
    ev_set_enum(&to->tls.version, SOURCE_FILE, TLS_1_2);
    add_event(from, "System", 1057, 7);
    assert_true(ev_set_words(&from->target.host, SOURCE_FILE, "srv", &error));
    evidence_mark(to, SOURCE_PROBE);
    evidence_mark(from, source_of_file(1));
    assert_true(field_merge(&evidence_table, from, to, &error));
    assert_true(evidence_origins(to, &origins, &error));
    assert_int_equal(origins.count, 4);
    assert_string_equal(origins.items[0].place, "target.host");
    assert_string_equal(origins.items[1].place, "target.port");
    assert_string_equal(origins.items[2].place, "server");
    assert_string_equal(origins.items[3].place, "checks.tls");
    assert_int_equal(origins_of(&origins, "server.events[0].id"), source_of_file(1));
    assert_int_equal(origins_of(&origins, "checks.tls.version"), SOURCE_PROBE);
    assert_int_equal(origins_of(&origins, "checks.tlsx"), SOURCE_NONE);
    assert_int_equal(origins_of(&origins, "target.port"), SOURCE_PROBE);
    origins_release(&origins);
    evidence_free(to);
    evidence_free(from);
}

/* A saved document loses its sources, and gets them back from what evidence_origins had said. */
static void origins_lead_back(void **state)
{
    (void)state;
    struct error error;
    struct origins origins;
    struct origins again;
    struct evidence *to = evidence_new(&error);
    ev_set_int(&to->target.port, SOURCE_USER, 3389);
    ev_set_enum(&to->tls.version, SOURCE_PROBE, TLS_1_2);
    for (int i = 0; i < 5; i++) {
        add_event(to, "System", 1057 + i, 7);
    }
    struct ev_event *events = to->server.events.items;
    for (int i = 0; i < 5; i++) {
        const struct field_table *table = &event_table;
        field_mark(table, &events[i], source_of_file(i < 2 ? 1 : 2));
    }
    ev_set_int(&events[3].count, source_of_file(3), 9);
    assert_true(evidence_origins(to, &origins, &error));
    evidence_mark(to, SOURCE_FILE);
    for (size_t i = 0; i < origins.count; i++) {
        assert_true(evidence_mark_at(to, origins.items[i].place, (enum source)origins.items[i].source));
    }
    assert_int_equal(source_file(events[1].id.source), 1);
    assert_int_equal(source_file(events[2].id.source), 2);
    assert_int_equal(source_file(events[3].count.source), 3);
    assert_int_equal(source_file(events[3].id.source), 2);
    assert_int_equal(to->target.port.source, SOURCE_USER);
    assert_true(evidence_origins(to, &again, &error));
    assert_int_equal(again.count, origins.count);
    for (size_t i = 0; i < origins.count; i++) {
        assert_string_equal(again.items[i].place, origins.items[i].place);
        assert_int_equal(again.items[i].source, origins.items[i].source);
    }
    static const char *const none[] = { "",
                                        "nothing",
                                        "server.events[5]",
                                        "server.events[1-5].id",
                                        "server.events[1",
                                        "server.events[x]",
                                        "server.events[1]x",
                                        "target[0]",
                                        "target.port.x",
                                        "checks",
                                        "checks.tlsx",
                                        "checks.tls.hellos[0]",
                                        "checks.tls[0]",
                                        "server.events[99999999999]" };
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        assert_false(evidence_mark_at(to, none[i], SOURCE_PROBE));
    }
    origins_release(&origins);
    origins_release(&again);
    evidence_free(to);
}

static void a_list_without_keys_is_taken_whole_or_not_at_all(void **state)
{
    (void)state;
    struct error error;
    struct evidence *to = evidence_new(&error);
    struct evidence *from = evidence_new(&error);
    assert_non_null(ev_list_add(&from->connections, SOURCE_FILE, &connection_table, 0, &error));
    assert_non_null(ev_list_add(&from->connections, SOURCE_FILE, &connection_table, 0, &error));
    assert_true(field_merge(&evidence_table, from, to, &error));
    assert_int_equal(to->connections.count, 2);
    assert_true(field_merge(&evidence_table, from, to, &error));
    assert_int_equal(to->connections.count, 2);
    evidence_free(to);
    evidence_free(from);
}

static void a_file_has_one_source(void **state)
{
    (void)state;
    assert_int_equal(source_file((uint8_t)source_of_file(1)), 1);
    assert_int_equal(source_file((uint8_t)source_of_file(64)), 64);
    assert_int_equal(source_file((uint8_t)source_of_file(100000)), SOURCE_FILES_MAX);
    assert_int_equal(source_file(SOURCE_FILE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_there_stays),  cmocka_unit_test(the_origins_are_told_shortly),
        cmocka_unit_test(origins_lead_back),     cmocka_unit_test(a_list_without_keys_is_taken_whole_or_not_at_all),
        cmocka_unit_test(a_file_has_one_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

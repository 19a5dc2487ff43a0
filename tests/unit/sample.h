/* Evidence and a verdict made by hand: the case of an unreadable private key, for tests of json, redaction and report.
 */
#ifndef TESTS_UNIT_SAMPLE_H
#define TESTS_UNIT_SAMPLE_H

#include <string.h>

#include "base/clock.h"
#include "diagnose/diagnose.h"
#include "evidence/evidence.h"

static inline void sample_text(struct ev_text *field, const char *text)
{
    assert_true(ev_set_text(field, SOURCE_PROBE, text, strlen(text), NULL));
}

static inline void *sample_item(struct ev_list *list, const struct field_table *table)
{
    void *item = ev_list_add(list, SOURCE_PROBE, table, 0, NULL);
    assert_non_null(item);
    return item;
}

static inline void sample_ran(struct evidence *evidence, enum check_id id, enum check_ran ran, int64_t took_us,
                              const char *why)
{
    ev_set_enum(&evidence->checks[id].ran, SOURCE_PROBE, (int)ran);
    if (took_us >= 0) {
        ev_set_int(&evidence->checks[id].took_us, SOURCE_PROBE, took_us);
    }
    if (why != NULL) {
        sample_text(&evidence->checks[id].why, why);
    }
}

static inline void sample_tls(struct evidence *evidence, int index, enum purpose purpose, enum hello_shape shape)
{
    static const uint8_t confirm[] = { 3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0x1f, 8, 0, 2, 0, 0, 0 };
    struct ev_connection *connection = sample_item(&evidence->connections, &connection_table);
    ev_set_enum(&connection->purpose, SOURCE_PROBE, (int)purpose);
    sample_text(&connection->address, "10.20.4.17");
    ev_set_int(&connection->offer, SOURCE_PROBE, 11);
    assert_true(ev_set_bytes(&connection->confirm_hex, SOURCE_PROBE, confirm, sizeof confirm, NULL));
    ev_set_enum(&connection->hello, SOURCE_PROBE, (int)shape);
    ev_set_int(&connection->rtt_us, SOURCE_PROBE, 41000);
    ev_set_enum(&connection->end.by, SOURCE_PROBE, END_BY_PEER);
    ev_set_enum(&connection->end.how, SOURCE_PROBE, END_FIN);
    ev_set_enum(&connection->end.stage, SOURCE_PROBE, STAGE_TLS);
    ev_set_int(&connection->end.after_us, SOURCE_PROBE, 1000);
    struct ev_offer *offer = sample_item(&evidence->negotiation.offers, &offer_table);
    ev_set_int(&offer->offer, SOURCE_PROBE, 11);
    ev_set_int(&offer->selected, SOURCE_PROBE, 2);
    ev_set_int(&offer->flags, SOURCE_PROBE, 0x1f);
    ev_set_enum(&offer->ended, SOURCE_PROBE, NEGO_ANSWERED);
    ev_set_int(&offer->connection, SOURCE_PROBE, index);
    struct ev_hello *hello = sample_item(&evidence->tls.hellos, &hello_table);
    ev_set_enum(&hello->shape, SOURCE_PROBE, (int)shape);
    ev_set_enum(&hello->result, SOURCE_PROBE, TLS_TRY_CLOSED);
    ev_set_int(&hello->after_us, SOURCE_PROBE, 1000);
    ev_set_int(&hello->connection, SOURCE_PROBE, index);
}

static inline struct evidence *sample_evidence(void)
{
    struct evidence *evidence = evidence_new(NULL);
    assert_non_null(evidence);
    int64_t started;
    assert_true(clock_parse("2026-11-22T16:30:00Z", &started));
    ev_set_int(&evidence->schema, SOURCE_PROBE, EVIDENCE_SCHEMA);
    sample_text(&evidence->program, "rdpwhy");
    sample_text(&evidence->version, "0.1.0");
    sample_text(&evidence->command, "check");
    ev_set_int(&evidence->started, SOURCE_PROBE, started);
    sample_text(&evidence->target.input, "srv-fin-02.corp.example");
    sample_text(&evidence->target.host, "srv-fin-02.corp.example");
    ev_set_int(&evidence->target.port, SOURCE_PROBE, 3389);
    sample_text(&evidence->target.address, "10.20.4.17");
    ev_set_int(&evidence->client_said.code, SOURCE_USER, 0x904);
    ev_set_int(&evidence->client_said.extended, SOURCE_USER, 7);
    struct ev_address *answer = sample_item(&evidence->name.answers, &address_table);
    sample_text(&answer->address, "10.20.4.17");
    ev_set_int(&answer->ttl_s, SOURCE_PROBE, 1200);
    sample_text(&evidence->route.interface, "wg0");
    sample_text(&evidence->route.source, "10.8.0.2");
    ev_set_int(&evidence->route.mtu, SOURCE_PROBE, 1420);
    struct ev_attempt *attempt = sample_item(&evidence->tcp.attempts, &attempt_table);
    sample_text(&attempt->address, "10.20.4.17");
    ev_set_enum(&attempt->result, SOURCE_PROBE, TCP_OPEN);
    ev_set_int(&attempt->rtt_us, SOURCE_PROBE, 41000);
    sample_tls(evidence, 0, PURPOSE_FIRST, HELLO_SCHANNEL);
    sample_tls(evidence, 1, PURPOSE_WIDE_HELLO, HELLO_WIDE);
    sample_tls(evidence, 2, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL);
    sample_ran(evidence, CHECK_NAME, RAN_DONE, 3000, NULL);
    sample_ran(evidence, CHECK_ROUTE, RAN_DONE, -1, NULL);
    sample_ran(evidence, CHECK_TCP, RAN_DONE, 41000, NULL);
    sample_ran(evidence, CHECK_NEGOTIATION, RAN_DONE, 41000, NULL);
    sample_ran(evidence, CHECK_TLS, RAN_DONE, 1000, NULL);
    sample_ran(evidence, CHECK_CERTIFICATE, RAN_POINTLESS, -1, "TLS ended before the certificate");
    sample_ran(evidence, CHECK_NLA, RAN_POINTLESS, -1, "needs TLS");
    sample_ran(evidence, CHECK_LOGON, RAN_NOT_ASKED, -1, "needs --user");
    return evidence;
}

#endif

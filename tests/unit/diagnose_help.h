/* Evidence made by hand, for the tests of diagnose: one call per thing that was seen. */
#ifndef TESTS_UNIT_DIAGNOSE_HELP_H
#define TESTS_UNIT_DIAGNOSE_HELP_H

#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "diagnose/diagnose.h"

#define HELP __attribute__((unused)) static

enum { MS = 1000, DAY = 86400 };
static const int64_t NOW_US = INT64_C(1795365000000000); /* 2026-11-22T16:30:00Z */

static struct error help_error;

HELP void put_text(struct ev_text *field, const char *text)
{
    assert_true(ev_set_text(field, SOURCE_PROBE, text, strlen(text), &help_error));
}

/* A run that was started against srv.corp.example, 10.20.4.17, port 3389. */
HELP struct evidence *begin(void)
{
    struct evidence *e = evidence_new(&help_error);
    assert_non_null(e);
    put_text(&e->target.host, "srv.corp.example");
    put_text(&e->target.input, "srv.corp.example");
    put_text(&e->target.address, "10.20.4.17");
    ev_set_int(&e->target.port, SOURCE_USER, 3389);
    ev_set_bool(&e->target.local, SOURCE_PROBE, false);
    ev_set_int(&e->started, SOURCE_PROBE, NOW_US);
    ev_set_enum(&e->name.form, SOURCE_PROBE, NAME_FORM_FQDN);
    return e;
}

HELP void target_is(struct evidence *e, const char *host, const char *address, enum name_form form)
{
    field_release(&address_item_table, &e->target.host);
    field_release(&address_item_table, &e->target.address);
    put_text(&e->target.host, host);
    put_text(&e->target.address, address);
    ev_set_enum(&e->name.form, SOURCE_PROBE, (int)form);
}

HELP void resolves(struct evidence *e, const char *address)
{
    struct ev_address *answer = ev_list_add(&e->name.answers, SOURCE_PROBE, &address_table, 0, &help_error);
    put_text(&answer->address, address);
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_OK);
}

/* What one resolver says; address NULL: it gave `rcode`. */
HELP void resolver(struct evidence *e, const char *server, enum name_error rcode, const char *address)
{
    struct ev_resolver *item = ev_list_add(&e->name.servers, SOURCE_PROBE, &resolver_table, 0, &help_error);
    put_text(&item->address, server);
    ev_set_enum(&item->rcode, SOURCE_PROBE, (int)rcode);
    if (address != NULL) {
        struct ev_address *answer = ev_list_add(&item->answers, SOURCE_PROBE, &address_table, 0, &help_error);
        put_text(&answer->address, address);
    }
}

HELP void tcp(struct evidence *e, const char *address, enum tcp_result result, int64_t rtt_us)
{
    struct ev_attempt *attempt = ev_list_add(&e->tcp.attempts, SOURCE_PROBE, &attempt_table, 0, &help_error);
    put_text(&attempt->address, address);
    ev_set_enum(&attempt->result, SOURCE_PROBE, (int)result);
    if (rtt_us >= 0) {
        ev_set_int(&attempt->rtt_us, SOURCE_PROBE, rtt_us);
    }
}

HELP int64_t connection(struct evidence *e, enum purpose purpose, enum end_by by, enum end_how how, enum stage stage,
                        int64_t after_us)
{
    struct ev_connection *item = ev_list_add(&e->connections, SOURCE_PROBE, &connection_table, 0, &help_error);
    ev_set_enum(&item->purpose, SOURCE_PROBE, (int)purpose);
    ev_set_enum(&item->end.by, SOURCE_PROBE, (int)by);
    ev_set_enum(&item->end.how, SOURCE_PROBE, (int)how);
    ev_set_enum(&item->end.stage, SOURCE_PROBE, (int)stage);
    ev_set_int(&item->end.after_us, SOURCE_PROBE, after_us);
    return (int64_t)e->connections.count - 1;
}

HELP struct ev_offer *offer(struct evidence *e, int64_t at, int64_t asked, enum nego_ended ended)
{
    struct ev_offer *item = ev_list_add(&e->negotiation.offers, SOURCE_PROBE, &offer_table, 0, &help_error);
    ev_set_int(&item->offer, SOURCE_PROBE, asked);
    ev_set_int(&item->connection, SOURCE_PROBE, at);
    ev_set_enum(&item->ended, SOURCE_PROBE, (int)ended);
    return item;
}

HELP void confirm_bytes(struct evidence *e, int64_t at, unsigned src_ref, uint8_t type, uint8_t flags, uint8_t value)
{
    const uint8_t bytes[] = { 3,    0,     0, 19, 14,    0xD0, 0, 0, (uint8_t)(src_ref >> 8), (uint8_t)src_ref, 0,
                              type, flags, 8, 0,  value, 0,    0, 0 };
    struct ev_connection *item = (struct ev_connection *)e->connections.items + at;
    assert_true(ev_set_bytes(&item->confirm_hex, SOURCE_PROBE, bytes, sizeof bytes, &help_error));
}

/* The answers of the servers we know: the first connection, up to the Confirm. */
HELP int64_t chose(struct evidence *e, int64_t asked, int64_t selected, uint8_t flags, unsigned src_ref,
                   enum purpose purpose)
{
    int64_t at = connection(e, purpose, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS);
    struct ev_offer *item = offer(e, at, asked, NEGO_ANSWERED);
    ev_set_int(&item->selected, SOURCE_PROBE, selected);
    ev_set_int(&item->flags, SOURCE_PROBE, flags);
    ev_set_int(&item->confirm_us, SOURCE_PROBE, 41 * MS);
    confirm_bytes(e, at, src_ref, 2, flags, (uint8_t)selected);
    return at;
}

HELP int64_t refuses(struct evidence *e, int64_t asked, int64_t failure, unsigned src_ref, enum purpose purpose)
{
    int64_t at = connection(e, purpose, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, MS);
    struct ev_offer *item = offer(e, at, asked, NEGO_ANSWERED);
    ev_set_int(&item->failure, SOURCE_PROBE, failure);
    confirm_bytes(e, at, src_ref, 3, 0, (uint8_t)failure);
    return at;
}

HELP struct ev_hello *hello(struct evidence *e, int64_t at, enum hello_shape shape, enum tls_try result,
                            bool server_hello)
{
    struct ev_hello *item = ev_list_add(&e->tls.hellos, SOURCE_PROBE, &hello_table, 0, &help_error);
    ev_set_enum(&item->shape, SOURCE_PROBE, (int)shape);
    ev_set_enum(&item->result, SOURCE_PROBE, (int)result);
    ev_set_bool(&item->server_hello, SOURCE_PROBE, server_hello);
    ev_set_bool(&item->finished, SOURCE_PROBE, result == TLS_TRY_ACCEPTED);
    ev_set_int(&item->connection, SOURCE_PROBE, at);
    ev_set_int(&item->after_us, SOURCE_PROBE, MS);
    return item;
}

HELP void alert_is(struct ev_hello *item, int64_t alert)
{
    ev_set_int(&item->alert, SOURCE_PROBE, alert);
}

HELP void tls_up(struct evidence *e, int64_t at, enum tls_version version)
{
    struct ev_hello *item = hello(e, at, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
    ev_set_enum(&item->version, SOURCE_PROBE, (int)version);
    ev_set_enum(&e->tls.version, SOURCE_PROBE, (int)version);
    put_text(&e->tls.cipher, "ECDHE-RSA-AES256-GCM-SHA384");
}

/* Days from NOW_US. */
HELP void certificate(struct evidence *e, const char *name, const char *issuer, int64_t from, int64_t to)
{
    char subject[200];
    snprintf(subject, sizeof subject, "CN=%s", name);
    put_text(&e->certificate.subject, subject);
    put_text(&e->certificate.common_name, name);
    put_text(&e->certificate.issuer, issuer != NULL ? issuer : subject);
    ev_set_bool(&e->certificate.signed_by_itself, SOURCE_PROBE, issuer == NULL);
    ev_set_int(&e->certificate.not_before, SOURCE_PROBE, NOW_US + from * DAY * 1000000);
    ev_set_int(&e->certificate.not_after, SOURCE_PROBE, NOW_US + to * DAY * 1000000);
    ev_set_enum(&e->certificate.key.type, SOURCE_PROBE, KEY_RSA);
    ev_set_int(&e->certificate.key.bits, SOURCE_PROBE, 2048);
    put_text(&e->certificate.signature, "sha256WithRSAEncryption");
    put_text(&e->certificate.sha256, "00");
    ev_set_int(&e->certificate.verify, SOURCE_PROBE, 18);
}

HELP void challenge(struct evidence *e, const char *computer, const char *build, int64_t skew_s)
{
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    ev_set_int(&e->nla.credssp_version, SOURCE_PROBE, 6);
    put_text(&e->nla.target.dns_computer, computer);
    put_text(&e->nla.build, build);
    ev_set_int(&e->nla.received, SOURCE_PROBE, NOW_US);
    ev_set_int(&e->nla.server_time, SOURCE_PROBE, NOW_US + skew_s * 1000000);
    ev_set_int(&e->nla.flags, SOURCE_PROBE, 0xE2898235);
}

HELP void nla_ends(struct evidence *e, enum nla_ended how, int64_t error, int64_t after_us)
{
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, (int)how);
    ev_set_int(&e->nla.after_us, SOURCE_PROBE, after_us);
    if (error != 0) {
        ev_set_int(&e->nla.error, SOURCE_PROBE, error);
    }
}

HELP void control(struct evidence *e, enum control_what what, enum control_result result, const char *address)
{
    struct ev_control *item = ev_list_add(&e->controls, SOURCE_PROBE, &control_table, 0, &help_error);
    ev_set_enum(&item->what, SOURCE_PROBE, (int)what);
    ev_set_enum(&item->result, SOURCE_PROBE, (int)result);
    ev_set_int(&item->rtt_us, SOURCE_PROBE, 500);
    if (address != NULL) {
        put_text(&item->address, address);
    }
}

HELP void client_said(struct evidence *e, int64_t code, int64_t extended)
{
    ev_set_int(&e->client_said.code, SOURCE_USER, code);
    if (extended >= 0) {
        ev_set_int(&e->client_said.extended, SOURCE_USER, extended);
    }
}

HELP void open_port(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_OPEN, 41 * MS);
}

/* Windows, up to the Confirm that chose NLA. */
HELP int64_t windows_confirm(struct evidence *e)
{
    open_port(e);
    return chose(e, 11, 8, 0x1F, 0x1234, PURPOSE_FIRST);
}

HELP void healthy_windows(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -30, 150);
    challenge(e, "srv.corp.example", "10.0.20348", 1);
}

HELP void healthy_xrdp(struct evidence *e)
{
    open_port(e);
    tls_up(e, chose(e, 11, 1, 0x01, 0x1234, PURPOSE_FIRST), TLS_1_3);
    certificate(e, "srv.corp.example", NULL, -30, 300);
}

HELP void healthy_freerdp(struct evidence *e)
{
    open_port(e);
    tls_up(e, chose(e, 11, 2, 0x01, 0x0000, PURPOSE_FIRST), TLS_1_3);
    certificate(e, "srv.corp.example", NULL, -30, 300);
    challenge(e, "srv.corp.example", "6.1.7601", 0);
}

/* Closed before the Confirm; the first connection only. */
HELP int64_t closes_early(struct evidence *e)
{
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 2 * MS);
    (void)offer(e, at, 11, NEGO_CLOSED);
    return at;
}

HELP void silent_connect(struct evidence *e, bool closed)
{
    int64_t at = closed ? connection(e, PURPOSE_SILENT, END_BY_PEER, END_FIN, STAGE_TCP, 3 * MS)
                        : connection(e, PURPOSE_SILENT, END_BY_US, END_OUR_LIMIT, STAGE_TCP, 4000 * MS);
    ev_set_int(&((struct ev_connection *)e->connections.items + at)->silent_us, SOURCE_PROBE,
               closed ? 3 * MS : 4000 * MS);
}

/* The hello was cut off; Windows. */
HELP void cut_at_hello(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}

HELP struct ev_hello *second_hello(struct evidence *e, enum purpose purpose, enum hello_shape shape,
                                   enum tls_try result, bool server_hello)
{
    return hello(e, chose(e, 11, 8, 0x1F, 0x1234, purpose), shape, result, server_hello);
}

HELP const struct finding *found(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].cause == cause) {
            return &verdict->findings[i];
        }
    }
    return NULL;
}

HELP enum certainty certainty_of(const struct verdict *verdict, enum cause cause)
{
    const struct finding *finding = found(verdict, cause);
    return finding != NULL ? finding->certainty : CERTAINTY_NONE;
}

HELP bool is_ruled_out(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        if (verdict->ruled_out[i].cause == cause) {
            return true;
        }
    }
    return false;
}

HELP bool wants(const struct verdict *verdict, enum test test)
{
    for (size_t i = 0; i < verdict->wanted_count; i++) {
        if (verdict->wanted[i] == test) {
            return true;
        }
    }
    return false;
}

HELP struct verdict *judged(const struct evidence *e)
{
    struct verdict *verdict = diagnose(e, &help_error);
    assert_non_null(verdict);
    assert_non_null(verdict->summary);
    return verdict;
}

#endif

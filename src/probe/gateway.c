#include "probe/gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "platform/random.h"
#include "probe/probe_internal.h"
#include "probe/through.h"
#include "x509/certificate.h"
#include "x509/record.h"

static struct ev_gateway *group_of(const struct gateway_look *look)
{
    return &look->run->evidence->gateway;
}

void probe_gateway_settle(struct run *run)
{
    if (run->probe->gateway_look != NULL) {
        through_settle(run->probe->gateway_look->through);
    }
}

void probe_gateway_release(struct run *run)
{
    struct gateway_look *look = run->probe->gateway_look;
    if (look == NULL) {
        return;
    }
    net_lookup_free(look->lookup);
    for (size_t i = 0; i < GATEWAY_TRANSPORTS; i++) {
        net_http_free(look->asked[i].http);
    }
    while (look->tunnels != NULL) {
        gateway_tunnel_free(look->tunnels);
    }
    through_free(look->through);
    net_timer_free(look->wait);
    net_proxy_release(&look->proxy);
    alloc_free(look);
    run->probe->gateway_look = NULL;
}

static void failed(struct gateway_look *look, const struct error *error)
{
    run_failed(look->run, error);
}

static void over(struct gateway_look *look, enum check_ran ran, const char *why)
{
    run_end(look->run, CHECK_GATEWAY, ran, why);
}

/* --- what was seen --- */

int gateway_error_of(enum net_http_end end)
{
    static const int errors[] = {
        [NET_HTTP_DONE] = -1,
        [NET_HTTP_REFUSED] = GATEWAY_REFUSED,
        [NET_HTTP_SILENT] = GATEWAY_SILENT,
        [NET_HTTP_UNREACHABLE] = GATEWAY_UNREACHABLE,
        [NET_HTTP_PROXY_SAYS_NO] = GATEWAY_PROXY_SAYS_NO,
        [NET_HTTP_PROXY_CLOSED] = GATEWAY_PROXY_CLOSED,
        [NET_HTTP_TLS_ALERT] = GATEWAY_TLS_ALERT,
        [NET_HTTP_TLS_CLOSED] = GATEWAY_TLS_CLOSED,
        [NET_HTTP_TLS_SILENT] = GATEWAY_TLS_SILENT,
        [NET_HTTP_TLS_OTHER] = GATEWAY_TLS_OTHER,
        [NET_HTTP_CLOSED] = GATEWAY_CLOSED,
        [NET_HTTP_RESET] = GATEWAY_RESET,
        [NET_HTTP_NO_ANSWER] = GATEWAY_NO_ANSWER,
        [NET_HTTP_NOT_HTTP] = GATEWAY_NOT_HTTP,
        [NET_HTTP_TOO_MUCH] = GATEWAY_TOO_MUCH,
        [NET_HTTP_BROKEN_OFF] = GATEWAY_BROKEN_OFF,
        [NET_HTTP_DISTRUSTED] = GATEWAY_DISTRUSTED,
        [NET_HTTP_NO_MEMORY] = -1,
    };
    return errors[end];
}

bool gateway_record_schemes(struct ev_list *list, const struct net_http_head *head, struct error *error)
{
    for (size_t i = 0; i < head->scheme_count && list->count < NET_HTTP_SCHEMES; i++) {
        struct ev_text_item *item = ev_list_add(list, SOURCE_PROBE, &text_item_table, NET_HTTP_SCHEMES, error);
        if (item == NULL ||
            !ev_set_text(&item->text, SOURCE_PROBE, head->schemes[i], strlen(head->schemes[i]), error)) {
            return false;
        }
    }
    return true;
}

static bool record_certificate(struct gateway_look *look, struct net_tls *tls, struct error *error)
{
    struct ev_certificate *group = &group_of(look)->certificate;
    const char *words = NULL;
    struct buffer der;
    if (group->chain_count.source != SOURCE_NONE || net_tls_chain_count(tls) == 0) {
        return true;
    }
    ev_set_int(&group->chain_count, SOURCE_PROBE, (int64_t)net_tls_chain_count(tls));
    buffer_init(&der, X509_DER_MAX);
    bool good = net_tls_chain_der(tls, 0, &der) || error_no_memory(error);
    good = good && x509_record(group, SOURCE_PROBE, der.bytes, der.size, error);
    buffer_release(&der);
    if (good) {
        ev_set_int(&group->verify, SOURCE_PROBE, net_tls_verify(tls, look->run->options->gateway_host, &words));
    }
    return good && (words == NULL || ev_set_words(&group->verify_text, SOURCE_PROBE, words, error));
}

bool gateway_record_tls(struct gateway_look *look, struct net_http *http, struct error *error)
{
    struct ev_gateway *group = group_of(look);
    struct net_tls *tls = net_http_tls(http);
    if (net_tls_server_hello(tls) && group->tls.source == SOURCE_NONE) {
        ev_set_enum(&group->tls, SOURCE_PROBE, probe_tls_version((uint16_t)net_tls_version(tls)));
    }
    if (net_tls_alert(tls) > 0 && group->alert.source == SOURCE_NONE) {
        ev_set_int(&group->alert, SOURCE_PROBE, net_tls_alert(tls));
    }
    return record_certificate(look, tls, error);
}

static bool record_place(struct gateway_look *look, struct net_http *http, struct error *error)
{
    struct ev_gateway *group = group_of(look);
    const struct address address = net_http_address(http);
    const int64_t rtt_us = net_http_connect_us(http);
    char text[ADDRESS_TEXT_SIZE];
    if (rtt_us < 0 || group->address.source != SOURCE_NONE) {
        return true;
    }
    ev_set_int(&group->rtt_us, SOURCE_PROBE, rtt_us);
    address_format(&address, text);
    return address.family == ADDRESS_NONE || look->proxy.host != NULL ||
           ev_set_words(&group->address, SOURCE_PROBE, text, error);
}

static bool record_proxy_answer(struct gateway_look *look, struct net_http *http, struct error *error)
{
    struct ev_gateway_proxy *group = &group_of(look)->proxy;
    const struct net_http_head *head = net_http_proxy_head(http);
    if (head->status == 0 || group->status.source != SOURCE_NONE) {
        return true;
    }
    ev_set_int(&group->status, SOURCE_PROBE, head->status);
    return gateway_record_schemes(&group->schemes, head, error);
}

static void record_clock(struct ev_gateway *group, const struct net_http_head *head)
{
    enum { SECOND_US = 1000000 };
    if (head->date_s > 0 && head->date_s < INT64_MAX / SECOND_US && group->server_time.source == SOURCE_NONE) {
        ev_set_int(&group->server_time, SOURCE_PROBE, head->date_s * SECOND_US);
        ev_set_int(&group->received, SOURCE_PROBE, clock_wall_us());
    }
}

static bool record_answer(struct gateway_asked *asked, enum net_http_end end, struct error *error)
{
    struct ev_gateway_transport *record = asked->record;
    const struct net_http_head *head = net_http_head(asked->http);
    const int code = gateway_error_of(end);
    if (code >= 0) {
        ev_set_enum(&record->error, SOURCE_PROBE, code);
    }
    if (head->status > 0) {
        ev_set_int(&record->status, SOURCE_PROBE, head->status);
        ev_set_bool(&record->page, SOURCE_PROBE, head->page);
        ev_set_int(&record->answer_us, SOURCE_PROBE, clock_monotonic_us() - asked->started_us);
        record_clock(group_of(asked->look), head);
    }
    return gateway_record_schemes(&record->schemes, head, error) &&
           (head->location[0] == '\0' ||
            ev_set_text(&record->location, SOURCE_PROBE, head->location, strlen(head->location), error)) &&
           (head->server[0] == '\0' ||
            ev_set_text(&record->server, SOURCE_PROBE, head->server, strlen(head->server), error));
}

/* --- one request per transport, side by side --- */

static void asked_ended(void *context, enum net_http_end end)
{
    struct gateway_asked *asked = context;
    struct gateway_look *look = asked->look;
    struct error error = { 0 };
    const bool good = (end != NET_HTTP_NO_MEMORY || error_no_memory(&error)) && record_answer(asked, end, &error) &&
                      record_place(look, asked->http, &error) && record_proxy_answer(look, asked->http, &error) &&
                      gateway_record_tls(look, asked->http, &error);
    net_http_free(asked->http);
    asked->http = NULL;
    asked->over = true;
    if (!good) {
        failed(look, &error);
        return;
    }
    for (size_t i = 0; i < GATEWAY_TRANSPORTS; i++) {
        if (!look->asked[i].over) {
            return;
        }
    }
    gateway_all_asked(look);
}

static const struct net_http_handler asked_handler = { .ended = asked_ended };

static bool ask(struct gateway_look *look, enum gateway_way way, const char *id, struct error *error)
{
    struct gateway_asked *asked = &look->asked[way];
    struct gateway_request request;
    struct ev_gateway_transports *records = &group_of(look)->transports;
    struct ev_gateway_transport *const record[] = {
        [GATEWAY_WEBSOCKET] = &records->websocket,
        [GATEWAY_HTTP_OUT] = &records->http,
        [GATEWAY_RPC] = &records->rpc,
    };
    *asked = (struct gateway_asked){ .look = look, .record = record[way], .started_us = clock_monotonic_us() };
    asked->http = net_http_new(look->run->loop, &asked_handler, asked, error);
    return asked->http != NULL && gateway_request(look, way, id, &request, error) &&
           net_http_ask(asked->http, &request.http, error);
}

static bool ask_all(struct gateway_look *look, struct error *error)
{
    uint8_t bytes[16];
    char id[GATEWAY_GUID_SIZE];
    for (int way = 0; way < GATEWAY_TRANSPORTS; way++) {
        if (!platform_random(bytes, sizeof bytes, error)) {
            return false;
        }
        gateway_guid(id, bytes);
        if (!ask(look, (enum gateway_way)way, id, error)) {
            return false;
        }
    }
    return true;
}

/* --- who is asked --- */

static const enum name_error name_errors[] = {
    [NET_LOOKUP_OK] = NAME_OK,           [NET_LOOKUP_NOT_FOUND] = NAME_NOT_FOUND,
    [NET_LOOKUP_NO_DATA] = NAME_NO_DATA, [NET_LOOKUP_SERVFAIL] = NAME_SERVFAIL,
    [NET_LOOKUP_REFUSED] = NAME_REFUSED, [NET_LOOKUP_SILENT] = NAME_SILENT,
    [NET_LOOKUP_AGAIN] = NAME_OTHER,     [NET_LOOKUP_OTHER] = NAME_OTHER,
};

static void looked_up(void *context, const struct net_looked_up *answer)
{
    struct gateway_look *look = context;
    struct ev_gateway *group = group_of(look);
    struct error error = { 0 };
    const bool by_proxy = look->proxy.host != NULL;
    bool good = true;
    for (size_t i = 0; i < answer->count; i++) {
        look->addresses[look->address_count++] = answer->answers[i].address;
    }
    const enum net_lookup_result result = answer->result;
    net_lookup_free(look->lookup);
    look->lookup = NULL;
    if (!by_proxy) {
        ev_set_enum(&group->name_error, SOURCE_PROBE, (int)name_errors[result]);
    }
    if (result == NET_LOOKUP_OK && look->address_count > 0) {
        good = ask_all(look, &error);
    } else if (by_proxy) {
        good = ev_set_words(&group->proxy.problem, SOURCE_PROBE, "its name does not resolve", &error);
    }
    if (!good) {
        failed(look, &error);
    } else if (look->address_count == 0) {
        over(look, RAN_DONE, NULL);
    }
}

static bool find_and_ask(struct gateway_look *look, struct error *error)
{
    const char *host = look->proxy.host != NULL ? look->proxy.host : look->run->options->gateway_host;
    struct address literal;
    if (address_parse(host, &literal)) {
        look->addresses[look->address_count++] = literal;
        return ask_all(look, error);
    }
    const enum address_family family = look->run->options->family;
    look->lookup = net_lookup_system(look->run->loop, host, family, run_limit_us(look->run, GATEWAY_NAME_US), looked_up,
                                     look, error);
    return look->lookup != NULL;
}

static bool record_who(struct gateway_look *look, struct error *error)
{
    const struct run_options *options = look->run->options;
    struct ev_gateway *group = group_of(look);
    const char *host = options->gateway_host;
    ev_set_int(&group->port, SOURCE_USER, options->gateway_port);
    ev_set_enum(&group->use, options->gateway_use == GATEWAY_USE_ASKED ? SOURCE_USER : SOURCE_FILE,
                (int)options->gateway_use);
    if (!ev_set_text(&group->host, SOURCE_USER, host, strlen(host), error)) {
        return false;
    }
    const char *from = look->proxy.host != NULL ? look->proxy.from : look->proxy.spared;
    if (from == NULL) {
        return true;
    }
    ev_set_bool(&group->proxy.spared, SOURCE_PROBE, look->proxy.spared != NULL);
    if (!ev_set_words(&group->proxy.from, SOURCE_PROBE, from, error) || look->proxy.host == NULL) {
        return look->proxy.host == NULL && group->proxy.from.v != NULL;
    }
    ev_set_int(&group->proxy.port, SOURCE_PROBE, look->proxy.port);
    ev_set_bool(&group->proxy.unsupported, SOURCE_PROBE, look->proxy.unsupported);
    return ev_set_text(&group->proxy.host, SOURCE_PROBE, look->proxy.host, strlen(look->proxy.host), error);
}

static bool gateway_start(struct run *run, struct error *error)
{
    const struct run_options *options = run->options;
    if (options->gateway_host == NULL) {
        run_end(run, CHECK_GATEWAY, RAN_NOT_ASKED, "no gateway was named (--gateway)");
        return true;
    }
    if (!net_http_possible()) {
        run_end(run, CHECK_GATEWAY, RAN_NOT_HERE, "libcurl.so.4 is not installed, and HTTPS needs it");
        return true;
    }
    struct gateway_look *look = alloc_new(sizeof *look);
    if (look == NULL) {
        return error_no_memory(error);
    }
    look->run = run;
    run->probe->gateway_look = look;
    const bool known = options->proxy != NULL
                           ? net_proxy_by_word(options->proxy, &look->proxy, error)
                           : net_proxy_by_environment(options->gateway_host, getenv, &look->proxy, error);
    if (!known || !record_who(look, error)) {
        return false;
    }
    if (look->proxy.unsupported) {
        over(look, RAN_NOT_HERE, "the proxy that the environment names is not one for http://");
        return true;
    }
    return find_and_ask(look, error);
}

/* What is known stays. */
static void gateway_cancel(struct run *run)
{
    struct error error = { 0 };
    probe_gateway_settle(run);
    if (!probe_keep(run, &error)) {
        run_failed(run, &error);
    }
    probe_gateway_release(run);
}

const struct check probe_gateway = {
    .id = CHECK_GATEWAY,
    .start = gateway_start,
    .cancel = gateway_cancel,
};

/* Stories of the RD Gateway and the broker. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static struct ev_gateway *gateway_used(struct evidence *e)
{
    struct ev_gateway *gateway = &e->gateway;
    put_text(&gateway->host, "gw.corp.example");
    ev_set_int(&gateway->port, SOURCE_USER, 443);
    ev_set_enum(&gateway->use, SOURCE_USER, GATEWAY_USE_ASKED);
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
    return gateway;
}
static void gateway_says(struct evidence *e, int64_t status, int error)
{
    struct ev_gateway_transports *all = &e->gateway.transports;
    struct ev_gateway_transport *const each[] = { &all->websocket, &all->http, &all->rpc };
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        if (status > 0) {
            ev_set_int(&each[i]->status, SOURCE_PROBE, status);
        }
        if (error >= 0) {
            ev_set_enum(&each[i]->error, SOURCE_PROBE, error);
        }
        if (status == 401) {
            struct ev_text_item *item = ev_list_add(&each[i]->schemes, SOURCE_PROBE, &text_item_table, 0, &help_error);
            put_text(&item->text, "NTLM");
        }
    }
}
static void gateway_shows(struct evidence *e, const char *name, int64_t days_left, int verify)
{
    struct ev_certificate *cert = &e->gateway.certificate;
    put_text(&cert->common_name, name);
    put_text(&cert->subject, "CN=gw");
    put_text(&cert->issuer, "CN=corp-ca");
    ev_set_int(&cert->not_before, SOURCE_PROBE, NOW_US - INT64_C(800) * DAY * 1000000);
    ev_set_int(&cert->not_after, SOURCE_PROBE, NOW_US + days_left * DAY * 1000000);
    ev_set_int(&cert->verify, SOURCE_PROBE, verify);
}
static void gateway_expired(struct evidence *e)
{
    struct ev_gateway *gateway = gateway_used(e);
    gateway_says(e, 401, -1);
    gateway_shows(e, "gw.corp.example", -3, 10);
    ev_set_int(&gateway->server_time, SOURCE_PROBE, NOW_US);
    ev_set_int(&gateway->received, SOURCE_PROBE, NOW_US + 1000000);
}
static void gateway_expired_by_one_clock(struct evidence *e)
{
    gateway_expired(e);
    ev_set_int(&e->gateway.server_time, SOURCE_PROBE, NOW_US - INT64_C(9) * DAY * 1000000);
}
static void gateway_of_another_name(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 401, -1);
    gateway_shows(e, "other.example", 90, 62);
}
/* With --trust-cert an account got as far as the gateway's own protocol. */
static void shook_hands(struct evidence *e)
{
    ev_set_int(&e->gateway.tunnel.version, SOURCE_PROBE, 0x100);
    ev_set_enum(&e->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_TUNNEL);
}
static void handshake_expired(struct evidence *e)
{
    gateway_expired(e);
    shook_hands(e);
}
static void handshake_of_another_name(struct evidence *e)
{
    gateway_of_another_name(e);
    shook_hands(e);
}
static void no_gateway_of_another_name(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 404, -1);
    gateway_shows(e, "other.example", 90, 62);
}
static void no_gateway_expired(struct evidence *e)
{
    struct ev_gateway *gateway = gateway_used(e);
    gateway_says(e, 404, -1);
    gateway_shows(e, "gw.corp.example", -3, 10);
    ev_set_int(&gateway->server_time, SOURCE_PROBE, NOW_US);
    ev_set_int(&gateway->received, SOURCE_PROBE, NOW_US + 1000000);
}
/* Its own certificate, long expired, for its own name: that the gateway's has expired nobody can say. */
static void router_expired(struct evidence *e)
{
    no_gateway_expired(e);
    put_text(&e->gateway.certificate.common_name, "router.local");
}
static void gateway_untrusted(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 401, -1);
    gateway_shows(e, "gw.corp.example", 90, 20);
}
static void gateway_refusing(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 0, GATEWAY_REFUSED);
}
static void gateway_silent(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 0, GATEWAY_SILENT);
}
static void gateway_503(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 503, -1);
}
static void gateway_403(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 403, -1);
}
static void gateway_behind_407(struct evidence *e)
{
    struct ev_gateway *gateway = gateway_used(e);
    gateway_says(e, 0, GATEWAY_PROXY_SAYS_NO);
    put_text(&gateway->proxy.host, "proxy.corp.example");
    ev_set_int(&gateway->proxy.status, SOURCE_PROBE, 407);
}
static void gateway_resigned(struct evidence *e)
{
    gateway_untrusted(e);
    put_text(&e->gateway.certificate.issuer, "CN=FortiGate CA,O=corp");
}
static void gateway_tunnel(struct evidence *e, enum gateway_phase phase, int64_t code)
{
    struct ev_gateway *gateway = gateway_used(e);
    gateway_says(e, 401, -1);
    gateway_shows(e, "gw.corp.example", 90, 0);
    ev_set_enum(&gateway->tunnel.phase, SOURCE_PROBE, (int)phase);
    if (code >= 0) {
        ev_set_int(&gateway->tunnel.code, SOURCE_PROBE, code);
    }
}
static void gateway_rap(struct evidence *e)
{
    gateway_tunnel(e, GATEWAY_PHASE_CHANNEL, 0x800759DA);
}
static void gateway_logon_refused(struct evidence *e)
{
    gateway_tunnel(e, GATEWAY_PHASE_LOGON, -1);
    ev_set_int(&e->gateway.tunnel.status, SOURCE_PROBE, 401);
    put_text(&e->gateway.tunnel.scheme, "NTLM");
}
static void broker_code(struct evidence *e)
{
    ev_set_int(&e->client_said.code, SOURCE_USER, 4);
}

static const struct story stories[] = {
    { gateway_expired, CAUSE_GATEWAY_CERT, CERTAINTY_LIKELY, true },
    { handshake_expired, CAUSE_GATEWAY_CERT, CERTAINTY_PROVED, true },
    { gateway_expired_by_one_clock, CAUSE_GATEWAY_CERT, CERTAINTY_POSSIBLE, true },
    { no_gateway_expired, CAUSE_GATEWAY_CERT, CERTAINTY_LIKELY, true },
    { router_expired, CAUSE_GATEWAY_CERT, CERTAINTY_POSSIBLE, true },
    { gateway_of_another_name, CAUSE_GATEWAY_CERT, CERTAINTY_LIKELY, true },
    { handshake_of_another_name, CAUSE_GATEWAY_CERT, CERTAINTY_PROVED, true },
    { no_gateway_of_another_name, CAUSE_GATEWAY_CERT, CERTAINTY_POSSIBLE, true },
    { gateway_untrusted, CAUSE_GATEWAY_CERT, CERTAINTY_POSSIBLE, true },
    { gateway_refusing, CAUSE_GATEWAY_FULL, CERTAINTY_POSSIBLE, true },
    { gateway_silent, CAUSE_GATEWAY_FULL, CERTAINTY_POSSIBLE, true },
    { gateway_503, CAUSE_GATEWAY_FULL, CERTAINTY_LIKELY, true },
    { gateway_403, CAUSE_GATEWAY_DENIED, CERTAINTY_POSSIBLE, true },
    { gateway_rap, CAUSE_GATEWAY_DENIED, CERTAINTY_LIKELY, true },
    { gateway_behind_407, CAUSE_GATEWAY_NTLM, CERTAINTY_POSSIBLE, true },
    { gateway_resigned, CAUSE_GATEWAY_NTLM, CERTAINTY_POSSIBLE, true },
    { gateway_logon_refused, CAUSE_GATEWAY_NTLM, CERTAINTY_POSSIBLE, false },
    { broker_code, CAUSE_BROKER_DOWN, CERTAINTY_POSSIBLE, false },
};

const struct story_list gateway_stories = { stories, COUNT_OF(stories) };

/* Stories of the X.224 negotiation, and what speaks on the port instead. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

#include "diagnose/look.h"

static void closes_when_asked(struct evidence *e)
{
    closes_early(e);
    silent_connect(e, false);
}
static void antivirus(struct evidence *e)
{
    target_is(e, "srv.corp.example", "93.184.216.34", NAME_FORM_FQDN);
    tcp(e, "93.184.216.34", TCP_OPEN, 300);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_RST, STAGE_NEGOTIATION, 2 * MS), 11, NEGO_RESET);
}
static void bastion_gives_up(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "bastion.corp.example", NULL, -30, 150);
    nla_ends(e, NLA_CLOSED, 0, 20 * MS);
}
static void chose_unoffered(struct evidence *e)
{
    open_port(e);
    chose(e, 11, 16, 0x1F, 0x1234, PURPOSE_FIRST);
}
static void banned_after_one(struct evidence *e)
{
    healthy_windows(e);
    (void)connection(e, PURPOSE_OFFER_TLS, END_BY_NETWORK, END_SILENCE, STAGE_TCP, 3000 * MS);
}
static void content_filter(struct evidence *e)
{
    closes_early(e);
    silent_connect(e, false);
    chose(e, 11, 8, 0x1F, 0x1234, PURPOSE_PLAIN_REQUEST);
}
static void silent_request(struct evidence *e)
{
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_SILENCE, STAGE_NEGOTIATION, 5000 * MS);
    (void)offer(e, at, 11, NEGO_SILENT);
}
static void ssh(struct evidence *e)
{
    open_port(e);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS), 11, NEGO_NOT_RDP);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_SSH);
}
static void captured_by_http(struct evidence *e)
{
    ssh(e);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_HTTP);
    control(e, CONTROL_INTERCEPTOR, CONTROL_OPENED, "192.0.2.1");
}
static void broken_rdp(struct evidence *e)
{
    ssh(e);
    ev_set_enum(&e->negotiation.speaks, SOURCE_PROBE, SPEAKS_RDP);
}
static void ssh_on_windows(struct evidence *e)
{
    ssh(e);
    control(e, CONTROL_TCP_135, CONTROL_OPENED, NULL);
}
static void ssh_elsewhere(struct evidence *e)
{
    ssh(e);
    control(e, CONTROL_TCP_135, CONTROL_REFUSED, NULL);
    control(e, CONTROL_TCP_5985, CONTROL_REFUSED, NULL);
}
static void failure(struct evidence *e, int64_t code)
{
    open_port(e);
    refuses(e, 11, code, 0x1234, PURPOSE_FIRST);
}
static void failure_1(struct evidence *e)
{
    failure(e, 1);
}
static void failure_2(struct evidence *e)
{
    failure(e, 2);
}
static void failure_2_all_round(struct evidence *e)
{
    failure(e, 2);
    chose(e, 0, 0, 0, 0x1234, PURPOSE_OFFER_RDP);
    refuses(e, 1, 2, 0x1234, PURPOSE_OFFER_TLS);
}
static void failure_3(struct evidence *e)
{
    failure(e, 3);
}
static void failure_4(struct evidence *e)
{
    failure(e, 4);
}
static void failure_5(struct evidence *e)
{
    failure(e, 5);
}
static void failure_6(struct evidence *e)
{
    failure(e, 6);
}
static void plain_rdp_of_xrdp(struct evidence *e)
{
    open_port(e);
    chose(e, 11, 0, 0x01, 0x0000, PURPOSE_FIRST);
}
static void no_block(struct evidence *e)
{
    open_port(e);
    int64_t at = connection(e, PURPOSE_FIRST, END_BY_US, END_DONE, STAGE_NEGOTIATION, MS);
    ev_set_bool(&offer(e, at, 11, NEGO_ANSWERED)->no_block, SOURCE_PROBE, true);
}
static void old_client_at_an_nla_server(struct evidence *e)
{
    healthy_windows(e);
    refuses(e, 1, 5, 0x1234, PURPOSE_OFFER_TLS);
    refuses(e, 0, 5, 0x1234, PURPOSE_OFFER_RDP);
    put_text(&e->client.profile, "freerdp-sec-tls");
}
static void old_client_at_a_tls_server(struct evidence *e)
{
    healthy_xrdp(e);
    refuses(e, 0, 1, 0x1234, PURPOSE_OFFER_RDP);
    put_text(&e->client.profile, "mstsc-xp");
}
static void closes_at_any_request(struct evidence *e)
{
    closes_when_asked(e);
    int64_t at = connection(e, PURPOSE_PLAIN_REQUEST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 2 * MS);
    (void)offer(e, at, 11, NEGO_CLOSED);
}
static void tls_only_client(struct evidence *e)
{
    failure(e, 5);
    struct ev_offer *offer = e->negotiation.offers.items;
    ev_set_int(&offer->offer, SOURCE_FILE, PROTOCOL_TLS);
}

static const struct story stories[] = {
    { captured_by_http, CAUSE_TUN_PROXY_CAPTURES, CERTAINTY_LIKELY, true },
    { closes_when_asked, CAUSE_FORWARD_DEAD_BACKEND, CERTAINTY_POSSIBLE, true },
    { antivirus, CAUSE_AV_LOCAL_FILTER, CERTAINTY_POSSIBLE, true },
    { bastion_gives_up, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { failure_1, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { failure_5, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { chose_unoffered, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { banned_after_one, CAUSE_BAN_TOOL_BLOCKS_CLIENT, CERTAINTY_POSSIBLE, false },
    { banned_after_one, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, false },
    { content_filter, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { closes_when_asked, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { silent_request, CAUSE_IPS_DROPS, CERTAINTY_POSSIBLE, true },
    { silent_request, CAUSE_TERMSERVICE_HUNG, CERTAINTY_POSSIBLE, true },
    { ssh_on_windows, CAUSE_PORT_TAKEN, CERTAINTY_LIKELY, true },
    { ssh_elsewhere, CAUSE_WRONG_PROTOCOL, CERTAINTY_PROVED, true },
    { broken_rdp, CAUSE_WRONG_PROTOCOL, CERTAINTY_POSSIBLE, true },
    { ssh, CAUSE_WRONG_PROTOCOL, CERTAINTY_LIKELY, true },
    { failure_2, CAUSE_SECURITY_LAYER_MISMATCH, CERTAINTY_LIKELY, true },
    { failure_2_all_round, CAUSE_SECURITY_LAYER_MISMATCH, CERTAINTY_PROVED, true },
    { plain_rdp_of_xrdp, CAUSE_SECURITY_LAYER_MISMATCH, CERTAINTY_LIKELY, false },
    { plain_rdp_of_xrdp, CAUSE_CERT_MISSING, CERTAINTY_POSSIBLE, false },
    { failure_3, CAUSE_CERT_MISSING, CERTAINTY_PROVED, true },
    { failure_4, CAUSE_NEGO_FLAGS_INCONSISTENT, CERTAINTY_LIKELY, true },
    { failure_6, CAUSE_SMARTCARD_TLS_REQUIRED, CERTAINTY_PROVED, true },
    { no_block, CAUSE_SERVER_TOO_OLD, CERTAINTY_LIKELY, false },
    { closes_at_any_request, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { old_client_at_a_tls_server, CAUSE_CLIENT_LACKS_TLS, CERTAINTY_LIKELY, true },
    { old_client_at_an_nla_server, CAUSE_NLA_REQUIRED, CERTAINTY_LIKELY, true },
    { tls_only_client, CAUSE_NLA_REQUIRED, CERTAINTY_LIKELY, true },
};

const struct story_list negotiation_stories = { stories, COUNT_OF(stories) };

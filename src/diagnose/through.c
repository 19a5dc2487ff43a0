#include "diagnose/through.h"

#include "diagnose/compute.h"
#include "diagnose/gateway.h"

bool through_stage(enum check_id id)
{
    return (id >= CHECK_NEGOTIATION && id <= CHECK_SESSION) || id == CHECK_GATEWAY || id == CHECK_CLIENT;
}

static enum check_id stage_check(enum stage stage)
{
    static const enum check_id checks[] = { [STAGE_TCP] = CHECK_TCP,     [STAGE_NEGOTIATION] = CHECK_NEGOTIATION,
                                            [STAGE_TLS] = CHECK_TLS,     [STAGE_NLA] = CHECK_NLA,
                                            [STAGE_LOGON] = CHECK_LOGON, [STAGE_SESSION] = CHECK_SESSION };
    return checks[stage];
}

/* A stage that was entered is told by what it saw; of the others the plan's own words are about the direct way. */
static void show_runs(struct evidence *shown)
{
    static const enum check_id ids[] = { CHECK_NEGOTIATION, CHECK_TLS, CHECK_CERTIFICATE, CHECK_NLA };
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        shown->checks[ids[i]] = (struct ev_check){ 0 };
    }
    shown->checks[CHECK_LOGON] = shown->through.logon_run;
    if (!enum_is(&shown->checks[CHECK_SESSION].ran, RAN_NOT_ASKED)) {
        shown->checks[CHECK_SESSION] = shown->through.session_run;
    }
    const struct ev_connection *first = shown->through.connections.items;
    if (first != NULL && enum_is(&first->end.how, END_OUR_LIMIT) && seen(first->end.stage.source)) {
        ev_set_enum(&shown->checks[stage_check((enum stage)first->end.stage.v)].ran, SOURCE_COMPUTED, RAN_CANCELLED);
    }
}

static void show(struct evidence *shown)
{
    const struct ev_through *through = &shown->through;
    const struct ev_name no_name = { 0 };
    const struct ev_route no_route = { 0 };
    const struct ev_udp no_udp = { 0 };
    const struct ev_mtu no_mtu = { 0 };
    const struct ev_path no_path = { 0 };
    const struct ev_bandwidth no_bandwidth = { 0 };
    const struct ev_load no_load = { 0 };
    show_runs(shown);
    shown->connections = through->connections;
    shown->tcp = through->tcp;
    shown->negotiation = through->negotiation;
    shown->tls = through->tls;
    shown->certificate = through->certificate;
    shown->nla = through->nla;
    shown->logon = through->logon;
    shown->session = through->session;
    /* how the host is reached directly says nothing about this way */
    shown->target.addresses = (struct ev_list){ 0 };
    shown->target.address = (struct ev_text){ 0 };
    shown->target.local = (struct ev_bool){ 0 };
    shown->controls = (struct ev_list){ 0 };
    shown->name = no_name;
    shown->route = no_route;
    shown->udp = no_udp;
    shown->mtu = no_mtu;
    shown->path = no_path;
    shown->bandwidth = no_bandwidth;
    shown->load = no_load;
    ev_set_enum(&shown->gateway.use, SOURCE_COMPUTED, GATEWAY_USE_ALWAYS); /* it is, for whoever judges this */
}

bool through_show(const struct evidence *evidence, struct evidence *shown)
{
    if (evidence->through.tcp.attempts.count == 0 || gateway_broke(&evidence->gateway.tunnel)) {
        return false;
    }
    *shown = *evidence;
    show(shown);
    return true;
}

const struct evidence *through_view(struct through_view *view, const struct evidence *evidence)
{
    *view = (struct through_view){ 0 };
    compute_name(evidence, &view->direct.name);
    look_init(&view->direct_look, evidence, &view->direct);
    if (!is_yes(&view->direct_look, GATEWAY_ON_WAY) || is_yes(&view->direct_look, GATEWAY_STOPS)) {
        return evidence;
    }
    return through_show(evidence, &view->shown) ? &view->shown : evidence;
}

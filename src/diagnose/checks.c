/* Status, summary and reason of each check: name, route, tcp, negotiation, and those that did not run. */
#include "diagnose/build.h"
#include "diagnose/gateway.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "diagnose/logged.h"
#include "diagnose/recorded.h"
#include "diagnose/through.h"
#include "diagnose/told.h"

void check_set(struct build *build, enum check_id id, enum check_status status, char *summary, char *why)
{
    struct check_reading *reading = &build->verdict->checks[id];
    alloc_free(reading->summary);
    alloc_free(reading->why);
    *reading = (struct check_reading){ status, summary, why };
}

static const char *later(enum check_id id)
{
    switch ((int)id) {
    case CHECK_LOGON:
        return "no logon was tried (--user)";
    case CHECK_SESSION:
        return "this version looks no further than the NTLM challenge";
    case CHECK_GATEWAY:
        return "no gateway was named (--gateway)";
    case CHECK_UDP:
    case CHECK_MTU:
    case CHECK_PATH:
    case CHECK_BANDWIDTH:
        return "not in this version";
    case CHECK_CLIENT:
        return "no client was named (--client)";
    default:
        return "did not run";
    }
}

/* Only the checks of the way itself make the later ones pointless. */
static const char *stopped_before(const struct build *build, enum check_id id)
{
    const struct verdict *verdict = build->verdict;
    if (!verdict->stopped || verdict->stopped_at >= id || id > CHECK_BANDWIDTH) {
        return NULL;
    }
    return field_name_of(check_names, (int)verdict->stopped_at);
}

/* What the plan recorded, for a check whose evidence says nothing by itself. */
static void not_run(struct build *build, enum check_id id)
{
    const struct ev_check *check = &build->look->e->checks[id];
    const char *why = check->why.v;
    const char *before = stopped_before(build, id);
    enum check_status status = STATUS_SKIP;
    switch (seen(check->ran.source) ? check->ran.v : RAN_NOT) {
    case RAN_DONE:
        /* it ran and kept nothing: nobody knows what it saw */
        status = STATUS_UNKNOWN;
        why = why != NULL ? why : "it ran, but saw nothing that could be judged";
        break;
    case RAN_NO_ANSWER:
        status = STATUS_UNKNOWN;
        why = why != NULL ? why : "no answer in time";
        break;
    case RAN_CANCELLED:
        status = STATUS_UNKNOWN;
        why = why != NULL ? why : "the run ended first";
        break;
    case RAN_NOT_ASKED:
        why = why != NULL ? why : id == CHECK_CLIENT ? later(id) : "not asked for";
        break;
    default:
        break;
    }
    if (why != NULL) {
        check_set(build, id, status, NULL, build_text(build, "%s", why));
    } else if (before != NULL && id <= CHECK_NLA) {
        check_set(build, id, status, NULL, build_text(build, "the connection ended at %s", before));
    } else {
        check_set(build, id, status, NULL, build_text(build, "%s", later(id)));
    }
}

static bool stopped_at(const struct build *build, enum check_id id)
{
    return build->verdict->stopped && build->verdict->stopped_at == id;
}

/* That the host cannot be reached directly is no fault when the way goes through a gateway. */
static bool past_the_gateway(struct build *build, enum check_id id, enum sign sign)
{
    if (!is_yes(build->look, GATEWAY_ON_WAY)) {
        return false;
    }
    char *words = build_sign(build, sign, CAUSE_NONE);
    check_set(build, id, STATUS_SKIP, NULL,
              build_text(build, "%s; the way goes through the gateway", words != NULL ? words : "not directly"));
    alloc_free(words);
    return true;
}

static bool check_name(struct build *build)
{
    const struct ev_name *name = &build->look->e->name;
    if (enum_is(&name->form, NAME_FORM_IPV4) || enum_is(&name->form, NAME_FORM_IPV6)) {
        check_set(build, CHECK_NAME, STATUS_SKIP, NULL,
                  build_text(build, "an address was given, so no name is needed"));
        return true;
    }
    if (!seen(name->error.source)) {
        return false;
    }
    if (is_yes(build->look, NAME_FAILED) && past_the_gateway(build, CHECK_NAME, NAME_FAILED)) {
        return true;
    }
    if (stopped_at(build, CHECK_NAME)) {
        check_set(build, CHECK_NAME, STATUS_FAIL, build_sign(build, NAME_FAILED, CAUSE_NONE), NULL);
        return true;
    }
    const struct ev_address *first = name->answers.items;
    const char *address = first != NULL && first->address.v != NULL ? first->address.v : "no address";
    const struct reading_name *reading = &build->look->r->name;
    const char *more = "";
    enum check_status status = STATUS_PASS;
    if (bool_is(&reading->fake_ip, true)) {
        more = "; a fake address, made up by a proxy";
    } else if (bool_is(&reading->agrees, false)) {
        more = "; the resolvers disagree";
        status = STATUS_WARN;
    } else if (bool_is(&reading->agrees, true)) {
        more = name->servers.count > 1 ? "; the zone's resolvers agree" : "; the zone's resolver agrees";
    }
    size_t others = name->answers.count > 1 ? name->answers.count - 1 : 0;
    check_set(build, CHECK_NAME, status,
              others > 0 ? build_text(build, "%.60s and %zu more%s", address, others, more)
                         : build_text(build, "%.60s%s", address, more),
              NULL);
    return true;
}

/* Without the gateway half of the way stays dark; that matters when the way was measured. */
static const char *gateway_unknown(const struct look *look)
{
    const struct ev_vpn *vpn = &look->e->route.vpn;
    const bool measured = enum_is(&look->e->checks[CHECK_PATH].ran, RAN_DONE);
    return measured && vpn->outer_endpoint.v == NULL ? vpn->why.v : NULL;
}

enum { BESIDE_SIZE = 160 };

/* Two ways that could both have been taken: worth knowing before anything is blamed. */
static const char *beside_route(const struct ev_route *route, bool vpn, char text[BESIDE_SIZE])
{
    const struct ev_way *way = NULL;
    text[0] = '\0';
    ev_each (other, const struct ev_other_way, &route->others) {
        const bool in_tunnel = seen(other->kind.source) && other->kind.v != VPN_NONE;
        if (in_tunnel != vpn && other->address.v != NULL && other->interface.v != NULL) {
            snprintf(text, BESIDE_SIZE, "; %.60s of the same host goes %s by %.40s", other->address.v,
                     in_tunnel ? "into the tunnel," : "past the tunnel,", other->interface.v);
            return text;
        }
    }
    bool own = false; /* the traffic itself leaves by a default route, not by one of its own or over loopback */
    ev_each (item, const struct ev_way, &route->ways) {
        const bool here = item->interface.v != NULL && ev_text_is(&route->interface, item->interface.v);
        if (here && item->bits.v != 0) {
            return text;
        }
        own = own || here;
        way = item->interface.v != NULL && !here && item->bits.v == 0 ? item : way;
    }
    if (way != NULL && own && !vpn) {
        snprintf(text, BESIDE_SIZE, "; there is a second default route, by %.40s", way->interface.v);
    }
    return text;
}

static bool check_route(struct build *build)
{
    static const char *const kinds[] = {
        NULL, "WireGuard", "OpenVPN", "IPsec", "PPP", "a tunnel", "zero trust", "a VPN"
    };
    const struct ev_route *route = &build->look->e->route;
    char mtu[32] = "";
    char beside[BESIDE_SIZE];
    if (bool_is(&route->unreachable, true) && past_the_gateway(build, CHECK_ROUTE, ROUTE_MISSING)) {
        return true;
    }
    if (bool_is(&route->unreachable, true)) {
        check_set(build, CHECK_ROUTE, STATUS_FAIL, build_sign(build, ROUTE_MISSING, CAUSE_NONE), NULL);
        return true;
    }
    if (route->interface.v == NULL) {
        return false;
    }
    if (seen(route->mtu.source)) {
        snprintf(mtu, sizeof mtu, ", MTU %" PRId64, route->mtu.v);
    }
    bool vpn = seen(route->vpn.kind.source) && route->vpn.kind.v != VPN_NONE;
    const char *to = vpn && route->vpn.outer_endpoint.v != NULL ? " to " : "";
    const char *dark = gateway_unknown(build->look);
    check_set(build, CHECK_ROUTE, STATUS_PASS,
              vpn ? build_text(build, "%.40s (%s%s%.60s)%s%s%s%.120s%s", route->interface.v, kinds[route->vpn.kind.v],
                               to, *to != '\0' ? route->vpn.outer_endpoint.v : "", mtu,
                               beside_route(route, vpn, beside), dark != NULL ? "; its gateway is not known: " : "",
                               dark != NULL ? dark : "", dark != NULL ? " (--vpn-gateway HOST names it)" : "")
                  : build_text(build, "%.40s%s%.60s%s%s", route->interface.v, route->gateway.v != NULL ? " by " : "",
                               route->gateway.v != NULL ? route->gateway.v : "", mtu, beside_route(route, vpn, beside)),
              NULL);
    return true;
}

static bool check_tcp(struct build *build)
{
    const struct look *look = build->look;
    char text[SPAN_SIZE];
    if (sign_see(TCP_CLOSED, look, CAUSE_NONE, NULL) == UNSEEN) {
        return false;
    }
    if (is_yes(look, TCP_CLOSED)) {
        enum sign sign = is_yes(look, TCP_ALL_REFUSED)  ? TCP_ALL_REFUSED
                         : is_yes(look, TCP_ALL_SILENT) ? TCP_ALL_SILENT
                                                        : TCP_CLOSED;
        if (past_the_gateway(build, CHECK_TCP, sign)) {
            return true;
        }
        check_set(build, CHECK_TCP, STATUS_FAIL, build_sign(build, sign, CAUSE_NONE), NULL);
        return true;
    }
    bool dead = is_yes(look, OTHER_FAMILY_WORKS);
    const char *more = dead ? "; the IPv6 address is dead" : "";
    check_set(build, CHECK_TCP, dead ? STATUS_WARN : STATUS_PASS,
              look->rtt_us >= 0
                  ? build_text(build, "%" PRId64 " open, %s%s", look->port, span(look->rtt_us, text), more)
                  : build_text(build, "%" PRId64 " open%s", look->port, more),
              NULL);
    return true;
}

static bool check_negotiation(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_offer *first = look->first;
    if (first == NULL || !seen(first->ended.source)) {
        return false;
    }
    enum check_id at;
    if (is_yes(look, GATEWAY_ON_WAY) && gateway_excuses(look) == CHECK_NEGOTIATION && stop_find_direct(look, &at) &&
        at == CHECK_NEGOTIATION) {
        char *words = stop_words(look, at);
        check_set(build, CHECK_NEGOTIATION, STATUS_SKIP, NULL,
                  build_text(build, "directly: %s; the way goes through the gateway%s",
                             words != NULL ? words : "it ends",
                             is_yes(look, GATEWAY_STOPS) ? "" : ", where RDP answers"));
        alloc_free(words);
        return true;
    }
    if (stopped_at(build, CHECK_NEGOTIATION)) {
        check_set(build, CHECK_NEGOTIATION, STATUS_FAIL, build_text(build, "%s", build->verdict->stopped_how), NULL);
        return true;
    }
    if (!seen(first->selected.source) && !bool_is(&first->no_block, true)) {
        return false; /* answered, and nobody kept what */
    }
    const bool plain = bool_is(&first->no_block, true) || int_is(&first->selected, PROTOCOL_RDP);
    if (plain && is_no(look, CONFIRM_WITHOUT_BLOCK) && is_no(look, CHOSE_PLAIN_RDP)) {
        check_set(build, CHECK_NEGOTIATION, STATUS_PASS,
                  build_text(build, "standard RDP security: the client asked for nothing else"), NULL);
        return true;
    }
    if (plain) {
        check_set(build, CHECK_NEGOTIATION, STATUS_WARN, build_text(build, "the server has standard RDP security only"),
                  NULL);
        return true;
    }
    const struct ev_text *required = &look->r->negotiation.required;
    bool nla = first->selected.v == PROTOCOL_NLA || first->selected.v == PROTOCOL_NLA_EX;
    const char *more = ev_text_is(required, "nla")   ? ", and insists on it"
                       : !seen(required->source)     ? ""
                       : ev_text_is(required, "tls") ? nla ? "; TLS alone would do" : "; it insists on TLS"
                                                     : "; standard RDP security would do";
    check_set(build, CHECK_NEGOTIATION, STATUS_PASS,
              build_text(build, "the server chose %s%s",
                         nla                                    ? "NLA"
                         : first->selected.v == PROTOCOL_TLS    ? "TLS"
                         : first->selected.v == PROTOCOL_RDSTLS ? "RDSTLS"
                                                                : "Entra ID sign-in",
                         more),
              NULL);
    return true;
}

/* Whose channel the stage went through is told with what it saw. */
static void say_through(struct build *build, enum check_id id)
{
    struct check_reading *reading = &build->verdict->checks[id];
    char *summary = reading->summary;
    if (summary != NULL) {
        reading->summary = build_text(build, "%s (through the gateway)", summary);
        alloc_free(summary);
    }
}

void build_checks(struct build *build)
{
    bool (*const judges[CHECK_COUNT])(struct build *) = {
        [CHECK_NAME] = check_name,       [CHECK_ROUTE] = check_route,
        [CHECK_TCP] = check_tcp,         [CHECK_NEGOTIATION] = check_negotiation,
        [CHECK_TLS] = check_tls,         [CHECK_CERTIFICATE] = check_certificate,
        [CHECK_NLA] = check_nla,         [CHECK_LOGON] = check_logon,
        [CHECK_SESSION] = check_session, [CHECK_UDP] = check_udp,
        [CHECK_GATEWAY] = check_gateway, [CHECK_MTU] = check_mtu,
        [CHECK_PATH] = check_path,       [CHECK_BANDWIDTH] = check_bandwidth,
        [CHECK_LOAD] = check_load,       [CHECK_CLIENT] = check_client,
    };
    const struct look *look = build->look;
    for (int id = 0; id < CHECK_COUNT && !build->failed; id++) {
        const bool stage = through_stage((enum check_id)id);
        build->look = build->direct != NULL && !stage ? build->direct : look;
        if (!told_check(build, (enum check_id)id) && (judges[id] == NULL || !judges[id](build))) {
            not_run(build, (enum check_id)id);
        }
        if (build->direct != NULL && id >= CHECK_NEGOTIATION && id <= CHECK_SESSION) {
            say_through(build, (enum check_id)id);
        }
    }
    build->look = look;
}

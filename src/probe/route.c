/* The check route: how this machine's packets leave for the address. A tunnel counts only when it carries this route,
 * and only by the kind the kernel gives it. */
#include <string.h>

#include "net/resolve.h"
#include "platform/route.h"
#include "probe/probe_internal.h"
#include "probe/route_ways.h"
#include "probe/vpn.h"

enum { GATEWAY_LIMIT_US = 5000000 };

static bool set_address(struct ev_text *field, const struct address *address, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    address_format(address, text);
    return address->family == ADDRESS_NONE || ev_set_words(field, SOURCE_PROBE, text, error);
}

/* A tap may belong to a VPN or to a virtual machine, and not every tunnel hides anything: nothing is said of those. */
static bool says_kind(enum platform_link link)
{
    return link != PLATFORM_LINK_TAP && link != PLATFORM_LINK_OTHER;
}

/* Its name is all that is known: what it resolved to, when it was asked for. */
static void take_resolved(const struct run *run, const struct platform_route *route, struct vpn_found *found)
{
    if (found->outer.family == ADDRESS_NONE && found->host[0] != '\0' && run->probe->gateway_asked) {
        found->outer = run->probe->gateway;
        found->why = run->probe->gateway_ambiguous ? "the VPN gateway's name has several addresses"
                                                   : "the VPN gateway's name does not resolve";
        found->host[0] = '\0';
        vpn_settle(route, found);
    }
}

/* The endpoint by all means; the user's word counts when nothing else is known. */
static void look_for_vpn(const struct run *run, const struct platform_route *route, const struct address *to,
                         struct vpn_found *found)
{
    const char *word = run->options->vpn_gateway;
    vpn_find(route, to, found);
    if (word != NULL && found->outer.family == ADDRESS_NONE) {
        found->kind = found->kind == VPN_NONE ? VPN_UNKNOWN : found->kind;
        vpn_take_word(word, found);
        vpn_settle(route, found);
    }
    take_resolved(run, route, found);
}

static bool record_vpn(struct run *run, const struct platform_route *route, const struct vpn_found *found,
                       struct error *error)
{
    struct ev_vpn *vpn = &run->evidence->route.vpn;
    if (found->kind == VPN_NONE && !says_kind(route->link)) {
        return true;
    }
    ev_set_enum(&vpn->kind, SOURCE_PROBE, (int)found->kind);
    if (found->kind == VPN_NONE) {
        return true;
    }
    if (found->outer.family == ADDRESS_NONE) {
        return ev_set_words(&vpn->interface, SOURCE_PROBE, route->interface, error) &&
               (found->why == NULL || ev_set_words(&vpn->why, SOURCE_PROBE, found->why, error));
    }
    ev_set_enum(&vpn->outer_transport, SOURCE_PROBE, (int)found->transport);
    if (found->port != 0) {
        ev_set_int(&vpn->outer_port, SOURCE_PROBE, found->port);
    }
    return ev_set_words(&vpn->interface, SOURCE_PROBE, route->interface, error) &&
           set_address(&vpn->outer_endpoint, &found->outer, error) &&
           ev_set_words(&vpn->outer_interface, SOURCE_PROBE, found->interface, error) &&
           (found->learnt == NULL || ev_set_words(&vpn->learnt, SOURCE_PROBE, found->learnt, error));
}

/* Fills the group; `host` gets the name of the VPN gateway when only that is known yet. */
static bool record(struct run *run, const struct address *to, char host[VPN_HOST_SIZE], struct error *error)
{
    struct ev_route *group = &run->evidence->route;
    struct platform_route route;
    struct vpn_found found;
    host[0] = '\0';
    field_release(evidence_group(CHECK_ROUTE), group); /* of another address, asked before */
    if (!platform_route_get(to, &route, NULL)) {
        return true; /* a system that does not tell leaves the group unseen */
    }
    ev_set_bool(&group->unreachable, SOURCE_PROBE, route.unreachable);
    if (route.unreachable) {
        return probe_record_ways(run, to, error);
    }
    ev_set_bool(&run->evidence->target.local, SOURCE_PROBE,
                route.local || address_class_of(to) == ADDRESS_CLASS_LOOPBACK);
    ev_set_bool(&group->on_link, SOURCE_PROBE, route.on_link);
    if (route.mtu != 0) {
        ev_set_int(&group->mtu, SOURCE_PROBE, route.mtu);
    }
    look_for_vpn(run, &route, to, &found);
    memcpy(host, found.host, VPN_HOST_SIZE);
    return ev_set_text(&group->interface, SOURCE_PROBE, route.interface, strlen(route.interface), error) &&
           set_address(&group->source, &route.source, error) && set_address(&group->gateway, &route.gateway, error) &&
           record_vpn(run, &route, &found, error) && probe_record_ways(run, to, error);
}

bool probe_record_route(struct run *run, const struct address *to, struct error *error)
{
    char host[VPN_HOST_SIZE];
    return record(run, to, host, error);
}

static void end_check(struct run *run)
{
    const bool told = run->evidence->route.unreachable.source != SOURCE_NONE;
    run_end(run, CHECK_ROUTE, told ? RAN_DONE : RAN_NOT_HERE, told ? NULL : "this system does not tell its routes");
}

static bool first_address(const struct run *run, struct address *address)
{
    ev_each (item, const struct ev_address_item, &run->evidence->target.addresses) {
        if (item->address.v != NULL && address_parse(item->address.v, address) &&
            (run->options->family == ADDRESS_NONE || run->options->family == address->family)) {
            return true;
        }
    }
    return false;
}

static void route_cancel(struct run *run)
{
    net_lookup_free(run->probe->gateway_lookup);
    run->probe->gateway_lookup = NULL;
}

/* The tunnel's other end may be known by name only. Which of several addresses it took, nobody knows. */
static void on_gateway(void *context, const struct net_looked_up *looked_up)
{
    struct run *run = context;
    struct probe *probe = run->probe;
    struct error error = { 0 };
    struct address address;
    probe->gateway_asked = true;
    probe->gateway_ambiguous = looked_up->count > 1;
    if (looked_up->count == 1) {
        probe->gateway = looked_up->answers[0].address;
    }
    route_cancel(run);
    if (first_address(run, &address) && !probe_record_route(run, &address, &error)) {
        run_failed(run, &error);
        return;
    }
    end_check(run);
}

/* The first address is asked for before any connect; tcp asks again when it comes to use another one. */
static bool route_start(struct run *run, struct error *error)
{
    struct address address;
    char host[VPN_HOST_SIZE];
    if (!first_address(run, &address)) {
        run_end(run, CHECK_ROUTE, RAN_POINTLESS, "there is no address to ask for");
        return true;
    }
    if (!record(run, &address, host, error)) {
        return false;
    }
    if (host[0] == '\0') {
        end_check(run);
        return true;
    }
    run_ready(run, CHECK_ROUTE);
    run->probe->gateway_lookup =
        net_lookup_system(run->loop, host, ADDRESS_NONE, run_limit_us(run, GATEWAY_LIMIT_US), on_gateway, run, error);
    return run->probe->gateway_lookup != NULL;
}

const struct check probe_route = {
    .id = CHECK_ROUTE,
    .needs = NEEDS(CHECK_NAME),
    .start = route_start,
    .cancel = route_cancel,
};

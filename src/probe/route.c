/* The check route: how this machine's packets leave for the address. A tunnel counts only when it carries this route,
 * and only by the kind the kernel gives it. */
#include <string.h>

#include "platform/route.h"
#include "probe/probe_internal.h"

static bool set_address(struct ev_text *field, const struct address *address, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    address_format(address, text);
    return address->family == ADDRESS_NONE || ev_set_words(field, SOURCE_PROBE, text, error);
}

/* A tap may belong to a VPN or to a virtual machine, and not every tunnel hides anything: nothing is said of those. */
static bool record_vpn(struct ev_vpn *vpn, const struct platform_route *route, struct error *error)
{
    static const struct {
        enum platform_link link;
        enum vpn_kind kind;
    } kinds[] = {
        { PLATFORM_LINK_PLAIN, VPN_NONE },
        { PLATFORM_LINK_PPPOE, VPN_NONE },
        { PLATFORM_LINK_WIREGUARD, VPN_WIREGUARD },
        { PLATFORM_LINK_OPENVPN, VPN_OPENVPN },
        { PLATFORM_LINK_IPSEC, VPN_IPSEC },
        { PLATFORM_LINK_PPP, VPN_PPP },
        { PLATFORM_LINK_TUN, VPN_TUN },
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i].link == route->link) {
            ev_set_enum(&vpn->kind, SOURCE_PROBE, (int)kinds[i].kind);
            return kinds[i].kind == VPN_NONE || ev_set_words(&vpn->interface, SOURCE_PROBE, route->interface, error);
        }
    }
    return true;
}

bool probe_record_route(struct run *run, const struct address *to, struct error *error)
{
    struct ev_route *group = &run->evidence->route;
    struct platform_route route;
    field_release(evidence_group(CHECK_ROUTE), group); /* of another address, asked before */
    if (!platform_route_get(to, &route, NULL)) {
        return true; /* a system that does not tell leaves the group unseen */
    }
    ev_set_bool(&group->unreachable, SOURCE_PROBE, route.unreachable);
    if (route.unreachable) {
        return true;
    }
    ev_set_bool(&run->evidence->target.local, SOURCE_PROBE,
                route.local || address_class_of(to) == ADDRESS_CLASS_LOOPBACK);
    ev_set_bool(&group->on_link, SOURCE_PROBE, route.on_link);
    if (route.mtu != 0) {
        ev_set_int(&group->mtu, SOURCE_PROBE, route.mtu);
    }
    return ev_set_text(&group->interface, SOURCE_PROBE, route.interface, strlen(route.interface), error) &&
           set_address(&group->source, &route.source, error) && set_address(&group->gateway, &route.gateway, error) &&
           record_vpn(&group->vpn, &route, error);
}

/* The first address is asked for before any connect; tcp asks again when it comes to use another one. */
static bool route_start(struct run *run, struct error *error)
{
    ev_each (item, const struct ev_address_item, &run->evidence->target.addresses) {
        struct address address;
        if (item->address.v != NULL && address_parse(item->address.v, &address) &&
            (run->options->family == ADDRESS_NONE || run->options->family == address.family)) {
            if (!probe_record_route(run, &address, error)) {
                return false;
            }
            bool told = run->evidence->route.unreachable.source != SOURCE_NONE;
            run_end(run, CHECK_ROUTE, told ? RAN_DONE : RAN_NOT_HERE,
                    told ? NULL : "this system does not tell its routes");
            return true;
        }
    }
    run_end(run, CHECK_ROUTE, RAN_POINTLESS, "there is no address to ask for");
    return true;
}

const struct check probe_route = {
    .id = CHECK_ROUTE,
    .needs = NEEDS(CHECK_NAME),
    .start = route_start,
};

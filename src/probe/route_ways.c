/* What else could have taken the packets: the other routes that hold the address, the tunnels of this machine, and the
 * ways to the host's other addresses. */
#include <stdio.h>
#include <string.h>

#include "platform/tunnel.h"
#include "probe/route_ways.h"

static enum vpn_kind kind_of(enum platform_link link)
{
    static const enum vpn_kind kinds[] = {
        [PLATFORM_LINK_WIREGUARD] = VPN_WIREGUARD,
        [PLATFORM_LINK_OPENVPN] = VPN_OPENVPN,
        [PLATFORM_LINK_IPSEC] = VPN_IPSEC,
        [PLATFORM_LINK_PPP] = VPN_PPP,
        [PLATFORM_LINK_TUN] = VPN_TUN,
        [PLATFORM_LINK_OTHER] = VPN_NONE,
    };
    return kinds[link];
}

static bool add_way(struct ev_route *group, const struct platform_way *way, const struct platform_route *at,
                    struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    if (group->ways.count == ROUTE_WAYS_MAX) {
        return true;
    }
    struct ev_way *item = ev_list_add(&group->ways, SOURCE_PROBE, &way_table, ROUTE_WAYS_MAX, error);
    if (item == NULL) {
        return false;
    }
    address_format(&way->to.address, text);
    ev_set_int(&item->bits, SOURCE_PROBE, way->to.bits);
    ev_set_int(&item->metric, SOURCE_PROBE, way->metric);
    ev_set_enum(&item->kind, SOURCE_PROBE, (int)kind_of(at->link));
    return ev_set_words(&item->network, SOURCE_PROBE, text, error) &&
           ev_set_words(&item->interface, SOURCE_PROBE, at->interface, error);
}

static bool add_tunnel(struct ev_route *group, const struct platform_route *at, struct error *error)
{
    ev_each (known, const struct ev_tunnel, &group->tunnels) {
        if (ev_text_is(&known->interface, at->interface)) {
            return true;
        }
    }
    if (group->tunnels.count == ROUTE_TUNNELS_MAX) {
        return true;
    }
    struct ev_tunnel *item = ev_list_add(&group->tunnels, SOURCE_PROBE, &tunnel_table, ROUTE_TUNNELS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_enum(&item->kind, SOURCE_PROBE, (int)kind_of(at->link));
    return ev_set_words(&item->interface, SOURCE_PROBE, at->interface, error);
}

/* An interface that is up has a route at least to its own network; links to itself only say nothing of a VPN. */
static bool leads_somewhere(const struct platform_way *way)
{
    const enum address_class class = address_class_of(&way->to.address);
    return way->to.bits == 0 || (class != ADDRESS_CLASS_LINK_LOCAL && class != ADDRESS_CLASS_MULTICAST);
}

static bool record_family(struct ev_route *group, enum address_family family, const struct address *to,
                          struct error *error)
{
    struct platform_way ways[PLATFORM_WAYS_MAX];
    size_t count = 0;
    if (!platform_ways(family, ways, PLATFORM_WAYS_MAX, &count)) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        struct platform_route at = { .index = ways[i].index };
        const bool holds = prefix_holds(&ways[i].to, to);
        if (at.index == 0 || !leads_somewhere(&ways[i]) || !platform_interface(&at)) {
            continue;
        }
        if ((holds && !add_way(group, &ways[i], &at, error)) ||
            (kind_of(at.link) != VPN_NONE && !add_tunnel(group, &at, error))) {
            return false;
        }
    }
    return true;
}

static bool record_other(struct ev_route *group, const struct address *other, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    struct platform_route at;
    if (!platform_route_get(other, &at, NULL) || at.unreachable || group->others.count == ROUTE_OTHERS_MAX) {
        return true;
    }
    struct ev_other_way *item = ev_list_add(&group->others, SOURCE_PROBE, &other_way_table, ROUTE_OTHERS_MAX, error);
    if (item == NULL) {
        return false;
    }
    address_format(other, text);
    ev_set_enum(&item->kind, SOURCE_PROBE, (int)kind_of(at.link));
    return ev_set_words(&item->address, SOURCE_PROBE, text, error) &&
           ev_set_words(&item->interface, SOURCE_PROBE, at.interface, error);
}

bool probe_record_ways(struct run *run, const struct address *to, struct error *error)
{
    struct ev_route *group = &run->evidence->route;
    if (!record_family(group, ADDRESS_V4, to, error) || !record_family(group, ADDRESS_V6, to, error)) {
        return false;
    }
    ev_each (item, const struct ev_address_item, &run->evidence->target.addresses) {
        struct address other;
        if (item->address.v != NULL && address_parse(item->address.v, &other) && !address_equal(&other, to) &&
            !record_other(group, &other, error)) {
            return false;
        }
    }
    return true;
}

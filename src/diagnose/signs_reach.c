/* Signs of name, route and tcp: can the host be reached at all? */
#include "diagnose/signs.h"

#include <inttypes.h>

#include "base/text.h"

enum truth see_name_failed(const struct look *look, struct buffer *words)
{
    const struct ev_name *name = &look->e->name;
    if (!seen(name->error.source)) {
        return UNSEEN;
    }
    if (name->error.v == NAME_OK && name->answers.count > 0) {
        return say(words, NO, "the name has an address");
    }
    switch (name->error.v) {
    case NAME_NOT_FOUND:
        return say(words, YES, "%s resolver says that the name does not exist",
                   seen(look->e->told.by.source) ? "the client's" : "this machine's");
    case NAME_SILENT:
        return say(words, YES, "no name server answered");
    case NAME_NO_DATA:
        return say(words, YES, "the name exists, but has no address");
    case NAME_SERVFAIL:
        return say(words, YES, "the name server answered that it failed (SERVFAIL)");
    case NAME_REFUSED:
        return say(words, YES, "the name server refused to answer");
    default:
        return say(words, YES, "the name could not be turned into an address");
    }
}

enum truth see_name_asked_everywhere(const struct look *look, struct buffer *words)
{
    const struct ev_name *name = &look->e->name;
    bool says = enum_is(&name->error, NAME_NOT_FOUND) || enum_is(&name->error, NAME_NO_DATA);
    if (name->servers.count == 0 || !says) {
        return UNSEEN; /* the system's own way to the name failed, whatever others say */
    }
    ev_each (server, const struct ev_resolver, &name->servers) {
        if (server->answers.count > 0) {
            return say(words, NO, "resolver %.60s does know an address",
                       server->address.v != NULL ? server->address.v : "");
        }
        if (!enum_is(&server->rcode, NAME_NOT_FOUND) && !enum_is(&server->rcode, NAME_NO_DATA)) {
            return UNSEEN;
        }
    }
    return say(words, YES, "no resolver asked knows an address (%zu of %zu)", name->servers.count, name->servers.count);
}

enum truth see_name_short(const struct look *look, struct buffer *words)
{
    if (!seen(look->e->name.form.source)) {
        return UNSEEN;
    }
    if (look->e->name.form.v == NAME_FORM_SHORT) {
        return say(words, YES, "it is a short name: which domain is added differs from machine to machine");
    }
    return say(words, NO, "it is not a short name");
}

enum truth see_resolvers_disagree(const struct look *look, struct buffer *words)
{
    if (!seen(look->r->name.agrees.source)) {
        return UNSEEN;
    }
    if (look->r->name.agrees.v && look->e->name.servers.count < 2 && look->e->name.answers.count == 0) {
        return UNSEEN; /* the only resolver is the one that may be the wrong one */
    }
    return look->r->name.agrees.v ? say(words, NO, "the resolvers give the same answer")
                                  : say(words, YES, "the resolvers give different answers");
}

static bool any_private(const struct ev_list *answers)
{
    struct address address;
    ev_each (answer, const struct ev_address, answers) {
        if (answer->address.v != NULL && address_parse(answer->address.v, &address) &&
            address_class_of(&address) == ADDRESS_CLASS_PRIVATE) {
            return true;
        }
    }
    return false;
}

/* Disjoint answers alone are daily bread: load balancing, several data centres. */
enum truth see_another_is_internal(const struct look *look, struct buffer *words)
{
    if (!look->has_address || look->class == ADDRESS_CLASS_PRIVATE) {
        return UNSEEN;
    }
    ev_each (server, const struct ev_resolver, &look->e->name.servers) {
        if (any_private(&server->answers)) {
            return say(words, YES, "resolver %.60s knows a private address, the one that was used is not private",
                       server->address.v != NULL ? server->address.v : "");
        }
    }
    return UNSEEN;
}

static enum address_family family_of(const struct ev_text *text)
{
    struct address address;
    return text->v != NULL && address_parse(text->v, &address) ? address.family : ADDRESS_NONE;
}

enum truth see_other_family_works(const struct look *look, struct buffer *words)
{
    const struct ev_attempt *open = NULL;
    const struct ev_attempt *dead = NULL;
    ev_each (attempt, const struct ev_attempt, &look->e->tcp.attempts) {
        if (enum_is(&attempt->result, TCP_OPEN)) {
            open = attempt;
        } else if (enum_is(&attempt->result, TCP_SILENT) && family_of(&attempt->address) == ADDRESS_V6) {
            dead = attempt;
        }
    }
    if (dead == NULL || open == NULL || family_of(&open->address) != ADDRESS_V4) {
        return look->e->tcp.attempts.count > 0 ? say(words, NO, "no IPv6 address is silent where an IPv4 address opens")
                                               : UNSEEN;
    }
    return say(words, YES, "%.60s (IPv6) is silent, while %.60s (IPv4) opens", dead->address.v, open->address.v);
}

enum truth see_challenge_names_another(const struct look *look, struct buffer *words)
{
    const struct ev_text *computer = &look->e->nla.target.dns_computer;
    if (!seen(computer->source) || !enum_is(&look->e->name.form, NAME_FORM_FQDN)) {
        return UNSEEN;
    }
    if (text_equal_nocase(computer->v, look->e->target.host.v != NULL ? look->e->target.host.v : "")) {
        return say(words, NO, "the challenge names the computer that was asked for");
    }
    return say(words, YES, "the machine calls itself %.100s", computer->v);
}

enum truth see_route_missing(const struct look *look, struct buffer *words)
{
    const struct ev_route *route = &look->e->route;
    if (bool_is(&route->unreachable, true)) {
        return say(words, YES, "this machine has no route to the address");
    }
    return seen(route->interface.source) ? say(words, NO, "there is a route, by %.60s", route->interface.v) : UNSEEN;
}

enum truth see_route_leads_elsewhere(const struct look *look, struct buffer *words)
{
    const struct ev_route *route = &look->e->route;
    struct address source;
    if (bool_is(&route->unreachable, true)) {
        return say(words, YES, "this machine has no route to the address");
    }
    if (!look->has_address) {
        return UNSEEN;
    }
    if (look->class != ADDRESS_CLASS_PRIVATE) {
        return say(words, NO, "the address is not a private one: the default route is the right one");
    }
    if (seen(route->vpn.kind.source) && route->vpn.kind.v != VPN_NONE) {
        return say(words, NO, "the route to this address goes into the tunnel %.60s",
                   route->vpn.interface.v != NULL ? route->vpn.interface.v : "");
    }
    if (route->source.v == NULL || !address_parse(route->source.v, &source) ||
        address_class_of(&source) != ADDRESS_CLASS_GLOBAL) {
        return UNSEEN;
    }
    return say(words, YES, "a private address, but the traffic leaves by %.60s with the public source %.60s",
               route->interface.v != NULL ? route->interface.v : "the default interface", route->source.v);
}

/* Another address of the same host that does go into a tunnel. */
static const struct ev_other_way *sibling_in_tunnel(const struct ev_route *route)
{
    ev_each (other, const struct ev_other_way, &route->others) {
        if (seen(other->kind.source) && other->kind.v != VPN_NONE && other->address.v != NULL) {
            return other;
        }
    }
    return NULL;
}

static bool goes_into_tunnel(const struct ev_route *route)
{
    return seen(route->vpn.kind.source) && route->vpn.kind.v != VPN_NONE;
}

/* The first route of a tunnel that holds the address, when the one that is used is not a tunnel's. */
static const struct ev_way *way_of_tunnel(const struct ev_route *route)
{
    ev_each (way, const struct ev_way, &route->ways) {
        if (seen(way->kind.source) && way->kind.v != VPN_NONE && way->interface.v != NULL) {
            return way;
        }
    }
    return NULL;
}

enum truth see_tunnel_passed_by(const struct look *look, struct buffer *words)
{
    const struct ev_route *route = &look->e->route;
    if (!look->has_address || !seen(route->vpn.kind.source)) {
        return UNSEEN;
    }
    if (goes_into_tunnel(route)) {
        return say(words, NO, "the route to this address goes into a tunnel");
    }
    const struct ev_other_way *sibling = sibling_in_tunnel(route);
    if (sibling != NULL) {
        return say(words, YES, "%.60s of the same host goes into the tunnel %.40s, this address leaves by %.40s",
                   sibling->address.v, sibling->interface.v != NULL ? sibling->interface.v : "",
                   route->interface.v != NULL ? route->interface.v : "another interface");
    }
    if (route->tunnels.count == 0) {
        return say(words, NO, "no tunnel is up that could carry it");
    }
    /* On the local network the way is the right one, unless a tunnel claims that network, too: another sign. */
    if (look->class != ADDRESS_CLASS_PRIVATE || bool_is(&route->on_link, true)) {
        return say(words, NO, "the address is not one that must go into a tunnel");
    }
    const struct ev_tunnel *tunnel = route->tunnels.items;
    return say(words, YES, "the tunnel %.40s is up, but the route to this private address leaves by %.40s",
               tunnel->interface.v != NULL ? tunnel->interface.v : "",
               route->interface.v != NULL ? route->interface.v : "another interface");
}

enum truth see_networks_overlap(const struct look *look, struct buffer *words)
{
    const struct ev_route *route = &look->e->route;
    if (!look->has_address || !seen(route->vpn.kind.source)) {
        return UNSEEN;
    }
    const struct ev_way *way = way_of_tunnel(route);
    if (!bool_is(&route->on_link, true) || goes_into_tunnel(route) || way == NULL || way->bits.v == 0) {
        return say(words, NO, "the address does not belong to two networks at once");
    }
    return say(words, YES,
               "the address is on the local network of %.40s, and in %.60s/%" PRId64 " behind the tunnel %.40s",
               route->interface.v != NULL ? route->interface.v : "", way->network.v != NULL ? way->network.v : "",
               way->bits.v, way->interface.v);
}

enum truth see_route_in_tunnel(const struct look *look, struct buffer *words)
{
    const struct ev_vpn *vpn = &look->e->route.vpn;
    if (!seen(vpn->kind.source)) {
        return UNSEEN;
    }
    if (vpn->kind.v == VPN_NONE) {
        return say(words, NO, "the route to this address does not go into a tunnel");
    }
    return say(words, YES, "the route to this address goes into the tunnel %.60s",
               vpn->interface.v != NULL ? vpn->interface.v : "");
}

enum truth see_fake_address(const struct look *look, struct buffer *words)
{
    if (bool_is(&look->r->name.fake_ip, true) || (look->has_address && look->class == ADDRESS_CLASS_BENCHMARK)) {
        return say(words, YES, "the address is from 198.18.0.0/15, which no host on the internet has");
    }
    return look->has_address ? say(words, NO, "the address is not from 198.18.0.0/15") : UNSEEN;
}

enum truth see_impossible_opens(const struct look *look, struct buffer *words)
{
    const struct ev_control *nobody = look_control(look->e, CONTROL_INTERCEPTOR);
    char text[SPAN_SIZE];
    if (nobody == NULL || !seen(nobody->result.source) || nobody->result.v == CONTROL_NOT_POSSIBLE) {
        return UNSEEN;
    }
    if (nobody->result.v == CONTROL_OPENED) {
        return say(words, YES, "a connect to %.60s, where nobody can be, is accepted too (in %s)",
                   nobody->address.v != NULL ? nobody->address.v : "an address", span(nobody->rtt_us.v, text));
    }
    return say(words, NO, "a connect where nobody can be is not accepted: this machine does not answer itself");
}

enum truth see_instant_answer(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    if (look->local || look->rtt_us < 0) {
        return UNSEEN;
    }
    /* A tunnel has no gateway either, and is no local network. */
    bool near = bool_is(&look->e->route.on_link, true) && !goes_into_tunnel(&look->e->route);
    if (look->rtt_us >= RTT_OF_THIS_MACHINE_US || near) {
        return near ? say(words, NO, "the host is on this machine's own network, where a fast answer is normal")
                    : say(words, NO, "the SYN was answered after %s, not at once", span(look->rtt_us, text));
    }
    return say(words, YES, "the SYN was answered in %s, faster than a far host can (a near one may)",
               span(look->rtt_us, text));
}

enum truth see_shared_address(const struct look *look, struct buffer *words)
{
    if (!look->has_address) {
        return UNSEEN;
    }
    return look->class == ADDRESS_CLASS_SHARED
               ? say(words, YES, "the address is from 100.64.0.0/10, as zero-trust clients hand out")
               : say(words, NO, "the address is not from 100.64.0.0/10");
}

enum truth see_server_is_here(const struct look *look, struct buffer *words)
{
    if (look->local) {
        return say(words, YES, "the address is one of this machine's own");
    }
    return look->has_address ? say(words, NO, "the address is not one of this machine's own") : UNSEEN;
}

enum truth see_public_address(const struct look *look, struct buffer *words)
{
    if (!look->has_address) {
        return UNSEEN;
    }
    return look->class == ADDRESS_CLASS_GLOBAL && !look->local ? say(words, YES, "the port is open at a public address")
                                                               : say(words, NO, "the address is not a public one");
}

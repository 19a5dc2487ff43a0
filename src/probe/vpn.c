/* Who tells where a tunnel's packets go: the kernel, the program's control socket, its settings, its connections, and
 * last a route that keeps its packets out of the tunnel. */
#include "probe/vpn.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "platform/privileges.h"
#include "probe/vpn_internal.h"
#include "wire/endpoint.h"
#include "wire/vici.h"
#include "wire/wg_uapi.h"

enum { ANSWER_CAP = 1024 * 1024, ROOM_OF_PATH = 128 };

static void by_wireguard_kernel(const struct platform_route *route, const struct address *to, struct vpn_found *found)
{
    struct platform_peer peer;
    const enum platform_told told = platform_wireguard_peer(route->interface, to, &peer);
    if (told == PLATFORM_TOLD) {
        found->outer = peer.address;
        found->port = peer.port;
        found->transport = VPN_OVER_UDP;
        found->learnt = "the kernel's WireGuard";
    } else {
        found->why = told == PLATFORM_TOLD_FORBIDDEN ? "the kernel tells WireGuard's peers to root only"
                                                     : "WireGuard has not heard from its peer yet";
    }
}

/* A WireGuard program listens on a socket named like its interface. */
static bool by_wireguard_socket(const struct platform_route *route, const struct address *to, struct vpn_found *found)
{
    char path[ROOM_OF_PATH];
    struct buffer answer;
    (void)snprintf(path, sizeof(path), "/var/run/wireguard/%.15s.sock", route->interface);
    const struct platform_control control = { .path = path };
    buffer_init(&answer, ANSWER_CAP);
    const enum platform_told told =
        platform_control_ask(&control, WG_UAPI_GET, strlen(WG_UAPI_GET), wg_uapi_whole, &answer);
    if (told != PLATFORM_TOLD_NOTHING) {
        found->kind = VPN_WIREGUARD;
        found->why = "the WireGuard socket is readable by root only";
    }
    if (told == PLATFORM_TOLD) {
        found->why = "WireGuard has no endpoint for this address";
        if (wg_uapi_endpoint(answer.bytes, answer.size, to, &found->outer, &found->port)) {
            found->transport = VPN_OVER_UDP;
            found->learnt = "WireGuard's socket";
        }
    }
    buffer_release(&answer);
    return told != PLATFORM_TOLD_NOTHING;
}

static bool vici_whole(const uint8_t *bytes, size_t size)
{
    struct vici_sa sa;
    enum vici_packet packet = VICI_OTHER;
    size_t used = 0;
    enum parse parse = PARSE_DONE;
    for (size_t at = 0; parse == PARSE_DONE && packet != VICI_END && at < size; at += used) {
        parse = vici_parse(bytes + at, size - at, &packet, &sa, &used, NULL);
    }
    return parse == PARSE_BAD || packet == VICI_END;
}

static bool selects(const struct vici_sa *sa, const struct address *to)
{
    bool found = false;
    for (size_t i = 0; i < sa->selector_count; i++) {
        found = found || prefix_holds(&sa->selectors[i], to);
    }
    return found && sa->established && sa->remote.family != ADDRESS_NONE;
}

static void read_associations(const struct buffer *answer, const struct address *to, struct vpn_found *found)
{
    struct vici_sa sa;
    enum vici_packet packet = VICI_OTHER;
    size_t used = 0;
    enum parse parse = PARSE_DONE;
    for (size_t at = 0; parse == PARSE_DONE && packet != VICI_END && at < answer->size; at += used) {
        parse = vici_parse(answer->bytes + at, answer->size - at, &packet, &sa, &used, NULL);
        if (parse == PARSE_DONE && packet == VICI_SA && selects(&sa, to)) {
            found->kind = VPN_IPSEC;
            found->outer = sa.remote;
            found->port = sa.remote_port;
            found->transport = sa.remote_port == 500 ? VPN_OVER_ESP : VPN_OVER_UDP;
            found->learnt = "strongSwan's socket";
        }
    }
}

/* FORBIDDEN: strongSwan runs, but does not speak with this user. */
static enum platform_told by_strongswan(const struct address *to, struct vpn_found *found)
{
    static const char *const paths[] = { "/run/charon.vici", "/run/strongswan/charon.vici" };
    enum platform_told told = PLATFORM_TOLD_NOTHING;
    uint8_t question[VICI_ASK_SIZE];
    const size_t size = vici_ask(question);
    for (size_t i = 0; i < COUNT_OF(paths) && told == PLATFORM_TOLD_NOTHING; i++) {
        const struct platform_control control = { .path = paths[i] };
        struct buffer answer;
        buffer_init(&answer, ANSWER_CAP);
        told = platform_control_ask(&control, question, size, vici_whole, &answer);
        if (told == PLATFORM_TOLD) {
            read_associations(&answer, to, found);
        }
        buffer_release(&answer);
    }
    return told == PLATFORM_TOLD && found->learnt == NULL ? PLATFORM_TOLD_NOTHING : told;
}

static bool by_kernel_ipsec(const struct address *to, struct vpn_found *found)
{
    struct address peer;
    if (platform_ipsec_peer(to, &peer) != PLATFORM_TOLD) {
        return false;
    }
    found->kind = VPN_IPSEC;
    found->outer = peer;
    found->transport = VPN_OVER_ESP;
    found->learnt = "the kernel's IPsec policies";
    return true;
}

/* A program of no known kind: when its sockets are connected to one address only, that is it. */
static bool by_connections(const struct platform_program *program, const struct platform_route *route,
                           struct vpn_found *found)
{
    struct platform_peer peers[PLATFORM_PEERS_MAX];
    size_t count = 0;
    const struct platform_peer *one = NULL;
    if (platform_program_peers(program, peers, &count) != PLATFORM_TOLD) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct platform_route way;
        const bool outside = platform_route_get(&peers[i].address, &way, NULL) && way.index != route->index;
        if (outside && one != NULL && !address_equal(&one->address, &peers[i].address)) {
            return false;
        }
        one = outside ? &peers[i] : one;
    }
    if (one == NULL) {
        return false;
    }
    found->outer = one->address;
    found->port = one->port;
    found->transport = one->tcp ? VPN_OVER_TCP : VPN_OVER_UDP;
    found->learnt = "the connection of the tunnel's program";
    return true;
}

/* Programs whose tunnel takes the default way keep their own packets out of it by a route to one host. */
static bool by_host_route(const struct platform_route *route, struct vpn_found *found)
{
    static const enum address_family families[] = { ADDRESS_V4, ADDRESS_V6 };
    struct platform_way ways[PLATFORM_WAYS_MAX];
    size_t hits = 0;
    for (size_t f = 0; f < COUNT_OF(families); f++) {
        size_t count = 0;
        if (!platform_ways(families[f], ways, PLATFORM_WAYS_MAX, &count)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            const enum address_class class = address_class_of(&ways[i].to.address);
            if (prefix_is_host(&ways[i].to) && ways[i].gateway.family != ADDRESS_NONE &&
                ways[i].index != route->index && class != ADDRESS_CLASS_LINK_LOCAL &&
                class != ADDRESS_CLASS_MULTICAST) {
                hits += found->outer.family == ADDRESS_NONE || !address_equal(&found->outer, &ways[i].to.address);
                found->outer = ways[i].to.address;
            }
        }
    }
    if (hits != 1) {
        found->outer.family = ADDRESS_NONE;
        found->why = hits > 1 ? "several routes lead around the tunnel" : found->why;
        return false;
    }
    found->learnt = "the route that leads around the tunnel";
    return true;
}

static bool is_root(void)
{
    const char *names[PLATFORM_PRIVILEGES_MAX];
    const size_t count = platform_privileges(names);
    bool admin = false;
    for (size_t i = 0; i < count; i++) {
        admin = admin || strcmp(names[i], "net_admin") == 0;
    }
    return admin;
}

static void by_tun(const struct platform_route *route, const struct address *to, struct vpn_found *found)
{
    struct platform_program program;
    if (by_wireguard_socket(route, to, found)) {
        return;
    }
    const enum platform_told owner = platform_tunnel_owner(route->interface, &program);
    const enum platform_told swan = by_strongswan(to, found);
    if (swan == PLATFORM_TOLD) {
        return;
    }
    if (owner == PLATFORM_TOLD && strcmp(program.name, "openvpn") == 0) {
        vpn_by_openvpn(&program, found);
        return;
    }
    /* Whoever may look into every program needs no guess, which somebody's program of that name could mislead. */
    if (owner != PLATFORM_TOLD && !is_root() && vpn_guess_openvpn(route->interface, &program)) {
        vpn_by_openvpn(&program, found);
        return;
    }
    if (owner == PLATFORM_TOLD && by_connections(&program, route, found)) {
        return;
    }
    found->why = swan == PLATFORM_TOLD_FORBIDDEN    ? "strongSwan's socket is readable by root only"
                 : owner == PLATFORM_TOLD_FORBIDDEN ? "only root can see which program holds the tunnel"
                                                    : "the tunnel's program does not tell whom it is connected to";
}

static void by_link(const struct platform_route *route, const struct address *to, struct vpn_found *found)
{
    static const char *const openvpn_kernel = "the kernel's OpenVPN does not tell its peer";
    struct platform_program program;
    switch (route->link) {
    case PLATFORM_LINK_WIREGUARD:
        found->kind = VPN_WIREGUARD;
        by_wireguard_kernel(route, to, found);
        break;
    case PLATFORM_LINK_OPENVPN:
        found->kind = VPN_OPENVPN;
        found->why = openvpn_kernel;
        if (vpn_guess_openvpn(route->interface, &program)) {
            vpn_by_openvpn(&program, found);
        }
        break;
    case PLATFORM_LINK_IPSEC:
        found->kind = VPN_IPSEC;
        found->why = "IPsec's peers are told to root only";
        if (by_strongswan(to, found) != PLATFORM_TOLD) {
            (void)by_kernel_ipsec(to, found);
        }
        break;
    case PLATFORM_LINK_PPP:
        found->kind = VPN_PPP;
        found->why = "PPP does not tell where its packets go";
        break;
    case PLATFORM_LINK_TUN:
        found->kind = VPN_TUN;
        by_tun(route, to, found);
        break;
    case PLATFORM_LINK_PLAIN:
    case PLATFORM_LINK_PPPOE:
    case PLATFORM_LINK_TAP:
    case PLATFORM_LINK_OTHER:
    default: /* a policy of IPsec needs no interface of its own */
        if (by_strongswan(to, found) != PLATFORM_TOLD) {
            (void)by_kernel_ipsec(to, found);
        }
        break;
    }
}

void vpn_find(const struct platform_route *route, const struct address *to, struct vpn_found *found)
{
    *found = (struct vpn_found){ .kind = VPN_NONE };
    if (route->local || route->unreachable || address_class_of(to) == ADDRESS_CLASS_LOOPBACK) {
        return;
    }
    by_link(route, to, found);
    /* Such addresses stand for a host that the client reaches by ways of its own. */
    if (found->kind == VPN_TUN && address_class_of(to) == ADDRESS_CLASS_SHARED) {
        *found =
            (struct vpn_found){ .kind = VPN_ZTNA,
                                .why = "a zero-trust client answers for the host: the way behind it cannot be seen" };
        return;
    }
    if (found->kind != VPN_NONE && found->learnt == NULL) {
        (void)by_host_route(route, found);
    }
    vpn_settle(route, found);
}

/* --- the word of the user, and what is left to do --- */

void vpn_take_word(const char *word, struct vpn_found *found)
{
    const char *colon = strrchr(word, ':');
    uint64_t port = 0;
    size_t length = strlen(word);
    found->port = 0;
    found->host[0] = '\0';
    found->learnt = "--vpn-gateway";
    if (endpoint_parse(word, &found->outer, &found->port) || address_parse(word, &found->outer)) {
        return;
    }
    found->outer.family = ADDRESS_NONE;
    if (colon != NULL && text_number(colon + 1, UINT16_MAX, &port)) {
        found->port = (uint16_t)port;
        length = (size_t)(colon - word);
    }
    if (length < sizeof(found->host)) {
        memcpy(found->host, word, length);
        found->host[length] = '\0';
    }
}

/* The way that is left when the tunnel is not there: the longest prefix, then the lowest metric. */
static bool way_around(const struct platform_route *route, const struct address *to, struct platform_route *around)
{
    struct platform_way ways[PLATFORM_WAYS_MAX];
    const struct platform_way *best = NULL;
    size_t count = 0;
    if (!platform_ways(to->family, ways, PLATFORM_WAYS_MAX, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct platform_way *way = &ways[i];
        if (way->index != 0 && way->index != route->index && prefix_holds(&way->to, to) &&
            (best == NULL || way->to.bits > best->to.bits ||
             (way->to.bits == best->to.bits && way->metric < best->metric))) {
            best = way;
        }
    }
    *around = (struct platform_route){ .index = best != NULL ? best->index : 0 };
    return best != NULL && platform_interface(around);
}

void vpn_settle(const struct platform_route *route, struct vpn_found *found)
{
    struct platform_route way;
    found->interface[0] = '\0';
    if (found->outer.family == ADDRESS_NONE) {
        found->learnt = found->host[0] != '\0' ? found->learnt : NULL;
        return;
    }
    address_unmap(&found->outer); /* so does a program with one socket for both families call it */
    const bool tunnel_of_its_own = route->link != PLATFORM_LINK_PLAIN;
    const enum address_class class = address_class_of(&found->outer);
    const bool own = class == ADDRESS_CLASS_LOOPBACK || class == ADDRESS_CLASS_UNSPECIFIED ||
                     (platform_route_get(&found->outer, &way, NULL) && way.local);
    if (own || class == ADDRESS_CLASS_MULTICAST) {
        found->outer.family = ADDRESS_NONE;
        found->learnt = NULL;
        found->why = own ? "it is said to be this machine itself: another program here carries the tunnel on"
                         : "what is said to be it is no single host";
        return;
    }
    if (!platform_route_get(&found->outer, &way, NULL) || way.unreachable ||
        (tunnel_of_its_own && way.index == route->index && !way_around(route, &found->outer, &way))) {
        found->outer.family = ADDRESS_NONE;
        found->learnt = NULL;
        found->why = "there is no way to the gateway but the tunnel itself";
        return;
    }
    memcpy(found->interface, way.interface, sizeof(found->interface));
}

/* Stories of name, route and the port: from the name to an open port. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static void name_gone(struct evidence *e)
{
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    resolver(e, "10.0.0.53", NAME_NOT_FOUND, NULL);
    resolver(e, "10.0.0.54", NAME_NOT_FOUND, NULL);
}
static void short_name_gone(struct evidence *e)
{
    ev_set_enum(&e->name.form, SOURCE_PROBE, NAME_FORM_SHORT);
    name_gone(e);
}
/* The only resolver may be the wrong one: nothing tells it from split DNS. */
static void name_gone_by_one_word(struct evidence *e)
{
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    resolver(e, "10.0.0.53", NAME_NOT_FOUND, NULL);
}
static void name_known_elsewhere(struct evidence *e)
{
    ev_set_enum(&e->name.error, SOURCE_PROBE, NAME_NOT_FOUND);
    resolver(e, "10.0.0.53", NAME_OK, "10.20.4.17");
}
static void resolvers_differ(struct evidence *e)
{
    target_is(e, "srv.corp.example", "203.0.113.7", NAME_FORM_FQDN);
    resolves(e, "203.0.113.7");
    resolver(e, "10.0.0.53", NAME_OK, "10.20.4.17");
    tcp(e, "203.0.113.7", TCP_SILENT, -1);
}
static void another_machine_answers(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    challenge(e, "other.corp.example", "10.0.20348", 0);
    resolver(e, "10.0.0.53", NAME_OK, "10.20.4.99");
}
static void ipv6_dead(struct evidence *e)
{
    tcp(e, "2001:db8::17", TCP_SILENT, -1);
    healthy_windows(e);
}
static void silent(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_SILENT, -1);
}
static void refused(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_REFUSED, 40 * MS);
}
static void private_by_a_public_source(struct evidence *e)
{
    silent(e);
    put_text(&e->route.interface, "eth0");
    put_text(&e->route.source, "93.184.216.34");
    ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_NONE);
}
static void leaves_by_eth0(struct evidence *e)
{
    silent(e);
    put_text(&e->route.interface, "eth0");
    ev_set_bool(&e->route.on_link, SOURCE_PROBE, false);
    ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_NONE);
}
static void around_the_tunnel(struct evidence *e)
{
    leaves_by_eth0(e);
    struct ev_tunnel *tunnel =
        ev_list_add(&e->route.tunnels, SOURCE_PROBE, &tunnel_table, ROUTE_TUNNELS_MAX, &help_error);
    put_text(&tunnel->interface, "wg0");
    ev_set_enum(&tunnel->kind, SOURCE_PROBE, VPN_WIREGUARD);
}
/* The home network has the numbers of the office. */
static void in_two_networks(struct evidence *e)
{
    around_the_tunnel(e);
    ev_set_bool(&e->route.on_link, SOURCE_PROBE, true);
    struct ev_way *way = ev_list_add(&e->route.ways, SOURCE_PROBE, &way_table, ROUTE_WAYS_MAX, &help_error);
    put_text(&way->network, "10.20.4.0");
    ev_set_int(&way->bits, SOURCE_PROBE, 24);
    put_text(&way->interface, "wg0");
    ev_set_enum(&way->kind, SOURCE_PROBE, VPN_WIREGUARD);
}
/* The address that was used leaks past the tunnel, the host's other one does not. */
static void one_family_in_the_tunnel(struct evidence *e)
{
    leaves_by_eth0(e);
    struct ev_other_way *other =
        ev_list_add(&e->route.others, SOURCE_PROBE, &other_way_table, ROUTE_OTHERS_MAX, &help_error);
    put_text(&other->address, "10.20.4.18");
    put_text(&other->interface, "wg0");
    ev_set_enum(&other->kind, SOURCE_PROBE, VPN_WIREGUARD);
}
static void no_route(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    ev_set_bool(&e->route.unreachable, SOURCE_PROBE, true);
}
static void captured(struct evidence *e)
{
    closes_early(e);
    silent_connect(e, true);
    control(e, CONTROL_INTERCEPTOR, CONTROL_OPENED, "192.0.2.1");
}
static void captured_but_works(struct evidence *e)
{
    healthy_windows(e);
    control(e, CONTROL_INTERCEPTOR, CONTROL_OPENED, "192.0.2.1");
}
static void fake_address(struct evidence *e)
{
    target_is(e, "srv.corp.example", "198.18.0.5", NAME_FORM_FQDN);
    captured_but_works(e);
}
static void silent_in_the_tunnel(struct evidence *e)
{
    silent(e);
    ev_set_enum(&e->route.vpn.kind, SOURCE_PROBE, VPN_WIREGUARD);
    put_text(&e->route.vpn.interface, "wg0");
}
static void calls_itself(struct evidence *e)
{
    healthy_windows(e);
    ev_set_bool(&e->target.local, SOURCE_PROBE, true);
    client_said(e, 0x708, -1);
}
static void nobody_has_the_address(struct evidence *e)
{
    silent(e);
    control(e, CONTROL_NEIGHBOUR, CONTROL_FAILED, NULL);
}
static void this_port_alone(struct evidence *e)
{
    silent(e);
    control(e, CONTROL_TCP_445, CONTROL_REFUSED, NULL);
}
static void prohibited(struct evidence *e)
{
    resolves(e, "10.20.4.17");
    tcp(e, "10.20.4.17", TCP_PROHIBITED, MS);
}
static void dead_forward(struct evidence *e)
{
    closes_early(e);
    silent_connect(e, true);
}
static void zero_trust(struct evidence *e)
{
    target_is(e, "srv.corp.example", "100.64.0.9", NAME_FORM_FQDN);
    tcp(e, "100.64.0.9", TCP_OPEN, 300);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 2 * MS), 11, NEGO_CLOSED);
}

static const struct story stories[] = {
    { name_gone, CAUSE_NAME_NOT_RESOLVED, CERTAINTY_PROVED, true },
    { name_gone_by_one_word, CAUSE_NAME_NOT_RESOLVED, CERTAINTY_LIKELY, true },
    { short_name_gone, CAUSE_NAME_NOT_RESOLVED, CERTAINTY_LIKELY, true },
    { name_known_elsewhere, CAUSE_NAME_SPLIT_DNS, CERTAINTY_LIKELY, true },
    { resolvers_differ, CAUSE_NAME_SPLIT_DNS, CERTAINTY_LIKELY, true },
    { resolvers_differ, CAUSE_NAME_STALE_ADDRESS, CERTAINTY_POSSIBLE, true },
    { another_machine_answers, CAUSE_NAME_STALE_ADDRESS, CERTAINTY_POSSIBLE, false },
    { another_machine_answers, CAUSE_NAME_SPLIT_DNS, CERTAINTY_POSSIBLE, false },
    { ipv6_dead, CAUSE_NAME_IPV6_FIRST, CERTAINTY_LIKELY, false },
    { private_by_a_public_source, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { around_the_tunnel, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { in_two_networks, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { one_family_in_the_tunnel, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { no_route, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { captured, CAUSE_TUN_PROXY_CAPTURES, CERTAINTY_LIKELY, true },
    { captured_but_works, CAUSE_TUN_PROXY_CAPTURES, CERTAINTY_PROVED, false },
    { fake_address, CAUSE_TUN_PROXY_CAPTURES, CERTAINTY_PROVED, false },
    { silent_in_the_tunnel, CAUSE_VPN_POSTURE_OR_ACL, CERTAINTY_POSSIBLE, true },
    { calls_itself, CAUSE_SELF_CONNECT, CERTAINTY_POSSIBLE, false },
    { nobody_has_the_address, CAUSE_HOST_DOWN, CERTAINTY_LIKELY, true },
    { silent, CAUSE_HOST_DOWN, CERTAINTY_POSSIBLE, true },
    { this_port_alone, CAUSE_FIREWALL_BLOCKS, CERTAINTY_POSSIBLE, true },
    { prohibited, CAUSE_FIREWALL_BLOCKS, CERTAINTY_LIKELY, true },
    { silent, CAUSE_FIREWALL_BLOCKS, CERTAINTY_POSSIBLE, true },
    { silent, CAUSE_FIREWALL_PROFILE_PUBLIC, CERTAINTY_POSSIBLE, true },
    { silent, CAUSE_NIC_DISABLED_OR_GHOST, CERTAINTY_POSSIBLE, true },
    { silent, CAUSE_STATIC_IP_IN_CLOUD, CERTAINTY_POSSIBLE, true },
    { silent, CAUSE_RDP_DISABLED, CERTAINTY_POSSIBLE, true },
    { refused, CAUSE_RDP_DISABLED, CERTAINTY_POSSIBLE, true },
    { refused, CAUSE_TERMSERVICE_STOPPED, CERTAINTY_POSSIBLE, true },
    { refused, CAUSE_LISTENER_MISSING, CERTAINTY_POSSIBLE, true },
    { refused, CAUSE_PORT_MOVED, CERTAINTY_POSSIBLE, true },
    { refused, CAUSE_BAN_TOOL_BLOCKS_CLIENT, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_FORWARD_DEAD_BACKEND, CERTAINTY_LIKELY, true },
    { zero_trust, CAUSE_ZTNA_BACKEND_FAILED, CERTAINTY_LIKELY, true },
    { dead_forward, CAUSE_AV_LOCAL_FILTER, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_BAN_TOOL_BLOCKS_CLIENT, CERTAINTY_POSSIBLE, true },
    { silent, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, true },
};

const struct story_list reach_stories = { stories, COUNT_OF(stories) };

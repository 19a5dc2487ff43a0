/* Every row of the rules can be reached: one story per row, and what it comes to. */
#include "unit/joined_help.h"
#include "unit/line_help.h"
#include "unit/path_help.h"

#include "diagnose/compute.h"
#include "diagnose/rules.h"

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
static void closes_when_asked(struct evidence *e)
{
    closes_early(e);
    silent_connect(e, false);
}
static void zero_trust(struct evidence *e)
{
    target_is(e, "srv.corp.example", "100.64.0.9", NAME_FORM_FQDN);
    tcp(e, "100.64.0.9", TCP_OPEN, 300);
    (void)offer(e, connection(e, PURPOSE_FIRST, END_BY_PEER, END_FIN, STAGE_NEGOTIATION, 2 * MS), 11, NEGO_CLOSED);
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
static void stall(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void black_hole_once(struct evidence *e)
{
    stall(e);
    ev_set_int(&second_hello(e, PURPOSE_SMALL_MSS, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true)->mss, SOURCE_PROBE, 1200);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void black_hole(struct evidence *e)
{
    black_hole_once(e);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_SILENT, false);
}
static void black_hole_swept(struct evidence *e)
{
    black_hole_once(e);
    line_sweep(e, LEG_DIRECT, 2);
}
static void narrow_hole_beside(struct evidence *e)
{
    healthy_windows(e);
    line_sweep(e, LEG_DIRECT, 2);
}
static void lossy_tunnel(struct evidence *e)
{
    path_lab(&e->path, 6, 20);
}

/* The tunnel's outer end is not known: what lies below it may be as lossy as the tunnel. */
static void lossy_somewhere(struct evidence *e)
{
    (void)path_place(&e->path, LEG_OVERLAY, 1, "10.20.0.1", 20, 400);
    (void)path_end(&e->path, LEG_OVERLAY, 2, "10.30.0.10", 20, 400);
}

static void lossy_provider(struct evidence *e)
{
    path_lab(&e->path, 3, 20);
}

static void slow_line(struct evidence *e)
{
    healthy_windows(e);
    line_train(e, LEG_DIRECT, 0, 12, 481250);
}
static void udp_size(struct evidence *e, int64_t size, int64_t sent, int64_t answered)
{
    struct ev_udp_size *item = ev_list_add(&e->udp.sizes, SOURCE_PROBE, &udp_size_table, 0, NULL);
    assert_non_null(item);
    ev_set_int(&item->size, SOURCE_PROBE, size);
    ev_set_int(&item->sent, SOURCE_PROBE, sent);
    ev_set_int(&item->answered, SOURCE_PROBE, answered);
}
static void udp_answers(struct evidence *e)
{
    ev_set_int(&e->udp.sent, SOURCE_PROBE, 7);
    ev_set_bool(&e->udp.answered, SOURCE_PROBE, true);
    ev_set_int(&e->udp.version, SOURCE_PROBE, 2);
}
static void big_datagrams_vanish(struct evidence *e)
{
    healthy_windows(e);
    udp_answers(e);
    udp_size(e, 1232, 2, 0);
    udp_size(e, 1132, 5, 5);
}
static void session_broke_over_udp(struct evidence *e)
{
    healthy_windows(e);
    udp_answers(e);
    udp_size(e, 1232, 5, 5);
    client_said(e, 0x904, -1);
}
static void session_of_65_seconds(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    challenge(e, "srv.corp.example", "10.0.14393", 0);
    udp_answers(e);
    struct ev_connection *first = e->connections.items;
    ev_set_enum(&first->recorded.reach, SOURCE_FILE, REACH_SESSION);
    ev_set_int(&first->recorded.duration_us, SOURCE_FILE, 66 * 1000 * MS);
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
static void cut(struct evidence *e)
{
    cut_at_hello(e);
}
static void cut_whatever_is_offered(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_RESET, false);
}
static void cut_after_server_hello(struct evidence *e)
{
    (void)hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_CLOSED, true);
}
static void alert_40_once(struct evidence *e)
{
    alert_is(hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
}
static void alert(struct evidence *e, int64_t code, bool wide_answered)
{
    alert_is(hello(e, windows_confirm(e), HELLO_SCHANNEL, TLS_TRY_ALERT, false), code);
    struct ev_hello *wide = second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE,
                                         wide_answered ? TLS_TRY_ACCEPTED : TLS_TRY_ALERT, wide_answered);
    if (!wide_answered) {
        alert_is(wide, code);
    } else {
        ev_set_int(&wide->suite, SOURCE_PROBE, 0x0084); /* Camellia, which Schannel does not offer */
    }
    alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), code);
}
static void alert_40_always(struct evidence *e)
{
    alert(e, 40, false);
}
static void alert_80_always(struct evidence *e)
{
    alert(e, 80, false);
}
static void alert_40_but_not_to_all(struct evidence *e)
{
    alert(e, 40, true);
    alert_is(second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ALERT, false), 40);
}
static void plain_at_hello(struct evidence *e)
{
    open_port(e);
    (void)hello(e, chose(e, 11, 1, 0x01, 0x1234, PURPOSE_FIRST), HELLO_SCHANNEL, TLS_TRY_PLAIN, false);
}
static void bare_but_takes(struct evidence *e, int64_t suite)
{
    cut_at_hello(e);
    struct ev_hello *wide = second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true);
    ev_set_int(&wide->suite, SOURCE_PROBE, suite);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_CLOSED, false);
}
static void bare_but_not_to_all(struct evidence *e)
{
    bare_but_takes(e, 0x0084); /* Camellia, which Schannel does not offer */
}
static void bare_but_takes_what_was_offered(struct evidence *e)
{
    bare_but_takes(e, 0x1302);
}
static void by_turns(struct evidence *e)
{
    cut_at_hello(e);
    second_hello(e, PURPOSE_WIDE_HELLO, HELLO_WIDE, TLS_TRY_ACCEPTED, true);
    second_hello(e, PURPOSE_REPEAT_FIRST, HELLO_SCHANNEL, TLS_TRY_ACCEPTED, true);
}
static void tls13_for_a_tls10_client(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_3);
    ev_set_enum(&e->tls.versions.tls10, SOURCE_PROBE, TLS_TRY_ALERT);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    put_text(&e->client.profile, "thin-client-old");
}
static void intercepted(struct evidence *e)
{
    healthy_windows(e);
    certificate(e, "srv.corp.example", "CN=Zscaler Root CA,O=Zscaler Inc.", -30, 150);
}
static void intercepted_and_cut(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Zscaler Root CA,O=Zscaler Inc.", -30, 150);
    nla_ends(e, NLA_CLOSED, 0, 20 * MS);
}
static void fips(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0xE06, -1);
}
static void expired(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void expired_by_one_clock(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -400, -12);
}
static void too_early_by_one_clock(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, 20, 400);
}
static void too_early(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, 20, 400);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void wrong_name(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "mail.corp.example", "CN=Corp CA", -30, 300);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
}
static void other_certificate(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Corp CA", -30, 300);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    client_said(e, 0x907, -1);
}
static void churn(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", "CN=Corp CA", -1, 300);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    client_said(e, 0x904, -1);
}
static void weak(struct evidence *e)
{
    healthy_windows(e);
    ev_set_int(&e->certificate.key.bits, SOURCE_PROBE, 1024);
}
static void unpatched(struct evidence *e)
{
    healthy_windows(e);
    ev_set_int(&e->nla.credssp_version, SOURCE_PROBE, 3);
}
static void unpatched_for_a_patched_client(struct evidence *e)
{
    unpatched(e);
    put_text(&e->client.profile, "mstsc-win10");
}
static void nla_error(struct evidence *e, int64_t code)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_ERROR_CODE, code, 20 * MS);
}
static void not_supported(struct evidence *e)
{
    nla_error(e, 0xC00000BB);
}
static void no_dc(struct evidence *e)
{
    nla_error(e, 0xC000005E);
}
static void nla_internal(struct evidence *e)
{
    nla_error(e, 0x80090304);
}
static void nla_silence(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_SILENT, 0, 8000 * MS);
}
static void nla_closes(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    nla_ends(e, NLA_CLOSED, 0, 20 * MS);
}
static void skew(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -30, 150);
    challenge(e, "srv.corp.example", "10.0.20348", 3600);
}
static void skew_error(struct evidence *e)
{
    nla_error(e, 0xC0000133);
}
static void skew_of_kerberos(struct evidence *e)
{
    skew(e);
    client_said(e, 0x1D07, -1);
}
static void alias(struct evidence *e)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    challenge(e, "node1.corp.example", "10.0.20348", 0);
    client_said(e, 0x80090322, -1);
}
static void slow_twice(struct evidence *e)
{
    target_is(e, "srv.corp.example", "93.184.216.34", NAME_FORM_FQDN);
    healthy_windows(e);
    for (int i = 0; i < 2; i++) {
        struct ev_int_item *item = ev_list_add(&e->load.confirm_us, SOURCE_PROBE, &int_item_table, 0, &help_error);
        ev_set_int(&item->value, SOURCE_PROBE, (4 + i) * 1000 * MS);
    }
}
static void public_and_closed(struct evidence *e)
{
    target_is(e, "srv.corp.example", "93.184.216.34", NAME_FORM_FQDN);
    closes_early(e);
}
static void settings_perhaps(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0x904, -1);
}
static void file_without_nla(struct evidence *e)
{
    healthy_windows(e);
    refuses(e, 1, 5, 0, PURPOSE_OFFER_TLS);
    put_text(&e->client.rdp_file.full_address, "srv.corp.example");
    ev_set_int(&e->client.rdp_file.credssp, SOURCE_FILE, 0);
}
static void file_with_two_ports(struct evidence *e)
{
    healthy_windows(e);
    put_text(&e->client.rdp_file.full_address, "srv.corp.example:3390");
    ev_set_int(&e->client.rdp_file.server_port, SOURCE_FILE, 3389);
}

/* --- what the server wrote down --- */
static struct ev_event *logged(struct evidence *e, const char *log, int64_t id, int64_t last)
{
    struct ev_event *event = ev_list_add(&e->server.events, SOURCE_FILE, &event_table, 0, &help_error);
    assert_non_null(event);
    put_text(&event->log, log);
    ev_set_int(&event->id, SOURCE_FILE, id);
    ev_set_int(&event->count, SOURCE_FILE, 1);
    ev_set_int(&event->last, SOURCE_FILE, last);
    return event;
}
static void logged_refusal(struct evidence *e, int64_t code)
{
    put_text(&e->command, "read");
    struct ev_event *event = logged(e, "Security", 4625, NOW_US);
    ev_set_int(&event->code, SOURCE_FILE, code);
    ev_set_int(&event->logon_type, SOURCE_FILE, 10);
}
static void logged_no_right(struct evidence *e)
{
    put_text(&e->command, "read");
    logged(e, "Security", 4825, NOW_US);
}
static void logged_guessing(struct evidence *e)
{
    logged_refusal(e, 0xC000006A);
    struct ev_event *event = e->server.events.items;
    ev_set_int(&event->busiest_hour, SOURCE_FILE, 60);
    ev_set_int(&event->clients, SOURCE_FILE, 12);
}
static void cut_and_logged(struct evidence *e, int64_t id, int64_t last)
{
    cut_at_hello(e);
    logged(e, "System", id, last);
}
static void key_logged(struct evidence *e)
{
    cut_and_logged(e, 36870, NOW_US - 3600000000);
}
static void key_logged_long_before(struct evidence *e)
{
    cut_and_logged(e, 36870, NOW_US - 3600000001);
}
/* The log of the machine that was aimed at is whole, and nothing arrived there. */
static void closed_and_not_logged(struct evidence *e)
{
    closes_early(e);
    log_joined(e, JOINED_NAME);
    log_covers(e, "RemoteConnectionManager", NOW_US - 6 * MINUTE_US, NOW_US + 6 * MINUTE_US, 3);
}
static void no_suite_logged(struct evidence *e)
{
    cut_and_logged(e, 36874, NOW_US);
}
/* A server's log in words, of a connection that nobody saw. */
static void words_of_server(struct evidence *e, enum told_reason reason)
{
    put_text(&e->command, "read");
    ev_set_enum(&e->told.by, SOURCE_FILE, TOLD_BY_SERVER);
    ev_set_enum(&e->told.stopped, SOURCE_FILE, CHECK_TLS);
    ev_set_enum(&e->told.reason, SOURCE_FILE, (int)reason);
    put_text(&e->told.how, "it could not");
}
static void tls_only_client(struct evidence *e)
{
    failure(e, 5);
    struct ev_offer *offer = e->negotiation.offers.items;
    ev_set_int(&offer->offer, SOURCE_FILE, PROTOCOL_TLS);
}
static void key_in_words(struct evidence *e)
{
    words_of_server(e, REASON_KEY_UNUSABLE);
}
static void weak_in_words(struct evidence *e)
{
    words_of_server(e, REASON_CERT_WEAK);
}
static void no_suite_in_words(struct evidence *e)
{
    words_of_server(e, REASON_TLS_NO_COMMON);
}
static void no_client_tls_in_words(struct evidence *e)
{
    words_of_server(e, REASON_CLIENT_LACKS_TLS);
}
static void no_file_in_words(struct evidence *e)
{
    words_of_server(e, REASON_CERT_UNREADABLE);
}
static void logged_bad_password(struct evidence *e)
{
    logged_refusal(e, 0xC000006A);
}
static void logged_locked(struct evidence *e)
{
    logged_refusal(e, 0xC0000234);
}
static void logged_disabled(struct evidence *e)
{
    logged_refusal(e, 0xC0000072);
}
static void logged_account_over(struct evidence *e)
{
    logged_refusal(e, 0xC0000193);
}
static void logged_password_over(struct evidence *e)
{
    logged_refusal(e, 0xC0000071);
}
static void logged_must_change(struct evidence *e)
{
    logged_refusal(e, 0xC0000224);
}
static void logged_wrong_hours(struct evidence *e)
{
    logged_refusal(e, 0xC000006F);
}
static void logged_wrong_machine(struct evidence *e)
{
    logged_refusal(e, 0xC0000070);
}
static void logged_wrong_type(struct evidence *e)
{
    logged_refusal(e, 0xC000015B);
}

/* --- gateway --- */

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
static void no_gateway_of_another_name(struct evidence *e)
{
    gateway_used(e);
    gateway_says(e, 404, -1);
    gateway_shows(e, "other.example", 90, 62);
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

/* --- the start of a session --- */

static struct ev_session *session_ends(struct evidence *e, enum session_phase phase, enum session_ended ended)
{
    struct ev_session *session = &e->session;
    tls_up(e, chose(e, 11, 1, 0x1f, 0x1234, PURPOSE_FIRST), TLS_1_3);
    certificate(e, "srv.corp.example", NULL, -10, 90);
    ev_set_enum(&session->security, SOURCE_PROBE, SESSION_OVER_TLS);
    ev_set_enum(&session->phase, SOURCE_PROBE, (int)phase);
    ev_set_enum(&session->ended, SOURCE_PROBE, (int)ended);
    ev_set_enum(&session->ended_by, SOURCE_PROBE, SESSION_BY_SERVER);
    ev_set_int(&session->after_us, SOURCE_PROBE, 2 * MS);
    return session;
}
static void error_info(struct evidence *e, int64_t code)
{
    struct ev_session *session = session_ends(e, SESSION_LICENSING, SESSION_ERROR_INFO);
    ev_set_int(&session->error, SOURCE_PROBE, code);
}
#define ERROR_INFO(name, code)                                                                                         \
    static void name(struct evidence *e)                                                                               \
    {                                                                                                                  \
        error_info(e, code);                                                                                           \
    }
ERROR_INFO(session_denied, 0x7)
ERROR_INFO(session_no_right, 0x9)
ERROR_INFO(session_taken, 0x5)
ERROR_INFO(session_idle, 0x3)
ERROR_INFO(session_no_memory, 0x6)
ERROR_INFO(session_no_picture, 0x11)
ERROR_INFO(session_broker, 0x400)
ERROR_INFO(session_wrong_package, 0x1194)
ERROR_INFO(licence_internal, 0x100)
ERROR_INFO(licence_no_server, 0x101)
ERROR_INFO(licence_none, 0x102)
ERROR_INFO(licence_store, 0x104)
static void licence_alert_6(struct evidence *e)
{
    struct ev_session *session = session_ends(e, SESSION_LICENSING, SESSION_LICENCE);
    ev_set_int(&session->licence.code, SOURCE_PROBE, 6);
}
static void licence_cut(struct evidence *e)
{
    struct ev_session *session = session_ends(e, SESSION_LICENSING, SESSION_CLOSED);
    ev_set_int(&session->licence.requests, SOURCE_PROBE, 1);
}
static void session_cut_late(struct evidence *e)
{
    session_ends(e, SESSION_CAPABILITIES, SESSION_CLOSED);
}
static void session_ready(struct evidence *e)
{
    struct ev_session *session = session_ends(e, SESSION_CAPABILITIES, SESSION_READY);
    ev_set_bool(&session->demanded, SOURCE_PROBE, true);
}
static void session_ready_for_another(struct evidence *e)
{
    session_ready(e);
    client_said(e, 0x808, 0x104);
}
static void session_all_taken(struct evidence *e)
{
    session_ready(e);
    struct ev_session_logon *logon =
        ev_list_add(&e->session.logons, SOURCE_PROBE, &session_logon_table, SESSION_LOGONS_MAX, &help_error);
    ev_set_int(&logon->info, SOURCE_PROBE, 3);
    ev_set_int(&logon->type, SOURCE_PROBE, 0xfffffffb);
}
static void session_wants_fips(struct evidence *e)
{
    plain_rdp_of_xrdp(e);
    ev_set_enum(&e->session.encryption.level, SOURCE_PROBE, SESSION_LEVEL_FIPS);
    client_said(e, 0xE06, -1);
}

/* --- a logon that this run tried --- */

static void logon_ends(struct evidence *e, enum logon_ended ended)
{
    tls_up(e, windows_confirm(e), TLS_1_2);
    certificate(e, "srv.corp.example", NULL, -30, 150);
    challenge(e, "srv.corp.example", "10.0.20348", 0);
    ev_set_enum(&e->logon.form, SOURCE_USER, LOGON_DOMAIN);
    ev_set_enum(&e->logon.package, SOURCE_PROBE, LOGON_NTLM_RAW);
    ev_set_bool(&e->logon.proof, SOURCE_PROBE, true);
    ev_set_bool(&e->logon.sent, SOURCE_PROBE, false);
    ev_set_int(&e->logon.after_us, SOURCE_PROBE, 20 * MS);
    ev_set_enum(&e->logon.ended, SOURCE_PROBE, (int)ended);
}
static void logon_answer(struct evidence *e, int64_t code)
{
    logon_ends(e, LOGON_ERROR_CODE);
    ev_set_int(&e->logon.error, SOURCE_PROBE, code);
}
#define LOGON_STORY(name, code)                                                                                        \
    static void name(struct evidence *e)                                                                               \
    {                                                                                                                  \
        logon_answer(e, code);                                                                                         \
    }
LOGON_STORY(logon_wrong, 0xC000006D)
LOGON_STORY(logon_locked, 0xC0000234)
LOGON_STORY(logon_disabled, 0xC0000072)
LOGON_STORY(logon_account_over, 0xC0000193)
LOGON_STORY(logon_password_over, 0xC0000071)
LOGON_STORY(logon_must_change, 0xC0000224)
LOGON_STORY(logon_wrong_hours, 0xC000006F)
LOGON_STORY(logon_wrong_machine, 0xC0000070)
LOGON_STORY(logon_restricted, 0xC000006E)
LOGON_STORY(logon_wrong_type, 0xC000015B)
LOGON_STORY(logon_bad_bindings, 0xC000035B)
LOGON_STORY(logon_skewed, 0xC0000133)
LOGON_STORY(logon_no_service, 0x80090322)
LOGON_STORY(logon_no_dc, 0xC000005E)
LOGON_STORY(logon_no_ntlm, 0xC0000418)

static void logon_no_right(struct evidence *e)
{
    logon_ends(e, LOGON_GOOD);
    ev_set_bool(&e->logon.sent, SOURCE_PROBE, true);
    ev_set_enum(&e->logon.right, SOURCE_PROBE, LOGON_RIGHT_DENIED);
    ev_set_int(&e->logon.right_code, SOURCE_PROBE, 5);
}
static void logon_closes(struct evidence *e)
{
    logon_ends(e, LOGON_CLOSED);
}
static void logon_closes_late(struct evidence *e)
{
    logon_ends(e, LOGON_CLOSED);
    ev_set_int(&e->logon.after_us, SOURCE_PROBE, 12000 * MS);
}
static void freerdp_closes(struct evidence *e)
{
    uint8_t confirm[] = { 3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 2, 0, 0, 0 };
    logon_ends(e, LOGON_CLOSED);
    struct ev_offer *offer = e->negotiation.offers.items;
    ev_set_int(&offer->selected, SOURCE_PROBE, 2);
    struct ev_connection *connection = e->connections.items;
    assert_true(ev_set_bytes(&connection->confirm_hex, SOURCE_PROBE, confirm, sizeof confirm, &help_error));
}
static void another_key(struct evidence *e)
{
    logon_ends(e, LOGON_BINDING_WRONG);
    ev_set_bool(&e->logon.bound, SOURCE_PROBE, false);
}
static void ticket_without_service(struct evidence *e)
{
    logon_ends(e, LOGON_GOOD);
    ev_set_enum(&e->logon.kerberos.result, SOURCE_PROBE, KERBEROS_NO_SUCH_SERVICE);
}
static void entra_account(struct evidence *e)
{
    healthy_windows(e);
    ev_set_enum(&e->logon.form, SOURCE_USER, LOGON_ENTRA);
}
static void good_but_the_client_failed(struct evidence *e)
{
    logon_ends(e, LOGON_GOOD);
    client_said(e, 0x807, -1);
}
static void restricted_admin(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0xE09, -1);
}
static void policy_of_the_client(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0x1607, -1);
}

static const struct {
    void (*build)(struct evidence *);
    enum cause cause;
    enum certainty certainty;
    bool blocks;
} stories[] = {
    { name_gone, CAUSE_NAME_NOT_RESOLVED, CERTAINTY_PROVED, true },
    { name_gone_by_one_word, CAUSE_NAME_NOT_RESOLVED, CERTAINTY_LIKELY, true },
    { short_name_gone, CAUSE_NAME_NOT_RESOLVED, CERTAINTY_LIKELY, true },
    { name_known_elsewhere, CAUSE_NAME_SPLIT_DNS, CERTAINTY_LIKELY, true },
    { resolvers_differ, CAUSE_NAME_SPLIT_DNS, CERTAINTY_LIKELY, true },
    { resolvers_differ, CAUSE_NAME_STALE_ADDRESS, CERTAINTY_POSSIBLE, true },
    { another_machine_answers, CAUSE_NAME_STALE_ADDRESS, CERTAINTY_POSSIBLE, false },
    { another_machine_answers, CAUSE_NAME_SPLIT_DNS, CERTAINTY_POSSIBLE, false },
    { plain_at_hello, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { plain_at_hello, CAUSE_CERT_WEAK, CERTAINTY_POSSIBLE, true },
    { ipv6_dead, CAUSE_NAME_IPV6_FIRST, CERTAINTY_LIKELY, false },
    { private_by_a_public_source, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { around_the_tunnel, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { in_two_networks, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { one_family_in_the_tunnel, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { no_route, CAUSE_ROUTE_WRONG_INTERFACE, CERTAINTY_LIKELY, true },
    { captured, CAUSE_TUN_PROXY_CAPTURES, CERTAINTY_LIKELY, true },
    { captured_by_http, CAUSE_TUN_PROXY_CAPTURES, CERTAINTY_LIKELY, true },
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
    { closes_when_asked, CAUSE_FORWARD_DEAD_BACKEND, CERTAINTY_POSSIBLE, true },
    { zero_trust, CAUSE_ZTNA_BACKEND_FAILED, CERTAINTY_LIKELY, true },
    { antivirus, CAUSE_AV_LOCAL_FILTER, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_AV_LOCAL_FILTER, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { bastion_gives_up, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { failure_1, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { failure_5, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { chose_unoffered, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { dead_forward, CAUSE_BAN_TOOL_BLOCKS_CLIENT, CERTAINTY_POSSIBLE, true },
    { banned_after_one, CAUSE_BAN_TOOL_BLOCKS_CLIENT, CERTAINTY_POSSIBLE, false },
    { banned_after_one, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, false },
    { silent, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, true },
    { content_filter, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { closes_when_asked, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { silent_request, CAUSE_IPS_DROPS, CERTAINTY_POSSIBLE, true },
    { stall, CAUSE_IPS_DROPS, CERTAINTY_POSSIBLE, true },
    { silent_request, CAUSE_TERMSERVICE_HUNG, CERTAINTY_POSSIBLE, true },
    { public_and_closed, CAUSE_RST_INJECTION_OR_NAT_EXPIRY, CERTAINTY_POSSIBLE, true },
    { public_and_closed, CAUSE_BRUTE_FORCE, CERTAINTY_POSSIBLE, true },
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
    { cut, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { cut_whatever_is_offered, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { cut_after_server_hello, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { alert_80_always, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { alert_40_always, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_CERT_RENEW_FAILED, CERTAINTY_POSSIBLE, true },
    { expired, CAUSE_CERT_RENEW_FAILED, CERTAINTY_POSSIBLE, false },
    { cut, CAUSE_CERT_BINDING_WRONG, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_SCHANNEL_UPDATE_REGRESSION, CERTAINTY_POSSIBLE, true },
    { cut, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, true },
    { alert_40_but_not_to_all, CAUSE_TLS_NO_COMMON, CERTAINTY_PROVED, true },
    { bare_but_not_to_all, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { bare_but_takes_what_was_offered, CAUSE_TLS_NO_COMMON, CERTAINTY_POSSIBLE, true },
    { alert_40_once, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { tls13_for_a_tls10_client, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { tls13_for_a_tls10_client, CAUSE_CLIENT_TOO_OLD, CERTAINTY_POSSIBLE, true },
    { intercepted, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, false },
    { intercepted_and_cut, CAUSE_TLS_INTERCEPTION, CERTAINTY_LIKELY, true },
    { session_denied, CAUSE_NO_RDP_RIGHT, CERTAINTY_POSSIBLE, true },
    { session_denied, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_POSSIBLE, true },
    { session_denied, CAUSE_SESSION_LIMIT, CERTAINTY_POSSIBLE, true },
    { session_no_right, CAUSE_NO_RDP_RIGHT, CERTAINTY_LIKELY, true },
    { session_taken, CAUSE_SESSION_LIMIT, CERTAINTY_LIKELY, true },
    { session_all_taken, CAUSE_SESSION_LIMIT, CERTAINTY_LIKELY, true },
    { session_idle, CAUSE_SESSION_LIMIT_POLICY, CERTAINTY_LIKELY, true },
    { session_no_memory, CAUSE_SERVER_RESOURCES, CERTAINTY_POSSIBLE, true },
    { session_no_picture, CAUSE_GRAPHICS_START_FAILED, CERTAINTY_POSSIBLE, true },
    { session_broker, CAUSE_BROKER_DOWN, CERTAINTY_POSSIBLE, true },
    { session_wrong_package, CAUSE_FIPS_MISMATCH, CERTAINTY_LIKELY, true },
    { session_wants_fips, CAUSE_FIPS_MISMATCH, CERTAINTY_LIKELY, false },
    { licence_internal, CAUSE_LICENCE_EXCHANGE_FAILED, CERTAINTY_LIKELY, true },
    { licence_no_server, CAUSE_LICENCE_NO_SERVER, CERTAINTY_LIKELY, true },
    { licence_alert_6, CAUSE_LICENCE_NO_SERVER, CERTAINTY_LIKELY, true },
    { licence_none, CAUSE_LICENCE_NONE, CERTAINTY_LIKELY, true },
    { licence_store, CAUSE_LICENCE_CLIENT_STORE, CERTAINTY_POSSIBLE, true },
    { session_ready_for_another, CAUSE_LICENCE_CLIENT_STORE, CERTAINTY_LIKELY, false },
    { licence_cut, CAUSE_LICENCE_NO_SERVER, CERTAINTY_POSSIBLE, true },
    { licence_cut, CAUSE_LICENCE_NONE, CERTAINTY_POSSIBLE, true },
    { licence_cut, CAUSE_LICENCE_EXCHANGE_FAILED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_GRAPHICS_START_FAILED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_PROFILE_LOAD_FAILED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_AUDIO_BLOCK, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_TERMSRV_WRAPPED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_LISTENER_MISCONFIGURED, CERTAINTY_POSSIBLE, true },
    { session_cut_late, CAUSE_PROXY_BACKEND_FAILED, CERTAINTY_POSSIBLE, true },
    { fips, CAUSE_FIPS_MISMATCH, CERTAINTY_POSSIBLE, false },
    { black_hole, CAUSE_MTU_BLACK_HOLE, CERTAINTY_LIKELY, true },
    { black_hole_once, CAUSE_MTU_BLACK_HOLE, CERTAINTY_LIKELY, true },
    { stall, CAUSE_MTU_BLACK_HOLE, CERTAINTY_POSSIBLE, true },
    { black_hole_swept, CAUSE_MTU_BLACK_HOLE, CERTAINTY_PROVED, true },
    { narrow_hole_beside, CAUSE_MTU_BLACK_HOLE, CERTAINTY_LIKELY, false },
    { slow_line, CAUSE_LOW_BANDWIDTH, CERTAINTY_POSSIBLE, false },
    { big_datagrams_vanish, CAUSE_UDP_TRANSPORT_BROKEN, CERTAINTY_LIKELY, false },
    { session_broke_over_udp, CAUSE_UDP_TRANSPORT_BROKEN, CERTAINTY_POSSIBLE, false },
    { session_of_65_seconds, CAUSE_UDP_65S, CERTAINTY_LIKELY, false },
    { lossy_tunnel, CAUSE_VPN_LOSS, CERTAINTY_LIKELY, false },
    { lossy_provider, CAUSE_PATH_LOSS, CERTAINTY_LIKELY, false },
    { lossy_somewhere, CAUSE_PATH_LOSS, CERTAINTY_POSSIBLE, false },
    { lossy_somewhere, CAUSE_VPN_LOSS, CERTAINTY_POSSIBLE, false },
    { expired, CAUSE_CERT_EXPIRED, CERTAINTY_PROVED, false },
    { expired_by_one_clock, CAUSE_CERT_EXPIRED, CERTAINTY_LIKELY, false },
    { too_early_by_one_clock, CAUSE_CERT_NOT_YET_VALID, CERTAINTY_LIKELY, false },
    { too_early, CAUSE_CERT_NOT_YET_VALID, CERTAINTY_PROVED, false },
    { wrong_name, CAUSE_CERT_NAME_MISMATCH, CERTAINTY_PROVED, false },
    { other_certificate, CAUSE_CERT_CHANGED, CERTAINTY_POSSIBLE, false },
    { churn, CAUSE_CERT_TEMPLATE_CHURN, CERTAINTY_POSSIBLE, false },
    { weak, CAUSE_CERT_WEAK, CERTAINTY_LIKELY, false },
    { unpatched, CAUSE_CREDSSP_MISMATCH, CERTAINTY_PROVED, false },
    { unpatched_for_a_patched_client, CAUSE_CREDSSP_MISMATCH, CERTAINTY_LIKELY, true },
    { not_supported, CAUSE_CREDSSP_MISMATCH, CERTAINTY_POSSIBLE, true },
    { not_supported, CAUSE_NTLM_BLOCKED, CERTAINTY_LIKELY, true },
    { nla_closes, CAUSE_NTLM_BLOCKED, CERTAINTY_POSSIBLE, true },
    { no_dc, CAUSE_NLA_NO_DC, CERTAINTY_LIKELY, true },
    { nla_silence, CAUSE_NLA_NO_DC, CERTAINTY_POSSIBLE, true },
    { nla_internal, CAUSE_NLA_NO_DC, CERTAINTY_POSSIBLE, true },
    { skew, CAUSE_CLOCK_SKEW, CERTAINTY_PROVED, false },
    { skew_error, CAUSE_CLOCK_SKEW, CERTAINTY_LIKELY, true },
    { skew_of_kerberos, CAUSE_KERBEROS_SKEW, CERTAINTY_POSSIBLE, false },
    { alias, CAUSE_SPN_MISSING_OR_ALIAS, CERTAINTY_POSSIBLE, false },
    { by_turns, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, true },
    { slow_twice, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, false },
    { slow_twice, CAUSE_BRUTE_FORCE, CERTAINTY_POSSIBLE, false },
    { slow_twice, CAUSE_SERVER_RESOURCES, CERTAINTY_POSSIBLE, false },
    { dead_forward, CAUSE_LISTENER_OVERLOAD, CERTAINTY_POSSIBLE, true },
    { closes_at_any_request, CAUSE_IPS_RESETS, CERTAINTY_POSSIBLE, true },
    { old_client_at_a_tls_server, CAUSE_CLIENT_LACKS_TLS, CERTAINTY_LIKELY, true },
    { old_client_at_an_nla_server, CAUSE_NLA_REQUIRED, CERTAINTY_LIKELY, true },
    { settings_perhaps, CAUSE_CLIENT_RDP_FILE_BAD, CERTAINTY_POSSIBLE, false },
    { file_without_nla, CAUSE_CLIENT_RDP_FILE_BAD, CERTAINTY_LIKELY, true },
    { file_with_two_ports, CAUSE_CLIENT_RDP_FILE_BAD, CERTAINTY_POSSIBLE, false },
    { logon_wrong, CAUSE_BAD_PASSWORD, CERTAINTY_PROVED, true },
    { freerdp_closes, CAUSE_BAD_PASSWORD, CERTAINTY_LIKELY, true },
    { logon_closes, CAUSE_BAD_PASSWORD, CERTAINTY_POSSIBLE, true },
    { logon_locked, CAUSE_ACCOUNT_LOCKED, CERTAINTY_PROVED, true },
    { logon_disabled, CAUSE_ACCOUNT_DISABLED, CERTAINTY_PROVED, true },
    { logon_account_over, CAUSE_ACCOUNT_EXPIRED, CERTAINTY_PROVED, true },
    { logon_password_over, CAUSE_PASSWORD_EXPIRED, CERTAINTY_PROVED, true },
    { logon_must_change, CAUSE_PASSWORD_MUST_CHANGE, CERTAINTY_PROVED, true },
    { logon_wrong_hours, CAUSE_LOGON_HOURS, CERTAINTY_PROVED, true },
    { logon_wrong_machine, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_PROVED, true },
    { logon_restricted, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_LIKELY, true },
    { logon_restricted, CAUSE_NTLM_BLOCKED, CERTAINTY_POSSIBLE, true },
    { logon_wrong_type, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_PROVED, true },
    { logon_no_right, CAUSE_NO_RDP_RIGHT, CERTAINTY_PROVED, true },
    { logon_bad_bindings, CAUSE_CHANNEL_BINDING_NTLMV1, CERTAINTY_POSSIBLE, true },
    { logon_bad_bindings, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, true },
    { another_key, CAUSE_TLS_INTERCEPTION, CERTAINTY_LIKELY, true },
    { logon_closes, CAUSE_TLS_INTERCEPTION, CERTAINTY_POSSIBLE, true },
    { logon_skewed, CAUSE_KERBEROS_SKEW, CERTAINTY_LIKELY, true },
    { logon_no_service, CAUSE_SPN_MISSING_OR_ALIAS, CERTAINTY_POSSIBLE, true },
    { ticket_without_service, CAUSE_SPN_MISSING_OR_ALIAS, CERTAINTY_POSSIBLE, false },
    { logon_no_dc, CAUSE_NLA_NO_DC, CERTAINTY_LIKELY, true },
    { logon_closes_late, CAUSE_NLA_NO_DC, CERTAINTY_POSSIBLE, true },
    { logon_no_ntlm, CAUSE_NTLM_BLOCKED, CERTAINTY_LIKELY, true },
    { entra_account, CAUSE_ENTRA_OR_PIN_ACCOUNT, CERTAINTY_POSSIBLE, false },
    { good_but_the_client_failed, CAUSE_SAVED_CREDENTIAL_STALE, CERTAINTY_POSSIBLE, false },
    { restricted_admin, CAUSE_RESTRICTED_ADMIN_NEEDED, CERTAINTY_LIKELY, false },
    { policy_of_the_client, CAUSE_CLIENT_POLICY_FORBIDS, CERTAINTY_POSSIBLE, false },
    { logged_bad_password, CAUSE_BAD_PASSWORD, CERTAINTY_LIKELY, true },
    { logged_locked, CAUSE_ACCOUNT_LOCKED, CERTAINTY_LIKELY, true },
    { logged_disabled, CAUSE_ACCOUNT_DISABLED, CERTAINTY_LIKELY, true },
    { logged_account_over, CAUSE_ACCOUNT_EXPIRED, CERTAINTY_LIKELY, true },
    { logged_password_over, CAUSE_PASSWORD_EXPIRED, CERTAINTY_LIKELY, true },
    { logged_must_change, CAUSE_PASSWORD_MUST_CHANGE, CERTAINTY_LIKELY, true },
    { logged_wrong_hours, CAUSE_LOGON_HOURS, CERTAINTY_LIKELY, true },
    { logged_wrong_machine, CAUSE_WORKSTATION_RESTRICTED, CERTAINTY_LIKELY, true },
    { logged_wrong_type, CAUSE_LOGON_TYPE_DENIED, CERTAINTY_LIKELY, true },
    { logged_no_right, CAUSE_NO_RDP_RIGHT, CERTAINTY_LIKELY, true },
    { logged_guessing, CAUSE_BRUTE_FORCE, CERTAINTY_LIKELY, false },
    { gateway_expired, CAUSE_GATEWAY_CERT, CERTAINTY_PROVED, true },
    { gateway_expired_by_one_clock, CAUSE_GATEWAY_CERT, CERTAINTY_LIKELY, true },
    { gateway_of_another_name, CAUSE_GATEWAY_CERT, CERTAINTY_PROVED, true },
    { no_gateway_of_another_name, CAUSE_GATEWAY_CERT, CERTAINTY_LIKELY, true },
    { gateway_untrusted, CAUSE_GATEWAY_CERT, CERTAINTY_POSSIBLE, true },
    { gateway_refusing, CAUSE_GATEWAY_FULL, CERTAINTY_LIKELY, true },
    { gateway_silent, CAUSE_GATEWAY_FULL, CERTAINTY_POSSIBLE, true },
    { gateway_503, CAUSE_GATEWAY_FULL, CERTAINTY_LIKELY, true },
    { gateway_403, CAUSE_GATEWAY_DENIED, CERTAINTY_POSSIBLE, true },
    { gateway_rap, CAUSE_GATEWAY_DENIED, CERTAINTY_LIKELY, true },
    { gateway_behind_407, CAUSE_GATEWAY_NTLM, CERTAINTY_POSSIBLE, true },
    { gateway_resigned, CAUSE_GATEWAY_NTLM, CERTAINTY_POSSIBLE, true },
    { gateway_logon_refused, CAUSE_GATEWAY_NTLM, CERTAINTY_POSSIBLE, false },
    { broker_code, CAUSE_BROKER_DOWN, CERTAINTY_POSSIBLE, false },
    { key_logged, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { key_logged_long_before, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_POSSIBLE, true },
    { no_suite_logged, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { closed_and_not_logged, CAUSE_FORWARD_DEAD_BACKEND, CERTAINTY_LIKELY, true },
    { tls_only_client, CAUSE_NLA_REQUIRED, CERTAINTY_LIKELY, true },
    { key_in_words, CAUSE_RDP_KEY_UNREADABLE, CERTAINTY_LIKELY, true },
    { weak_in_words, CAUSE_CERT_WEAK, CERTAINTY_LIKELY, true },
    { no_suite_in_words, CAUSE_TLS_NO_COMMON, CERTAINTY_LIKELY, true },
    { no_client_tls_in_words, CAUSE_CLIENT_LACKS_TLS, CERTAINTY_LIKELY, true },
    { no_file_in_words, CAUSE_CERT_MISSING, CERTAINTY_LIKELY, false },
};

static void each_story_finds_its_cause(void **state)
{
    (void)state;
    bool good = true;
    for (size_t i = 0; i < COUNT_OF(stories); i++) {
        struct evidence *e = begin();
        stories[i].build(e);
        struct verdict *verdict = judged(e);
        const struct finding *finding = found(verdict, stories[i].cause);
        if (finding == NULL || finding->certainty != stories[i].certainty || finding->blocks != stories[i].blocks) {
            print_message("story %zu, %s: %s\n", i, cause_fact(stories[i].cause)->slug,
                          finding != NULL ? field_name_of(certainty_names, (int)finding->certainty) : "not found");
            good = false;
        } else {
            assert_true(finding->because.count > 0);
        }
        verdict_free(verdict);
        evidence_free(e);
    }
    assert_true(good);
}

static void every_row_counts_somewhere(void **state)
{
    (void)state;
    bool all = true;
    for (const struct rule_table *table = rule_tables; table->name != NULL; table++) {
        for (size_t r = 0; r < *table->count; r++) {
            const struct rule *rule = &table->rules[r];
            bool reached = false;
            for (size_t i = 0; i < COUNT_OF(stories) && !reached; i++) {
                if (stories[i].cause != rule->cause) {
                    continue;
                }
                struct evidence *e = begin();
                struct readings readings = { 0 };
                struct look look;
                struct judged results[CAUSE_COUNT];
                stories[i].build(e);
                assert_true(readings_compute(e, &readings, &help_error));
                look_init(&look, e, &readings);
                rules_judge(&look, results);
                reached = results[rule->cause].rule == rule && results[rule->cause].outcome >= ROW_POSSIBLE;
                readings_release(&readings);
                evidence_free(e);
            }
            if (!reached) {
                print_message("%s: row %zu of %s\n", cause_fact(rule->cause)->slug, r, table->name);
                all = false;
            }
        }
    }
    assert_true(all);
}

/* What a sign answers YES or NO, it can say in words. */
static void every_answer_has_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stories); i++) {
        struct evidence *e = begin();
        struct readings readings = { 0 };
        struct look look;
        stories[i].build(e);
        assert_true(readings_compute(e, &readings, &help_error));
        look_init(&look, e, &readings);
        for (int sign = SIGN_NONE + 1; sign < SIGN_COUNT; sign++) {
            struct buffer words;
            buffer_init(&words, 4096);
            enum truth truth = sign_see((enum sign)sign, &look, stories[i].cause, &words);
            if ((truth == UNSEEN) != (words.size == 0) && sign != CODE_NAMES_IT) {
                fail_msg("%s answers %d with %zu bytes", sign_name((enum sign)sign), (int)truth, words.size);
            }
            buffer_release(&words);
        }
        readings_release(&readings);
        evidence_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_story_finds_its_cause),
        cmocka_unit_test(every_row_counts_somewhere),
        cmocka_unit_test(every_answer_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

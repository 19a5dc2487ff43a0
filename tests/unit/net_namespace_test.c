/* What only an own network can show: filters, routers, tunnels. Runs in a network namespace of its own and skips, with
 * the reason, where the system does not allow one. */
#include "unit/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/poll.h"
#include "net/stream.h"
#include "platform/echo.h"
#include "platform/route.h"

enum { SECOND_US = 1000000 };

/* Constant once main has set it: NULL when the namespace is there. */
static const char *no_namespace;

#define NEEDS_NAMESPACE()                                                                                              \
    do {                                                                                                               \
        (void)state;                                                                                                   \
        if (no_namespace != NULL) {                                                                                    \
            print_message("skipped: %s\n", no_namespace);                                                              \
            skip();                                                                                                    \
        }                                                                                                              \
    } while (0)

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0) {
        close(fd);
    }
    return done;
}

static bool run(const char *command)
{
    char line[512];
    snprintf(line, sizeof(line), "%s >/dev/null 2>&1", command);
    return system(line) == 0;
}

static const char *enter_namespace(void)
{
    char map[64];
    unsigned uid = getuid();
    unsigned gid = getgid();
    if (uid != 0 || unshare(CLONE_NEWNET) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
            return "no network namespace for this user";
        }
        (void)write_file("/proc/self/setgroups", "deny");
        snprintf(map, sizeof(map), "0 %u 1", uid);
        (void)write_file("/proc/self/uid_map", map);
        snprintf(map, sizeof(map), "0 %u 1", gid);
        (void)write_file("/proc/self/gid_map", map);
    }
    return run("ip link set lo up") ? NULL : "no ip command";
}

struct attempt {
    struct net_stream *stream;
    struct net_connected connected;
    int calls;
};

static void on_connected(void *context, const struct net_connected *connected)
{
    struct attempt *attempt = context;
    attempt->connected = *connected;
    attempt->calls++;
    net_stream_close(attempt->stream);
    attempt->stream = NULL;
}

static struct net_connected connect_to(const char *address, uint16_t port, int64_t limit_us)
{
    static const struct net_stream_handler handler = { .connected = on_connected };
    struct net_loop *loop = net_loop_new(NULL);
    struct net_stream_options options = { .port = port, .connect_limit_us = limit_us };
    struct attempt attempt = { 0 };
    assert_true(address_parse(address, &options.address));
    attempt.stream = net_stream_connect(loop, &options, &handler, &attempt, NULL);
    assert_non_null(attempt.stream);
    assert_int_equal(attempt.calls, 0);
    net_loop_run(loop);
    assert_int_equal(attempt.calls, 1);
    net_loop_free(loop);
    return attempt.connected;
}

static void assert_address(const struct address *address, const char *text)
{
    char got[ADDRESS_TEXT_SIZE];
    address_format(address, got);
    assert_string_equal(got, text);
}

static void no_route(void **state)
{
    NEEDS_NAMESPACE();
    assert_int_equal(connect_to("192.0.2.1", 3389, SECOND_US).result, NET_UNREACHABLE);
    assert_int_equal(connect_to("2001:db8::1", 3389, SECOND_US).result, NET_UNREACHABLE);
    struct platform_route route;
    struct address address;
    assert_true(address_parse("192.0.2.1", &address));
    assert_true(platform_route_get(&address, &route, NULL));
    assert_true(route.unreachable);
    assert_string_equal(route.interface, "");
}

static void forbidding_routes(void **state)
{
    NEEDS_NAMESPACE();
    assert_true(run("ip route add prohibit 198.51.100.2"));
    assert_true(run("ip route add blackhole 198.51.100.3"));
    assert_true(run("ip route add unreachable 198.51.100.4"));
    assert_int_equal(connect_to("198.51.100.2", 3389, SECOND_US).result, NET_PROHIBITED);
    assert_int_equal(connect_to("198.51.100.3", 3389, SECOND_US).result, NET_UNREACHABLE);
    assert_int_equal(connect_to("198.51.100.4", 3389, SECOND_US).result, NET_UNREACHABLE);
    for (int i = 2; i <= 4; i++) {
        char text[32];
        struct platform_route route;
        struct address address;
        snprintf(text, sizeof(text), "198.51.100.%d", i);
        assert_true(address_parse(text, &address));
        assert_true(platform_route_get(&address, &route, NULL));
        assert_true(route.unreachable);
    }
}

/* With one ephemeral port only, a connect to that port meets itself. */
static void connecting_to_itself_is_refused(void **state)
{
    NEEDS_NAMESPACE();
    if (!write_file("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000")) {
        print_message("skipped: the port range cannot be set\n");
        skip();
    }
    struct net_connected connected = connect_to("127.0.0.1", 40000, SECOND_US);
    assert_true(write_file("/proc/sys/net/ipv4/ip_local_port_range", "32768 60999"));
    assert_int_equal(connected.result, NET_REFUSED);
}

static void filters(void **state)
{
    NEEDS_NAMESPACE();
    static const struct {
        uint16_t port;
        const char *verdict;
        const char *to;
        enum net_connect_result result;
        const char *by;
    } cases[] = {
        { 81, "reject with icmp admin-prohibited", "127.0.0.1", NET_PROHIBITED, "127.0.0.1" },
        { 82, "reject with icmp host-prohibited", "127.0.0.1", NET_PROHIBITED, "127.0.0.1" },
        { 83, "reject with icmp net-prohibited", "127.0.0.1", NET_PROHIBITED, "127.0.0.1" },
        { 84, "reject with icmp host-unreachable", "127.0.0.1", NET_UNREACHABLE, "127.0.0.1" },
        { 85, "reject with icmp net-unreachable", "127.0.0.1", NET_UNREACHABLE, "127.0.0.1" },
        { 86, "reject with icmp port-unreachable", "127.0.0.1", NET_UNREACHABLE, "127.0.0.1" },
        { 87, "reject with tcp reset", "127.0.0.1", NET_REFUSED, "" },
        { 88, "drop", "127.0.0.1", NET_SILENT, "" },
        { 91, "reject with icmpv6 admin-prohibited", "::1", NET_PROHIBITED, "::1" },
        { 92, "reject with icmpv6 no-route", "::1", NET_UNREACHABLE, "::1" },
        { 93, "reject with icmpv6 addr-unreachable", "::1", NET_UNREACHABLE, "::1" },
        { 94, "reject with icmpv6 port-unreachable", "::1", NET_UNREACHABLE, "::1" },
        { 95, "reject with tcp reset", "::1", NET_REFUSED, "" },
        { 96, "drop", "::1", NET_SILENT, "" },
    };
    if (!run("nft add table inet t") || !run("nft 'add chain inet t i { type filter hook input priority 0; }'")) {
        print_message("skipped: no nftables here\n");
        skip();
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char command[256];
        snprintf(command, sizeof(command), "nft add rule inet t i tcp dport %u %s", (unsigned)cases[i].port,
                 cases[i].verdict);
        assert_true(run(command));
        int64_t limit_us = cases[i].result == NET_SILENT ? 30000 : 20 * SECOND_US;
        struct net_connected connected = connect_to(cases[i].to, cases[i].port, limit_us);
        assert_int_equal(connected.result, cases[i].result);
        assert_address(&connected.by, cases[i].by);
        assert_true(connected.rtt_us <= limit_us);
    }
}

static void assert_route(const char *to, const char *interface, const char *source, const char *gateway, unsigned mtu,
                         enum platform_link link)
{
    struct address address;
    struct platform_route route;
    assert_true(address_parse(to, &address));
    assert_true(platform_route_get(&address, &route, NULL));
    assert_false(route.unreachable);
    assert_string_equal(route.interface, interface);
    assert_address(&route.source, source);
    assert_address(&route.gateway, gateway);
    assert_int_equal(route.on_link, gateway[0] == '\0');
    assert_int_equal(route.mtu, mtu);
    assert_int_equal(route.link, link);
    assert_int_equal(route.local, strcmp(interface, "lo") == 0);
}

static void routes(void **state)
{
    NEEDS_NAMESPACE();
    assert_route("127.0.0.1", "lo", "127.0.0.1", "", 65536, PLATFORM_LINK_PLAIN);
    assert_route("::1", "lo", "::1", "", 65536, PLATFORM_LINK_PLAIN);
    if (!run("ip link add va mtu 1400 type veth peer name vb")) {
        print_message("skipped: no veth here\n");
        skip();
    }
    assert_true(run("ip addr add 10.9.0.1/24 dev va"));
    assert_true(run("ip addr add 2001:db8:9::1/64 dev va nodad"));
    assert_true(run("ip link set va up"));
    assert_true(run("ip link set vb up"));
    assert_true(run("ip route add 203.0.113.0/25 via 10.9.0.2 mtu 1300"));
    assert_true(run("ip route add 203.0.113.128/25 via 10.9.0.2"));
    assert_true(run("ip route add 203.0.113.5/32 via inet6 2001:db8:9::2 dev va"));
    assert_route("10.9.0.7", "va", "10.9.0.1", "", 1400, PLATFORM_LINK_PLAIN);
    assert_route("10.9.0.1", "lo", "10.9.0.1", "", 65536, PLATFORM_LINK_PLAIN);
    assert_route("203.0.113.1", "va", "10.9.0.1", "10.9.0.2", 1300, PLATFORM_LINK_PLAIN);
    assert_route("203.0.113.129", "va", "10.9.0.1", "10.9.0.2", 1400, PLATFORM_LINK_PLAIN);
    assert_route("203.0.113.5", "va", "10.9.0.1", "2001:db8:9::2", 1400, PLATFORM_LINK_PLAIN);
    assert_route("2001:db8:9::5", "va", "2001:db8:9::1", "", 1400, PLATFORM_LINK_PLAIN);
}

/* A tunnel beside the route is nothing; a tunnel that carries it is named after what the kernel says. */
static void tunnels(void **state)
{
    NEEDS_NAMESPACE();
    static const struct {
        const char *make;
        const char *name;
        enum platform_link link;
    } cases[] = {
        { "ip tuntap add mode tun name eth7", "eth7", PLATFORM_LINK_TUN },
        { "ip tuntap add mode tap name tun8", "tun8", PLATFORM_LINK_TAP },
        { "ip link add wg0 type wireguard", "wg0", PLATFORM_LINK_WIREGUARD },
        { "ip link add xf0 type xfrm dev lo if_id 7", "xf0", PLATFORM_LINK_IPSEC },
        { "ip link add wg1 type dummy", "wg1", PLATFORM_LINK_PLAIN },
        { "ip link add tun9 type bridge", "tun9", PLATFORM_LINK_PLAIN },
        { "ip link add gr0 type gre local 127.0.0.1 remote 127.0.0.2", "gr0", PLATFORM_LINK_OTHER },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char command[128];
        char host[32];
        char source[32];
        struct platform_route route;
        struct address address;
        if (!run(cases[i].make)) {
            print_message("not here: %s\n", cases[i].make);
            continue;
        }
        snprintf(source, sizeof(source), "10.10.%u.1", (unsigned)i);
        snprintf(host, sizeof(host), "10.10.%u.9", (unsigned)i);
        snprintf(command, sizeof(command), "ip addr add %s/24 dev %s", source, cases[i].name);
        assert_true(run(command));
        snprintf(command, sizeof(command), "ip link set %s up", cases[i].name);
        assert_true(run(command));
        assert_true(address_parse(host, &address));
        assert_true(platform_route_get(&address, &route, NULL));
        if (route.unreachable) {
            continue; /* a tap without a program behind it has no carrier */
        }
        assert_string_equal(route.interface, cases[i].name);
        assert_int_equal(route.link, cases[i].link);
    }
}

static void neighbours(void **state)
{
    NEEDS_NAMESPACE();
    struct address address;
    struct platform_route route;
    assert_true(address_parse("10.9.0.66", &address));
    if (!platform_route_get(&address, &route, NULL) || route.unreachable ||
        !write_file("/proc/sys/net/ipv4/neigh/va/retrans_time_ms", "10")) {
        print_message("skipped: no veth here\n");
        skip();
    }
    assert_int_equal(platform_neighbour_get(&address, route.index), PLATFORM_NEIGHBOUR_UNKNOWN);
    struct net_connected connected = connect_to("10.9.0.66", 3389, 20 * SECOND_US);
    assert_int_equal(connected.result, NET_UNREACHABLE);
    assert_address(&connected.by, "10.9.0.1"); /* this machine itself: nobody has the address */
    assert_int_equal(platform_neighbour_get(&address, route.index), PLATFORM_NEIGHBOUR_FAILED);
    assert_true(run("ip neigh replace 10.9.0.67 lladdr 02:00:00:00:00:01 dev va"));
    assert_true(address_parse("10.9.0.67", &address));
    assert_int_equal(platform_neighbour_get(&address, route.index), PLATFORM_NEIGHBOUR_KNOWN);
}

struct pinger {
    struct platform_echo echo;
    struct net_poll *poll;
    struct address to;
    int wrong;
    int right;
};

static void on_echo(void *context, int events)
{
    struct pinger *pinger = context;
    uint16_t sequence;
    (void)events;
    if (platform_echo_receive(&pinger->echo, &pinger->to, &sequence)) {
        *(sequence == 0x1234 ? &pinger->right : &pinger->wrong) += 1;
        net_poll_free(pinger->poll);
        pinger->poll = NULL;
    }
}

static void echoes(void **state)
{
    NEEDS_NAMESPACE();
    static const char *const addresses[] = { "127.0.0.1", "::1" };
    for (int raw = 0; raw < 2; raw++) {
        (void)write_file("/proc/sys/net/ipv4/ping_group_range", raw ? "1 0" : "0 0");
        for (size_t i = 0; i < COUNT_OF(addresses); i++) {
            struct net_loop *loop = net_loop_new(NULL);
            struct pinger pinger = { 0 };
            assert_true(address_parse(addresses[i], &pinger.to));
            assert_true(platform_echo_open(&pinger.echo, pinger.to.family));
            pinger.poll = net_poll_new(loop, pinger.echo.fd, on_echo, &pinger, NULL);
            net_poll_want(pinger.poll, NET_POLL_READ);
            assert_true(platform_echo_send(&pinger.echo, &pinger.to, 0x1234));
            net_loop_run(loop);
            assert_int_equal(pinger.right, 1);
            assert_int_equal(pinger.wrong, 0);
            platform_echo_close(&pinger.echo);
            net_loop_free(loop);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_route),
        cmocka_unit_test(forbidding_routes),
        cmocka_unit_test(connecting_to_itself_is_refused),
        cmocka_unit_test(filters),
        cmocka_unit_test(routes),
        cmocka_unit_test(neighbours),
        cmocka_unit_test(tunnels),
        cmocka_unit_test(echoes),
    };
    no_namespace = enter_namespace();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

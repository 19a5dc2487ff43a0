#include "platform/route.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "platform/linux/netlink.h"
#include "platform/sockaddr.h"
#include "platform/tunnel.h"

enum { ANSWER_SIZE = 16384, WAIT_US = 500000 };

/* One question and its one answer. The attributes lie behind `body_size` bytes of the message's own struct. */
struct question {
    struct nlmsghdr header;
    union {
        struct rtmsg route;
        struct ifinfomsg link;
        struct ndmsg neighbour;
    } body;
    uint8_t attributes[32];
};

struct answer {
    union {
        struct nlmsghdr header;
        uint8_t bytes[ANSWER_SIZE];
    } message;
    int code; /* the kernel's refusal, or 0 */
};

static void add_attribute(struct question *question, unsigned short type, const void *value, size_t size)
{
    struct rtattr attribute = { .rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = type };
    uint8_t *to = (uint8_t *)question + NLMSG_ALIGN(question->header.nlmsg_len);
    memcpy(to, &attribute, sizeof(attribute));
    memcpy(to + RTA_LENGTH(0), value, size);
    question->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(question->header.nlmsg_len) + RTA_ALIGN(attribute.rta_len));
}

/* False: the kernel could not be asked. */
static bool ask(const struct question *question, struct answer *answer)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) {
        return false;
    }
    struct timeval wait = { .tv_usec = WAIT_US };
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    bool done = false;
    if (sendto(fd, question, question->header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) >= 0) {
        ssize_t size = recv(fd, answer->message.bytes, sizeof(answer->message.bytes), 0);
        done = size >= 0 && NLMSG_OK(&answer->message.header, (size_t)size);
    }
    int code = errno;
    close(fd);
    errno = code;
    if (done && answer->message.header.nlmsg_type == NLMSG_ERROR) {
        struct nlmsgerr refusal;
        done = answer->message.header.nlmsg_len >= NLMSG_LENGTH(sizeof(refusal));
        memcpy(&refusal, NLMSG_DATA(&answer->message.header), sizeof(refusal));
        answer->code = -refusal.error;
    }
    return done;
}

static struct walk walk_of(const struct answer *answer, size_t body_size)
{
    return netlink_walk(&answer->message.header, body_size);
}

static size_t address_size(const struct address *address)
{
    return address->family == ADDRESS_V4 ? 4 : 16;
}

/* A PPPoE line is how this machine reaches the internet at all, not a VPN; with both at once nobody can tell. */
static bool has_pppoe(void)
{
    char line[256];
    bool found = false;
    FILE *file = fopen("/proc/net/pppoe", "re");
    if (file == NULL) {
        return false;
    }
    while (!found && fgets(line, sizeof(line), file) != NULL) {
        found = strstr(line, "Id") == NULL && line[0] != '\n';
    }
    fclose(file);
    return found;
}

static enum platform_link link_of(const char *kind, unsigned hardware)
{
    static const struct {
        const char *kind;
        enum platform_link link;
    } kinds[] = {
        { "wireguard", PLATFORM_LINK_WIREGUARD }, { "amneziawg", PLATFORM_LINK_WIREGUARD },
        { "ovpn", PLATFORM_LINK_OPENVPN },        { "ovpn-dco", PLATFORM_LINK_OPENVPN },
        { "vti", PLATFORM_LINK_IPSEC },           { "vti6", PLATFORM_LINK_IPSEC },
        { "xfrm", PLATFORM_LINK_IPSEC },          { "bridge", PLATFORM_LINK_PLAIN },
        { "bond", PLATFORM_LINK_PLAIN },          { "team", PLATFORM_LINK_PLAIN },
        { "vlan", PLATFORM_LINK_PLAIN },          { "macvlan", PLATFORM_LINK_PLAIN },
        { "ipvlan", PLATFORM_LINK_PLAIN },        { "veth", PLATFORM_LINK_PLAIN },
        { "dummy", PLATFORM_LINK_PLAIN },         { "ifb", PLATFORM_LINK_PLAIN },
        { "vrf", PLATFORM_LINK_PLAIN },
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            return kinds[i].link;
        }
    }
    if (strcmp(kind, "tun") == 0) {
        return hardware == ARPHRD_ETHER ? PLATFORM_LINK_TAP : PLATFORM_LINK_TUN;
    }
    if (strcmp(kind, "ppp") == 0 || hardware == ARPHRD_PPP) {
        return has_pppoe() ? PLATFORM_LINK_PPPOE : PLATFORM_LINK_PPP;
    }
    bool plain = hardware == ARPHRD_ETHER || hardware == ARPHRD_LOOPBACK || hardware == ARPHRD_INFINIBAND;
    return kind[0] == '\0' && plain ? PLATFORM_LINK_PLAIN : PLATFORM_LINK_OTHER;
}

static void read_kind(const struct attribute *info, char kind[32])
{
    struct walk walk = { .at = info->value, .left = info->size };
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == IFLA_INFO_KIND && attribute.size > 0 && attribute.size < 32) {
            memcpy(kind, attribute.value, attribute.size); /* ends with its NUL, or with ours */
        }
    }
}

static bool ask_link(uint32_t index, struct answer *answer)
{
    const struct question question = {
        .header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                    .nlmsg_type = RTM_GETLINK,
                    .nlmsg_flags = NLM_F_REQUEST },
        .body.link = { .ifi_family = AF_UNSPEC, .ifi_index = (int)index },
    };
    return ask(&question, answer) && answer->message.header.nlmsg_type == RTM_NEWLINK;
}

bool platform_interface_bytes(uint32_t index, uint64_t *sent, uint64_t *received)
{
    struct answer answer = { .code = 0 };
    struct attribute attribute;
    if (index == 0 || !ask_link(index, &answer)) {
        return false;
    }
    struct walk walk = walk_of(&answer, sizeof(struct ifinfomsg));
    while (netlink_next(&walk, &attribute)) {
        struct rtnl_link_stats64 stats;
        const size_t needed = offsetof(struct rtnl_link_stats64, tx_bytes) + sizeof(stats.tx_bytes);
        if (attribute.type == IFLA_STATS64 && attribute.size >= needed) {
            memcpy(&stats, attribute.value, needed);
            *sent = stats.tx_bytes;
            *received = stats.rx_bytes;
            return true;
        }
    }
    return false;
}

bool platform_interface(struct platform_route *route)
{
    struct answer answer = { .code = 0 };
    if (!ask_link(route->index, &answer)) {
        return false;
    }
    struct ifinfomsg body;
    memcpy(&body, NLMSG_DATA(&answer.message.header), sizeof(body));
    char kind[32] = "";
    struct walk walk = walk_of(&answer, sizeof(body));
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == IFLA_IFNAME && attribute.size > 0 && attribute.size <= PLATFORM_INTERFACE_SIZE) {
            memcpy(route->interface, attribute.value, attribute.size);
            route->interface[PLATFORM_INTERFACE_SIZE - 1] = '\0';
        } else if (attribute.type == IFLA_MTU && route->mtu == 0) {
            route->mtu = netlink_number(&attribute);
        } else if (attribute.type == IFLA_LINKINFO) {
            read_kind(&attribute, kind);
        }
    }
    route->link = link_of(kind, body.ifi_type);
    return true;
}

static void read_metrics(const struct attribute *metrics, struct platform_route *route)
{
    struct walk walk = { .at = metrics->value, .left = metrics->size };
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == RTAX_MTU) {
            route->mtu = netlink_number(&attribute);
        }
    }
}

static void read_route(const struct answer *answer, struct platform_route *route)
{
    struct rtmsg body;
    memcpy(&body, NLMSG_DATA(&answer->message.header), sizeof(body));
    struct walk walk = walk_of(answer, sizeof(body));
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == RTA_OIF) {
            route->index = netlink_number(&attribute);
        } else if (attribute.type == RTA_PREFSRC) {
            netlink_address(attribute.value, attribute.size, &route->source);
        } else if (attribute.type == RTA_GATEWAY) {
            netlink_address(attribute.value, attribute.size, &route->gateway);
        } else if (attribute.type == RTA_VIA && attribute.size > 2) {
            netlink_address(attribute.value + 2, attribute.size - 2, &route->gateway); /* behind its family */
        } else if (attribute.type == RTA_METRICS) {
            read_metrics(&attribute, route);
        }
    }
    route->local = body.rtm_type == RTN_LOCAL;
    route->on_link = route->gateway.family == ADDRESS_NONE;
    route->unreachable = body.rtm_type == RTN_UNREACHABLE || body.rtm_type == RTN_BLACKHOLE ||
                         body.rtm_type == RTN_PROHIBIT || body.rtm_type == RTN_THROW;
}

bool platform_route_get(const struct address *to, struct platform_route *route, struct error *error)
{
    size_t size = address_size(to);
    struct question question = {
        .header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
                    .nlmsg_type = RTM_GETROUTE,
                    .nlmsg_flags = NLM_F_REQUEST },
        .body.route = { .rtm_family = (unsigned char)platform_family(to->family),
                        .rtm_dst_len = (unsigned char)(size * 8) },
    };
    add_attribute(&question, RTA_DST, to->bytes, size);
    if (to->scope != 0) {
        add_attribute(&question, RTA_OIF, &to->scope, sizeof(to->scope));
    }
    struct answer answer = { .code = 0 };
    struct platform_route found = { .link = PLATFORM_LINK_OTHER };
    if (!ask(&question, &answer)) {
        return error_set(error, ERROR_INTERNAL, "cannot ask the kernel for the route: %s", strerror(errno));
    }
    if (answer.message.header.nlmsg_type == RTM_NEWROUTE) {
        read_route(&answer, &found);
    } else {
        found.unreachable = true; /* ENETUNREACH, EHOSTUNREACH, EACCES (prohibit), EINVAL (blackhole) */
    }
    if (found.unreachable) {
        found = (struct platform_route){ .unreachable = true, .link = PLATFORM_LINK_OTHER };
    } else if (found.index != 0 && !platform_interface(&found)) {
        return error_set(error, ERROR_INTERNAL, "cannot ask the kernel about interface %u", (unsigned)found.index);
    }
    *route = found;
    return true;
}

enum platform_neighbour platform_neighbour_get(const struct address *address, uint32_t interface_index)
{
    struct question question = {
        .header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ndmsg)),
                    .nlmsg_type = RTM_GETNEIGH,
                    .nlmsg_flags = NLM_F_REQUEST },
        .body.neighbour = { .ndm_family = (unsigned char)platform_family(address->family),
                            .ndm_ifindex = (int)interface_index },
    };
    add_attribute(&question, NDA_DST, address->bytes, address_size(address));
    struct answer answer = { .code = 0 };
    if (!ask(&question, &answer) || answer.message.header.nlmsg_type != RTM_NEWNEIGH) {
        return PLATFORM_NEIGHBOUR_UNKNOWN;
    }
    struct ndmsg body;
    memcpy(&body, NLMSG_DATA(&answer.message.header), sizeof(body));
    if ((body.ndm_state & NUD_FAILED) != 0) {
        return PLATFORM_NEIGHBOUR_FAILED;
    }
    bool known =
        (body.ndm_state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)) != 0;
    return known ? PLATFORM_NEIGHBOUR_KNOWN : PLATFORM_NEIGHBOUR_UNKNOWN;
}

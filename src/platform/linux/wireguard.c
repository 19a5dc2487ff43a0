/* The kernel's WireGuard, by generic netlink. Its numbers are part of the kernel's interface for programs; older
 * headers lack the file, so those that are used stand here (include/uapi/linux/wireguard.h). */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>

#include "platform/linux/netlink.h"
#include "platform/sockaddr.h"
#include "platform/tunnel.h"

enum { WG_GET_DEVICE = 0, WG_VERSION = 1 };
enum { WG_DEVICE_NAME = 2, WG_DEVICE_PEERS = 8 };
enum { WG_PEER_ENDPOINT = 4, WG_PEER_ALLOWED = 9 };
enum { WG_ALLOWED_ADDRESS = 2, WG_ALLOWED_BITS = 3 };

struct question {
    struct nlmsghdr header;
    struct genlmsghdr body;
    struct {
        struct nlattr header;
        char text[PLATFORM_INTERFACE_SIZE];
    } name;
};

static struct question question_of(uint16_t family, uint8_t command, unsigned flags, uint16_t attribute,
                                   const char *name)
{
    struct question question = {
        .header = { .nlmsg_type = family, .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags) },
        .body = { .cmd = command, .version = WG_VERSION },
    };
    const size_t length = strnlen(name, PLATFORM_INTERFACE_SIZE - 1);
    memcpy(question.name.text, name, length);
    question.name.header = (struct nlattr){ .nla_len = (uint16_t)(NLA_HDRLEN + length + 1), .nla_type = attribute };
    question.header.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + GENL_HDRLEN + NLA_ALIGN(question.name.header.nla_len));
    return question;
}

static bool keep_family(void *context, const struct nlmsghdr *message)
{
    uint16_t *family = context;
    struct walk walk = netlink_walk(message, sizeof(struct genlmsghdr));
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == CTRL_ATTR_FAMILY_ID) {
            *family = (uint16_t)netlink_number(&attribute);
        }
    }
    return true;
}

struct search {
    const struct address *to;
    struct platform_peer peer;
    int bits; /* of the longest prefix that holds the address; -1: none does */
};

static struct walk inside(const struct attribute *attribute)
{
    return (struct walk){ .at = attribute->value, .left = attribute->size };
}

/* The bits of the prefix when it holds the address, or -1. */
static int read_allowed(const struct attribute *allowed, const struct address *to)
{
    struct walk walk = inside(allowed);
    struct attribute attribute;
    struct prefix prefix = { .bits = 0 };
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == WG_ALLOWED_ADDRESS) {
            netlink_address(attribute.value, attribute.size, &prefix.address);
        } else if (attribute.type == WG_ALLOWED_BITS && attribute.size > 0) {
            prefix.bits = attribute.value[0];
        }
    }
    return prefix_holds(&prefix, to) ? (int)prefix.bits : -1;
}

static void read_endpoint(const struct attribute *attribute, struct platform_peer *peer)
{
    struct sockaddr_storage storage = { .ss_family = AF_UNSPEC };
    if (attribute->size <= sizeof(storage)) {
        memcpy(&storage, attribute->value, attribute->size);
        if (!platform_sockaddr_read(&storage, &peer->address, &peer->port)) {
            peer->address.family = ADDRESS_NONE;
        }
    }
}

static void read_peer(const struct attribute *from, struct search *search)
{
    struct walk walk = inside(from);
    struct attribute attribute;
    struct platform_peer peer = { .tcp = false };
    int best = -1;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == WG_PEER_ENDPOINT) {
            read_endpoint(&attribute, &peer);
        } else if (attribute.type == WG_PEER_ALLOWED) {
            struct walk list = inside(&attribute);
            struct attribute allowed;
            while (netlink_next(&list, &allowed)) {
                const int bits = read_allowed(&allowed, search->to);
                best = bits > best ? bits : best;
            }
        }
    }
    if (best > search->bits) {
        search->bits = best;
        search->peer = peer;
    }
}

static bool keep_device(void *context, const struct nlmsghdr *message)
{
    struct search *search = context;
    struct walk walk = netlink_walk(message, sizeof(struct genlmsghdr));
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == WG_DEVICE_PEERS) {
            struct walk list = inside(&attribute);
            struct attribute peer;
            while (netlink_next(&list, &peer)) {
                read_peer(&peer, search);
            }
        }
    }
    return true;
}

enum platform_told platform_wireguard_peer(const char *interface, const struct address *to, struct platform_peer *peer)
{
    uint16_t family = 0;
    const struct question which = question_of(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, CTRL_ATTR_FAMILY_NAME, "wireguard");
    if (netlink_dump(NETLINK_GENERIC, &which.header, keep_family, &family) != 0 || family == 0) {
        return PLATFORM_TOLD_NOTHING;
    }
    struct search search = { .to = to, .bits = -1 };
    const struct question device = question_of(family, WG_GET_DEVICE, NLM_F_DUMP, WG_DEVICE_NAME, interface);
    const int code = netlink_dump(NETLINK_GENERIC, &device.header, keep_device, &search);
    if (code == EPERM || code == EACCES) {
        return PLATFORM_TOLD_FORBIDDEN;
    }
    if (code != 0 || search.bits < 0 || search.peer.address.family == ADDRESS_NONE) {
        return PLATFORM_TOLD_NOTHING;
    }
    *peer = search.peer;
    return PLATFORM_TOLD;
}

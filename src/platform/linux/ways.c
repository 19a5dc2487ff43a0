/* The routing tables, and IPsec's policies. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#include "platform/linux/netlink.h"
#include "platform/sockaddr.h"
#include "platform/tunnel.h"

struct ways {
    struct platform_way *items;
    size_t max;
    size_t count;
};

static bool keep_way(void *context, const struct nlmsghdr *message)
{
    struct ways *ways = context;
    struct rtmsg body;
    if (message->nlmsg_type != RTM_NEWROUTE || message->nlmsg_len < NLMSG_LENGTH(sizeof(body))) {
        return true;
    }
    memcpy(&body, NLMSG_DATA(message), sizeof(body));
    struct platform_way way = { .table = body.rtm_table };
    way.to.bits = body.rtm_dst_len;
    way.to.address.family = body.rtm_family == AF_INET ? ADDRESS_V4 : ADDRESS_V6;
    struct walk walk = netlink_walk(message, sizeof(body));
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        if (attribute.type == RTA_DST) {
            netlink_address(attribute.value, attribute.size, &way.to.address);
        } else if (attribute.type == RTA_GATEWAY) {
            netlink_address(attribute.value, attribute.size, &way.gateway);
        } else if (attribute.type == RTA_OIF) {
            way.index = netlink_number(&attribute);
        } else if (attribute.type == RTA_PRIORITY) {
            way.metric = netlink_number(&attribute);
        } else if (attribute.type == RTA_TABLE) {
            way.table = netlink_number(&attribute);
        }
    }
    const bool cached = (body.rtm_flags & RTM_F_CLONED) != 0;
    if (body.rtm_type == RTN_UNICAST && way.table != RT_TABLE_LOCAL && !cached && ways->count < ways->max) {
        ways->items[ways->count++] = way;
    }
    return true;
}

bool platform_ways(enum address_family family, struct platform_way *ways, size_t max, size_t *count)
{
    struct {
        struct nlmsghdr header;
        struct rtmsg body;
    } question = {
        .header = { .nlmsg_len = sizeof(question),
                    .nlmsg_type = RTM_GETROUTE,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .body = { .rtm_family = (unsigned char)platform_family(family) },
    };
    struct ways found = { .items = ways, .max = max };
    if (netlink_dump(NETLINK_ROUTE, &question.header, keep_way, &found) != 0) {
        return false;
    }
    *count = found.count;
    return true;
}

uint32_t platform_interface_index(const char *name)
{
    return if_nametoindex(name);
}

/* --- IPsec --- */

struct policies {
    const struct address *to;
    struct address peer;
    uint32_t priority;
    bool found;
};

static bool selects(const struct xfrm_selector *selector, const struct address *to)
{
    struct prefix prefix = { .bits = selector->prefixlen_d };
    netlink_address((const uint8_t *)&selector->daddr, selector->family == AF_INET ? 4 : 16, &prefix.address);
    return prefix_holds(&prefix, to);
}

static bool keep_policy(void *context, const struct nlmsghdr *message)
{
    struct policies *policies = context;
    struct xfrm_userpolicy_info policy;
    if (message->nlmsg_type != XFRM_MSG_NEWPOLICY || message->nlmsg_len < NLMSG_LENGTH(sizeof(policy))) {
        return true;
    }
    memcpy(&policy, NLMSG_DATA(message), sizeof(policy));
    if (policy.dir != XFRM_POLICY_OUT || policy.action != XFRM_POLICY_ALLOW || !selects(&policy.sel, policies->to) ||
        (policies->found && policy.priority >= policies->priority)) {
        return true;
    }
    struct walk walk = netlink_walk(message, sizeof(policy));
    struct attribute attribute;
    while (netlink_next(&walk, &attribute)) {
        struct xfrm_user_tmpl template;
        if (attribute.type == XFRMA_TMPL && attribute.size >= sizeof(template)) {
            memcpy(&template, attribute.value, sizeof(template));
            if (template.mode == XFRM_MODE_TUNNEL) {
                netlink_address((const uint8_t *)&template.id.daddr, template.family == AF_INET ? 4 : 16,
                                &policies->peer);
                policies->priority = policy.priority;
                policies->found = true;
            }
        }
    }
    return true;
}

enum platform_told platform_ipsec_peer(const struct address *to, struct address *peer)
{
    struct {
        struct nlmsghdr header;
        struct xfrm_userpolicy_id body;
    } question = {
        .header = { .nlmsg_len = sizeof(question),
                    .nlmsg_type = XFRM_MSG_GETPOLICY,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    };
    struct policies policies = { .to = to };
    const int code = netlink_dump(NETLINK_XFRM, &question.header, keep_policy, &policies);
    if (code == 0 && policies.found) {
        *peer = policies.peer;
        return PLATFORM_TOLD;
    }
    return code == EPERM || code == EACCES ? PLATFORM_TOLD_FORBIDDEN : PLATFORM_TOLD_NOTHING;
}

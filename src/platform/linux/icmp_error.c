#include "platform/icmp_error.h"

#include <time.h>

#include <errno.h>
#include <linux/errqueue.h> /* wants time.h before it */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "platform/linux/stamp.h"
#include "platform/sockaddr.h"

enum { ICMP4_UNREACHABLE = 3, ICMP6_UNREACHABLE = 1 };

void platform_icmp_error_enable(int fd, enum address_family family, bool on)
{
    int value = on;
    if (family == ADDRESS_V6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &value, sizeof(value));
    } else {
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &value, sizeof(value));
    }
}

static bool read_entry(const struct cmsghdr *header, struct platform_icmp_error *icmp_error)
{
    bool v4 = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR;
    bool v6 = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR;
    struct sock_extended_err entry;
    if ((!v4 && !v6) || header->cmsg_len < CMSG_LEN(sizeof(entry))) {
        return false;
    }
    memcpy(&entry, CMSG_DATA(header), sizeof(entry));
    if (entry.ee_origin == SO_EE_ORIGIN_LOCAL) {
        *icmp_error = (struct platform_icmp_error){ .mtu = entry.ee_errno == EMSGSIZE ? entry.ee_info : 0 };
        return entry.ee_errno == EMSGSIZE;
    }
    if (entry.ee_origin != SO_EE_ORIGIN_ICMP && entry.ee_origin != SO_EE_ORIGIN_ICMP6) {
        return false;
    }
    *icmp_error = (struct platform_icmp_error){
        .family = entry.ee_origin == SO_EE_ORIGIN_ICMP6 ? ADDRESS_V6 : ADDRESS_V4,
        .type = entry.ee_type,
        .code = entry.ee_code,
        .mtu = entry.ee_info,
    };
    /* The offender's socket address follows the entry. */
    size_t left = header->cmsg_len - CMSG_LEN(sizeof(entry));
    struct sockaddr_storage offender = { 0 };
    memcpy(&offender, CMSG_DATA(header) + sizeof(entry), left < sizeof(offender) ? left : sizeof(offender));
    if (platform_sockaddr_read(&offender, &icmp_error->by, NULL) && icmp_error->by.family == ADDRESS_V6) {
        static const uint8_t link_local[2] = { 0xfe, 0x80 };
        if (memcmp(icmp_error->by.bytes, link_local, sizeof(link_local)) != 0) {
            icmp_error->by.scope = 0;
        }
    }
    return true;
}

bool platform_icmp_quote_next(int fd, struct platform_icmp_quote *quote)
{
    for (;;) {
        union {
            struct cmsghdr align;
            char bytes[512];
        } control;
        struct sockaddr_storage to = { 0 };
        struct iovec vector = { .iov_base = quote->bytes, .iov_len = sizeof(quote->bytes) };
        struct msghdr message = { .msg_name = &to,
                                  .msg_namelen = sizeof(to),
                                  .msg_iov = &vector,
                                  .msg_iovlen = 1,
                                  .msg_control = control.bytes,
                                  .msg_controllen = sizeof(control.bytes) };
        const ssize_t size = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
        if (size < 0) {
            return false;
        }
        quote->size = (size_t)size;
        quote->at_us = stamp_of(&message);
        quote->port = 0;
        if (!platform_sockaddr_read(&to, &quote->to, &quote->port)) {
            quote->to = (struct address){ .family = ADDRESS_NONE };
        }
        for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
            if (read_entry(header, &quote->error)) {
                return true;
            }
        }
    }
}

bool platform_icmp_error_next(int fd, struct platform_icmp_error *icmp_error)
{
    struct platform_icmp_quote quote;
    while (platform_icmp_quote_next(fd, &quote)) {
        if (quote.error.family != ADDRESS_NONE) {
            *icmp_error = quote.error;
            return true;
        }
    }
    return false;
}

bool platform_icmp_error_prohibited(const struct platform_icmp_error *icmp_error)
{
    uint8_t code = icmp_error->code;
    if (icmp_error->family == ADDRESS_V6) {
        return icmp_error->type == ICMP6_UNREACHABLE && (code == 1 || code == 5 || code == 6);
    }
    return icmp_error->type == ICMP4_UNREACHABLE && (code == 9 || code == 10 || code == 13);
}

bool platform_icmp_error_unreachable(const struct platform_icmp_error *icmp_error)
{
    if (icmp_error->family == ADDRESS_V6) {
        return icmp_error->type == ICMP6_UNREACHABLE;
    }
    return icmp_error->type == ICMP4_UNREACHABLE && icmp_error->code != 4;
}

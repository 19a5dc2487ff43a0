#include "platform/probe_socket.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/if.h>
#include <linux/tcp.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/icmp_error.h"
#include "platform/linux/stamp.h"
#include "platform/route.h"
#include "platform/sockaddr.h"
#include "platform/tunnel.h"

enum { STATE_SYN_SENT = 2, SEND_TRIES = 4, RECEIVE_TRIES = 4, ANY_PORT = 9, ROOM = 4 << 20 };

#ifndef IPV6_AUTOFLOWLABEL
#define IPV6_AUTOFLOWLABEL 70
#endif

/* A flood of what is not ours must not push out what is. The second way needs a privilege. */
static void make_room(int fd)
{
    const int size = ROOM;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
}

static int opened(int fd, enum address_family family)
{
    if (fd >= 0) {
        platform_icmp_error_enable(fd, family, true);
        stamp_enable(fd);
        make_room(fd);
        if (family == ADDRESS_V6) {
            /* One label for all packets of a flow: the kernel would draw a new one for each connect and retry. */
            int off = 0;
            int on = 1;
            (void)setsockopt(fd, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, &off, sizeof(off));
            (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
        }
    }
    return fd;
}

static int closed(int fd)
{
    const int code = errno;
    close(fd);
    errno = code;
    return -1;
}

static bool take_port(int fd, enum address_family family, uint16_t *port)
{
    struct sockaddr_storage at;
    const struct address any = { .family = family };
    socklen_t size = platform_sockaddr(&any, *port, &at);
    if (bind(fd, (struct sockaddr *)&at, size) != 0) {
        return false;
    }
    size = sizeof(at);
    struct address address;
    return getsockname(fd, (struct sockaddr *)&at, &size) == 0 && platform_sockaddr_read(&at, &address, port);
}

int platform_probe_udp(enum address_family family, uint16_t *port)
{
    const int fd = opened(platform_socket(family, SOCK_DGRAM, IPPROTO_UDP), family);
    if (fd >= 0 && !take_port(fd, family, port)) {
        return closed(fd);
    }
    return fd;
}

int platform_probe_ping(enum address_family family)
{
    return opened(platform_socket(family, SOCK_DGRAM, family == ADDRESS_V6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP), family);
}

/* A socket may be shared by flows that leave by different ways, so that "as routed" is set, too. */
static bool leave_by(int fd, enum address_family family, uint32_t interface)
{
    const uint32_t index = htonl(interface);
    const int done = family == ADDRESS_V6 ? setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_IF, &index, sizeof(index))
                                          : setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof(index));
    return done == 0 || interface == 0;
}

bool platform_probe_shape(int fd, enum address_family family, const struct platform_probe_shape *shape)
{
    const int ttl = shape->ttl == 0 ? -1 : shape->ttl;
    if (!leave_by(fd, family, shape->interface)) {
        return false;
    }
    if (family == ADDRESS_V6) {
        const int mode = shape->df ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_DONT;
        return setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl)) == 0 &&
               setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &mode, sizeof(mode)) == 0;
    }
    const int mode = shape->df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
    return setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)) == 0 &&
           setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &mode, sizeof(mode)) == 0;
}

int platform_probe_send(int fd, const struct address *to, uint16_t port, const void *bytes, size_t size)
{
    struct sockaddr_storage at;
    const socklen_t at_size = platform_sockaddr(to, port, &at);
    int code = 0;
    for (int i = 0; i < SEND_TRIES; i++) {
        /* With the error queue on, an error that came for an earlier packet would be told for this one. */
        int pending = 0;
        socklen_t pending_size = sizeof(pending);
        (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &pending_size);
        if (sendto(fd, bytes, size, MSG_DONTWAIT, (struct sockaddr *)&at, at_size) >= 0) {
            return 0;
        }
        code = errno;
        if (code != EHOSTUNREACH && code != ECONNREFUSED && code != ENETUNREACH && code != EPROTO && code != EACCES) {
            return code; /* no code that an ICMP error could have left */
        }
    }
    return code;
}

bool platform_probe_receive(int fd, struct platform_probe_packet *packet)
{
    for (int i = 0; i < RECEIVE_TRIES; i++) {
        union {
            struct cmsghdr align;
            char bytes[256];
        } control;
        struct sockaddr_storage from = { 0 };
        struct iovec vector = { .iov_base = packet->bytes, .iov_len = sizeof(packet->bytes) };
        struct msghdr message = { .msg_name = &from,
                                  .msg_namelen = sizeof(from),
                                  .msg_iov = &vector,
                                  .msg_iovlen = 1,
                                  .msg_control = control.bytes,
                                  .msg_controllen = sizeof(control.bytes) };
        const ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT);
        if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            int pending = 0;
            socklen_t pending_size = sizeof(pending);
            /* An ICMP error's errno: the queue has the error itself. */
            if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &pending_size) == 0 && pending != 0) {
                continue;
            }
        }
        if (size < 0) {
            return false;
        }
        packet->size = (size_t)size;
        packet->at_us = stamp_of(&message);
        if (platform_sockaddr_read(&from, &packet->from, &packet->port)) {
            return true;
        }
    }
    return false;
}

int platform_probe_raw_icmp(enum address_family family)
{
    const int fd = platform_socket(family, SOCK_RAW, family == ADDRESS_V6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    if (fd < 0) {
        return -1;
    }
    stamp_enable(fd);
    make_room(fd);
    if (family == ADDRESS_V6) {
        struct icmp6_filter filter;
        ICMP6_FILTER_SETBLOCKALL(&filter);
        ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
        ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &filter);
        ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &filter);
        ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &filter);
        (void)setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
    } else {
        const uint32_t blocked =
            ~(UINT32_C(1) << ICMP_ECHOREPLY | UINT32_C(1) << ICMP_DEST_UNREACH | UINT32_C(1) << ICMP_TIME_EXCEEDED);
        (void)setsockopt(fd, SOL_RAW, ICMP_FILTER, &blocked, sizeof(blocked));
    }
    return fd;
}

int platform_probe_raw_tcp(enum address_family family)
{
    /* Only SYN-ACK and RST: without this every segment of the machine would be copied to us. A raw IPv4 socket begins
     * with the IP header, a raw IPv6 socket behind it. */
    struct sock_filter code4[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 4, 2, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x12, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_filter code6[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 4, 2, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x12, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffff),         BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const bool v6 = family == ADDRESS_V6;
    const struct sock_fprog program = { .len = v6 ? COUNT_OF(code6) : COUNT_OF(code4), .filter = v6 ? code6 : code4 };
    const int fd = platform_socket(family, SOCK_RAW, IPPROTO_TCP);
    if (fd < 0) {
        return -1;
    }
    stamp_enable(fd);
    make_room(fd);
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
        return closed(fd);
    }
    return fd;
}

int platform_probe_reserve(enum address_family family, uint16_t *port)
{
    const int fd = platform_socket(family, SOCK_STREAM, IPPROTO_TCP);
    if (fd >= 0 && !take_port(fd, family, port)) {
        return closed(fd);
    }
    return fd;
}

bool platform_probe_source(const struct address *to, struct address *source)
{
    struct sockaddr_storage at;
    socklen_t size = platform_sockaddr(to, ANY_PORT, &at);
    const int fd = platform_socket(to->family, SOCK_DGRAM, IPPROTO_UDP);
    if (fd < 0) {
        return false;
    }
    bool done = connect(fd, (struct sockaddr *)&at, size) == 0;
    size = sizeof(at);
    done = done && getsockname(fd, (struct sockaddr *)&at, &size) == 0 && platform_sockaddr_read(&at, source, NULL);
    (void)closed(fd);
    return done;
}

uint32_t platform_probe_mtu(const struct address *to, uint32_t interface)
{
    struct platform_route route = { .index = interface };
    struct ifreq request = { 0 };
    if (interface != 0 ? !platform_interface(&route) : !platform_route_get(to, &route, NULL) || route.unreachable) {
        return 0;
    }
    const int fd = platform_socket(ADDRESS_V4, SOCK_DGRAM, IPPROTO_UDP);
    memcpy(request.ifr_name, route.interface, strnlen(route.interface, sizeof(request.ifr_name) - 1));
    const bool told = fd >= 0 && ioctl(fd, SIOCGIFMTU, &request) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return told && request.ifr_mtu > 0 ? (uint32_t)request.ifr_mtu : 0;
}

int platform_probe_connect(const struct address *to, uint16_t to_port, uint16_t *port,
                           const struct platform_probe_shape *shape)
{
    const int fd = opened(platform_socket(to->family, SOCK_STREAM, IPPROTO_TCP), to->family);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    struct sockaddr_storage at;
    const socklen_t at_size = platform_sockaddr(to, to_port, &at);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 || !take_port(fd, to->family, port) ||
        !platform_probe_shape(fd, to->family, shape) ||
        (connect(fd, (struct sockaddr *)&at, at_size) != 0 && errno != EINPROGRESS)) {
        return closed(fd);
    }
    return fd;
}

struct platform_connect_state platform_probe_connect_state(int fd)
{
    struct platform_connect_state state = { .state = PLATFORM_CONNECT_FAILED };
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    const bool told = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
    if (told) {
        state.again = info.tcpi_total_retrans > UINT8_MAX ? UINT8_MAX : (uint8_t)info.tcpi_total_retrans;
        state.rtt_us = state.again == 0 ? info.tcpi_rtt : 0;
    }
    size = sizeof(state.code);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &state.code, &size) != 0) {
        state.code = errno;
    }
    if (state.code == ECONNREFUSED) {
        state.state = PLATFORM_CONNECT_REFUSED;
    } else if (state.code == 0 && told && info.tcpi_state == STATE_SYN_SENT) {
        state.state = PLATFORM_CONNECT_WAITING;
    } else if (state.code == 0 || state.code == ECONNRESET || state.code == EPIPE) {
        state.state = PLATFORM_CONNECT_OPEN; /* perhaps closed again already */
    }
    return state;
}

bool platform_tcp_sent(int fd, struct platform_tcp_sent *sent)
{
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_data_segs_out) + sizeof(info.tcpi_data_segs_out)) {
        return false;
    }
    /* The peer tells of what it got twice. */
    const uint32_t twice =
        info.tcpi_dsack_dups < info.tcpi_total_retrans ? info.tcpi_dsack_dups : info.tcpi_total_retrans;
    sent->again = info.tcpi_total_retrans - twice;
    sent->sent = 1 + info.tcpi_data_segs_out;
    if (sent->sent <= sent->again) {
        sent->sent = sent->again + 1; /* SYNs are not among those with data */
    }
    return true;
}

#include "platform/echo.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/checksum.h"
#include "platform/sockaddr.h"

enum { ECHO4 = 8, ECHO4_REPLY = 0, ECHO6 = 128, ECHO6_REPLY = 129, HEADER = 8, PACKET = 64 };

bool platform_echo_open(struct platform_echo *echo, enum address_family family)
{
    int protocol = family == ADDRESS_V6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    *echo = (struct platform_echo){ .family = family, .id = (uint16_t)getpid() };
    echo->fd = platform_socket(family, SOCK_DGRAM, protocol);
    if (echo->fd < 0) {
        echo->fd = platform_socket(family, SOCK_RAW, protocol);
        echo->raw = true;
    }
    return echo->fd >= 0;
}

bool platform_echo_send(const struct platform_echo *echo, const struct address *to, uint16_t sequence)
{
    uint8_t packet[PACKET] = { [0] = echo->family == ADDRESS_V6 ? ECHO6 : ECHO4,
                               [4] = (uint8_t)(echo->id >> 8),
                               [5] = (uint8_t)echo->id,
                               [6] = (uint8_t)(sequence >> 8),
                               [7] = (uint8_t)sequence };
    /* The kernel fills in that of ICMPv6 and of ping sockets. */
    const uint16_t sum = checksum_end(checksum_add(0, packet, sizeof(packet)));
    packet[2] = (uint8_t)(sum >> 8);
    packet[3] = (uint8_t)sum;
    struct sockaddr_storage at;
    socklen_t size = platform_sockaddr(to, 0, &at);
    return sendto(echo->fd, packet, sizeof(packet), 0, (struct sockaddr *)&at, size) == (ssize_t)sizeof(packet);
}

bool platform_echo_receive(const struct platform_echo *echo, const struct address *to, uint16_t *sequence)
{
    for (;;) {
        uint8_t packet[1500];
        struct sockaddr_storage at = { 0 };
        socklen_t at_size = sizeof(at);
        ssize_t received = recvfrom(echo->fd, packet, sizeof(packet), 0, (struct sockaddr *)&at, &at_size);
        if (received < 0) {
            return false;
        }
        struct address from;
        size_t size = (size_t)received;
        size_t skip = 0;
        if (echo->raw && echo->family == ADDRESS_V4) {
            skip = (packet[0] & 0x0fU) * 4U; /* a raw IPv4 socket shows the IP header */
        }
        if (!platform_sockaddr_read(&at, &from, NULL) || size < skip + HEADER) {
            continue;
        }
        from.scope = to->scope;
        const uint8_t *icmp = packet + skip;
        uint16_t id = (uint16_t)(icmp[4] << 8 | icmp[5]);
        bool reply = icmp[0] == (echo->family == ADDRESS_V6 ? ECHO6_REPLY : ECHO4_REPLY);
        if (reply && (!echo->raw || id == echo->id) && address_equal(&from, to)) {
            *sequence = (uint16_t)(icmp[6] << 8 | icmp[7]);
            return true;
        }
    }
}

void platform_echo_close(struct platform_echo *echo)
{
    if (echo->fd >= 0) {
        close(echo->fd);
        echo->fd = -1;
    }
}

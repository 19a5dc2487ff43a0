#include "platform/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

int platform_family(enum address_family family)
{
    return family == ADDRESS_V6 ? AF_INET6 : AF_INET;
}

socklen_t platform_sockaddr(const struct address *address, uint16_t port, struct sockaddr_storage *storage)
{
    memset(storage, 0, sizeof(*storage));
    if (address->family == ADDRESS_V6) {
        struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
                                    .sin6_port = htons(port),
                                    .sin6_scope_id = address->scope };
        memcpy(&in6.sin6_addr, address->bytes, 16);
        memcpy(storage, &in6, sizeof(in6));
        return sizeof(in6);
    }
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
    memcpy(&in.sin_addr, address->bytes, 4);
    memcpy(storage, &in, sizeof(in));
    return sizeof(in);
}

bool platform_sockaddr_read(const struct sockaddr_storage *storage, struct address *address, uint16_t *port)
{
    struct address read = { 0 };
    uint16_t number;
    if (storage->ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, storage, sizeof(in));
        read.family = ADDRESS_V4;
        memcpy(read.bytes, &in.sin_addr, 4);
        number = ntohs(in.sin_port);
    } else if (storage->ss_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, storage, sizeof(in6));
        read.family = ADDRESS_V6;
        memcpy(read.bytes, &in6.sin6_addr, 16);
        read.scope = in6.sin6_scope_id;
        number = ntohs(in6.sin6_port);
    } else {
        return false;
    }
    *address = read;
    if (port != NULL) {
        *port = number;
    }
    return true;
}

int platform_socket(enum address_family family, int type, int protocol)
{
    return socket(platform_family(family), type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

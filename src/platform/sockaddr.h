/* Addresses as values to and from the system's socket addresses. */
#ifndef RDPWHY_PLATFORM_SOCKADDR_H
#define RDPWHY_PLATFORM_SOCKADDR_H

#include <sys/socket.h>

#include "base/address.h"

/* Returns the length filled in. The address must have a family. */
socklen_t platform_sockaddr(const struct address *address, uint16_t port, struct sockaddr_storage *storage);
/* False: not an IP address. `port` may be NULL. */
bool platform_sockaddr_read(const struct sockaddr_storage *storage, struct address *address, uint16_t *port) MUST_USE;
/* AF_INET or AF_INET6. */
int platform_family(enum address_family family);
/* A non-blocking socket that children do not inherit; -1 with errno. */
int platform_socket(enum address_family family, int type, int protocol) MUST_USE;

#endif

/* The forward proxy that programs on this machine would use: by its environment, as curl reads it. */
#ifndef RDPWHY_NET_PROXY_H
#define RDPWHY_NET_PROXY_H

#include <stdint.h>

#include "base/error.h"

struct net_proxy {
    char *host; /* owned, as is what follows; NULL: no proxy, the way is direct */
    uint16_t port;
    char *user; /* for the proxy itself; NULL: none */
    char *password;
    const char *from;   /* the variable that named it, or "--proxy" */
    bool unsupported;   /* of a kind that is not spoken here (SOCKS, TLS to the proxy) */
    const char *spared; /* the variable that lets this host go round a proxy; NULL: none did */
};

/* By https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY, and no_proxy, NO_PROXY. `look` is getenv. A value that cannot be
 * read is ERROR_USAGE. The caller releases after success. */
bool net_proxy_by_environment(const char *host, char *(*look)(const char *name), struct net_proxy *proxy,
                              struct error *error) MUST_USE;
/* "HOST:PORT", "http://HOST:PORT"; from the command line, so a password in it is refused. */
bool net_proxy_by_word(const char *word, struct net_proxy *proxy, struct error *error) MUST_USE;
void net_proxy_release(struct net_proxy *proxy);

/* Does a no_proxy list hold the host? Names match themselves and what lies below them, with or without a leading dot;
 * addresses match themselves and networks ("10.0.0.0/8"); "*" is everything. */
bool net_proxy_spares(const char *list, const char *host);

#endif

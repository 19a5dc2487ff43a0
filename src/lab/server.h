/* One lab server on a loopback address. Runs on the caller's loop; keeps nothing on disk. */
#ifndef RDPWHY_LAB_SERVER_H
#define RDPWHY_LAB_SERVER_H

#include "base/address.h"
#include "lab/scenario.h"
#include "net/loop.h"

struct lab_server;

/* Called for each thing that happens on a connection: its number from 1, and what was seen or done. */
typedef void lab_tell(void *context, unsigned connection, const char *words);

struct lab_server_options {
    const struct lab_scenario *scenario;
    uint16_t port;      /* 0: any free one */
    const char *keytab; /* of the server, for Kerberos; NULL: none. Must outlive the server */
    unsigned once;      /* stops the loop when so many connections have ended; 0: never */
    lab_tell *tell;
    void *context;
};

struct lab_server *lab_server_start(struct net_loop *loop, const struct lab_server_options *options,
                                    struct error *error) MUST_USE;
void lab_server_address(const struct lab_server *server, struct address *address);
uint16_t lab_server_port(const struct lab_server *server);
/* SHA-256 of its certificate in hex; "": it has none. */
const char *lab_server_fingerprint(const struct lab_server *server);
void lab_server_free(struct lab_server *server); /* NULL is fine; ends what is open */

#endif

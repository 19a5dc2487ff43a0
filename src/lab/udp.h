/* The lab's end of RDP's UDP transport, beside a scenario's TCP port: as far as a SYN and the first flight of DTLS. */
#ifndef RDPWHY_LAB_UDP_H
#define RDPWHY_LAB_UDP_H

#include "base/address.h"
#include "lab/behaviour.h"
#include "lab/server.h"
#include "net/loop.h"

struct lab_udp_speaker;

struct lab_udp_options {
    const struct lab_udp *behaviour;
    struct address address;
    uint16_t port;
    lab_tell *tell; /* connection 0; may be NULL */
    void *tell_context;
};

struct lab_udp_speaker *lab_udp_start(struct net_loop *loop, const struct lab_udp_options *options,
                                      struct error *error) MUST_USE;
void lab_udp_free(struct lab_udp_speaker *speaker); /* NULL is fine */

#endif

/* One connection by a recipe, as deep as it goes: for the search of another way in. */
#ifndef RDPWHY_PROBE_WAY_H
#define RDPWHY_PROBE_WAY_H

#include "plan/check.h"

struct probe_way {
    char *host; /* what the client is told: goes into the TLS hello when it is a name; borrowed until the end */
    struct address address;
    uint16_t port;
    uint32_t offer; /* requestedProtocols */
    int mss;        /* bytes; 0: the system's */
    bool wide_tls;  /* the ClientHello offers all that OpenSSL has, as FreeRDP's can, not what Windows' does */
    bool anonymous; /* no logon, whatever the credentials: the user did not type this host */
};

/* Starts it, waiting for the rolling budget first when it must; the run holds until it is over (plan_run). One at a
 * time. What is seen goes into `evidence` alone, a document of its own whose target the caller filled in, as that of a
 * first connection; it must live as long as the run. It counts against the run's connections. False: our own failure.
 */
bool probe_way_start(struct run *run, const struct probe_way *way, struct evidence *evidence,
                     struct error *error) MUST_USE;

/* Other names of the host, looked up side by side as this system does it. */
enum { PROBE_NAMES_MAX = 6, PROBE_NAME_ADDRESSES = 4, PROBE_NAMES_LIMIT_US = 3000000 };
struct probe_name {
    const char *name; /* borrowed until the end */
    struct address addresses[PROBE_NAME_ADDRESSES];
    size_t count; /* 0: it knows none */
};
/* The run holds until it is over; `names` must live as long as the run. Once a run. */
bool probe_names_start(struct run *run, struct probe_name *names, size_t count, struct error *error) MUST_USE;

#endif

/* The checks that measure the way: how big a packet may be, where packets are lost, what the line lets through. */
#ifndef RDPWHY_PATH_PATH_H
#define RDPWHY_PATH_PATH_H

#include "plan/check.h"

/* In the order of the checklist. */
extern const struct check path_mtu, path_trace, path_bandwidth;
/* The same for a run that looks at the connection first: started only when something asks for them. */
extern const struct check path_mtu_asked, path_trace_asked, path_bandwidth_asked;

/* Sets run->path; the checks here need it. */
bool path_init(struct run *run, struct error *error) MUST_USE;
/* Ends what is still going on, and frees. */
void path_release(struct run *run);

/* One leg of the way to the target. */
struct path_leg_to {
    enum path_leg leg;
    struct address to;
    int64_t mtu; /* of the interface or route it leaves by; 0: not known */
    /* It leaves by this one, because the routes would lead into the tunnel itself; 0: as they say. */
    uint32_t interface;
};
enum { PATH_LEGS_MAX = 2 };
/* The legs by what the checks name and route recorded: the whole way, and below a tunnel the way to its outer endpoint
 * when that is known. Returns how many; 0: there is no address. */
size_t path_legs(const struct run *run, struct path_leg_to legs[PATH_LEGS_MAX]);

#endif

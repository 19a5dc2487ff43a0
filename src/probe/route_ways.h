/* What else could have taken the packets; for route.c. */
#ifndef RDPWHY_PROBE_ROUTE_WAYS_H
#define RDPWHY_PROBE_ROUTE_WAYS_H

#include "plan/check.h"

/* Adds to route.ways, route.tunnels and route.others. */
bool probe_record_ways(struct run *run, const struct address *to, struct error *error) MUST_USE;

#endif

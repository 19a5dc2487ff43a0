/* Filling the readings. */
#ifndef RDPWHY_DIAGNOSE_COMPUTE_H
#define RDPWHY_DIAGNOSE_COMPUTE_H

#include "diagnose/look.h"

/* `readings` starts zeroed; on false (no memory) what was filled is released by readings_release. */
bool readings_compute(const struct evidence *evidence, struct readings *readings, struct error *error) MUST_USE;

bool compute_mtu(const struct evidence *evidence, struct reading_mtu *reading, struct error *error) MUST_USE;
bool compute_path(const struct evidence *evidence, struct reading_path *reading, struct error *error) MUST_USE;
bool compute_bandwidth(const struct evidence *evidence, struct reading_bandwidth *reading,
                       struct error *error) MUST_USE;
/* `host`: the name that was asked for; NULL: not known. `strictly`: as HTTPS compares names. */
bool compute_certificate_of(const struct evidence *evidence, const struct ev_certificate *certificate, const char *host,
                            bool strictly, struct reading_certificate *reading, struct error *error) MUST_USE;
bool compute_gateway(const struct evidence *evidence, struct reading_gateway *reading, struct error *error) MUST_USE;
void compute_name(const struct evidence *evidence, struct reading_name *reading);
bool compute_negotiation(const struct evidence *evidence, struct reading_negotiation *reading,
                         struct error *error) MUST_USE;

#endif

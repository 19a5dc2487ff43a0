/* Readings: what is computed from the evidence, per check. Same field kinds and walkers as the evidence; json prints
 * them under "reading" and ignores them on loading. */
#ifndef RDPWHY_DIAGNOSE_READINGS_H
#define RDPWHY_DIAGNOSE_READINGS_H

#include "evidence/evidence.h"

struct reading_name {
    struct ev_bool agrees;  /* the system's answer and the zone's resolvers */
    struct ev_bool fake_ip; /* an answer from 198.18.0.0/15 */
};
struct reading_supported {
    struct ev_bool rdp;
    struct ev_bool tls;
    struct ev_bool nla;
    struct ev_bool nla_ext;
    struct ev_bool rdstls;
    struct ev_bool aad;
};
struct reading_negotiation {
    struct reading_supported supported;
    struct ev_text required; /* "rdp", "tls", "nla": the least the server insists on, when known */
    struct ev_text failure_name;
};
struct reading_certificate {
    struct ev_int days_left; /* whole days from `started`; negative: expired so many days ago */
    struct ev_bool self_signed;
    struct ev_bool name_matches;
    struct ev_text intercepted_by;
    struct ev_bool trusted;
};
struct reading_nla {
    struct ev_text product;
    struct ev_int clock_skew_s; /* server minus us */
    struct ev_text error_name;
};
struct reading_load {
    struct ev_int ratio_percent; /* median Confirm time over TCP round trip, times 100 */
};
struct reading_fit {
    struct ev_text profile;
    struct ev_bool fits;
    struct ev_text why; /* when it does not, or when that cannot be told */
};
struct reading_client {
    struct ev_list profiles; /* struct reading_fit */
};

struct readings {
    struct reading_name name;
    struct reading_negotiation negotiation;
    struct reading_certificate certificate;
    struct reading_nla nla;
    struct reading_load load;
    struct reading_client client;
};

/* NULL for checks without readings. */
const struct field_table *reading_group(enum check_id id);
const void *reading_group_in(const struct readings *readings, enum check_id id);
void readings_release(struct readings *readings);

#endif

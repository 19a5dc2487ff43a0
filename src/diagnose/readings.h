/* Readings: what is computed from the evidence, per check. Same field kinds and walkers as the evidence; json prints
 * them under "reading" and ignores them on loading. */
#ifndef RDPWHY_DIAGNOSE_READINGS_H
#define RDPWHY_DIAGNOSE_READINGS_H

#include "evidence/evidence.h"

/* What the start of a session came to. */
enum session_result { SESSION_RESULT_READY, SESSION_RESULT_REFUSED, SESSION_RESULT_CUT, SESSION_RESULT_UNKNOWN };

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
    /* credential-less logons that the server says it takes (MS-RDPBCGR 2.2.1.2.1); noted, never used */
    struct ev_bool restricted_admin;
    struct ev_bool credential_guard; /* Remote Credential Guard */
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
struct reading_gateway {
    struct reading_certificate certificate;
    struct ev_bool on_way;    /* the user's way goes through it */
    struct ev_text code_name; /* of tunnel.code */
};
struct reading_session {
    struct ev_enum result;     /* enum session_result */
    struct ev_text error_name; /* of Set Error Info */
};
struct reading_mtu {
    struct ev_bool black_hole; /* unset: nobody can tell */
    struct ev_enum at_segment; /* enum path_segment */
    struct ev_text near;       /* the hole is between these two; unset: this machine, the end */
    struct ev_text far;
    struct ev_enum way;      /* enum size_way, when known */
    struct ev_int vanishes;  /* smallest size that does, bytes */
    struct ev_int passes;    /* biggest one that does not */
    struct ev_int witnesses; /* places that say so */
    struct ev_bool harmless; /* of a size that connections get along with */
    struct ev_int told;      /* no hole: the size that a router asks for */
    struct ev_text told_by;
};
struct reading_segment {
    struct ev_enum id;       /* enum path_segment */
    struct ev_bool measured; /* something in it or behind it answers probes */
    struct ev_int loss;      /* shares: most probable, and 95 % of the belief between low and high */
    struct ev_int loss_low;
    struct ev_int loss_high;
    struct ev_bool blamed;
};
struct reading_path {
    struct ev_list segments; /* struct reading_segment */
    struct ev_int posterior; /* share: of the answer */
    struct ev_enum answer;   /* enum infer_kind */
    struct ev_enum what;     /* enum infer_scope: what is lost */
    struct ev_int loss;      /* shares: of the place that is blamed */
    struct ev_int loss_low;
    struct ev_int loss_high;
    struct ev_text near; /* it is between these two; unset: this machine, or nobody that is known */
    struct ev_text far;
    struct ev_bool at_link;    /* they are neighbours; else it is somewhere between them */
    struct ev_bool in_bursts;  /* the losses come in rows */
    struct ev_bool of_tunnel;  /* only what goes through the tunnel is hit, or the link into its gateway */
    struct ev_bool branches;   /* packets of different kinds may go different ways */
    struct ev_enum queue_at;   /* enum path_segment: packets wait at the link between these two; idle and loaded are */
    struct ev_text queue_near; /* round trips to its far end */
    struct ev_text queue_far;
    struct ev_int idle_us;
    struct ev_int loaded_us;
    struct ev_bool self_made;  /* packets wait as well, and this machine itself filled the line meanwhile */
    struct ev_bool only_pings; /* nothing but pings is answered from there: of other packets nobody knows */
};
struct reading_bandwidth {
    struct ev_int up_kbps;      /* at least, on the way out */
    struct ev_int up_most_kbps; /* and at most; unset: no bound was seen */
    struct ev_int down_kbps;
    struct ev_int down_most_kbps;
    struct ev_int both_kbps; /* there and back: the slower of the two */
    struct ev_int both_most_kbps;
    struct ev_int idle_us; /* round trip, and the longest while the line was filled */
    struct ev_int loaded_us;
    struct ev_bool low;        /* surely too little */
    struct ev_enum at_segment; /* enum path_segment */
    struct ev_text near;       /* the narrow link is between these two; unset: this machine, the end */
    struct ev_text far;
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

struct reading_logon {
    struct ev_text result;     /* good, right-missing, refused, intercepted, not-decidable, withheld */
    struct ev_text error_name; /* of the server's code, or of a Windows KDC's status */
};

struct readings {
    struct reading_name name;
    struct reading_negotiation negotiation;
    struct reading_certificate certificate;
    struct reading_nla nla;
    struct reading_logon logon;
    struct reading_session session;
    struct reading_gateway gateway;
    struct reading_mtu mtu;
    struct reading_path path;
    struct reading_bandwidth bandwidth;
    struct reading_load load;
    struct reading_client client;
};

/* NULL for checks without readings. */
const struct field_table *reading_group(enum check_id id);
const void *reading_group_in(const struct readings *readings, enum check_id id);
void readings_release(struct readings *readings);

#endif

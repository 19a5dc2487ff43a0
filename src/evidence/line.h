/* What was measured of the line itself: how big a packet may be, and how fast packets follow each other out of it. As
 * counts and times; what they mean is worked out by infer, by the same code while probing and when judged again. */
#ifndef RDPWHY_EVIDENCE_LINE_H
#define RDPWHY_EVIDENCE_LINE_H

#include "evidence/path.h"

enum { LINE_SIZES_MAX = 512, LINE_TRAINS_MAX = 64, LINE_HOPS_MAX = 32 };

/* --- mtu --- */

/* The best answer that probes of one size from one place got. */
enum size_answer {
    SIZE_SILENT,   /* none */
    SIZE_TOO_BIG,  /* a router says so, with the size that fits: no hole */
    SIZE_REFUSED,  /* this machine itself sends nothing of the size */
    SIZE_ANSWERED, /* the place it was meant for */
};

/* Probes that may not be fragmented, of one size, to one place. */
struct ev_size {
    struct ev_enum leg;     /* enum path_leg */
    struct ev_enum kind;    /* enum stream_kind */
    struct ev_enum reach;   /* enum stream_reach */
    struct ev_int ttl;      /* of the place; unset: the whole way, and the distance is not known */
    struct ev_text address; /* who answered; for "own-address" who was asked */
    struct ev_int size;     /* bytes, IP header included */
    struct ev_int sent;
    struct ev_int answered;
    struct ev_enum answer; /* enum size_answer */
    struct ev_text by;     /* who said that it is too big */
    struct ev_int told;    /* the size that fits, by what it said */
};

struct ev_mtu {
    struct ev_int path_mtu;       /* biggest size that was answered from the host's end */
    struct ev_int outer_path_mtu; /* and from the tunnel's outer endpoint */
    struct ev_list means;         /* struct ev_text_item */
    struct ev_list probes;        /* struct ev_size */
};

/* --- bandwidth --- */

/* Packets sent in one go. How far apart the answers come says what the narrowest link on the way lets through. */
struct ev_train {
    struct ev_enum leg;
    struct ev_enum kind;
    struct ev_enum reach; /* "ttl": the big packets travel one way only, towards it */
    struct ev_int ttl;
    struct ev_text address; /* who answered */
    struct ev_int size;     /* bytes of each packet, IP header included */
    struct ev_int sent;
    struct ev_int send_us; /* first to last packet out */
    struct ev_int answered;
    struct ev_int first;     /* index of the first packet that was answered, from 0 */
    struct ev_int last;      /* and of the last */
    struct ev_int span_us;   /* between these two answers */
    struct ev_int idle_us;   /* round trip before the train */
    struct ev_int loaded_us; /* longest round trip in it */
};

struct ev_bandwidth {
    struct ev_list means;  /* struct ev_text_item */
    struct ev_list trains; /* struct ev_train */
    struct ev_int bytes;   /* sent for all of this */
};

extern const struct field_table size_table, train_table;
extern const struct field_names size_answer_names[];

#endif

/* What was measured on the way, as counts: whoever judges the document later works out the same posterior from them. */
#ifndef RDPWHY_EVIDENCE_PATH_H
#define RDPWHY_EVIDENCE_PATH_H

#include "evidence/field.h"

enum {
    PATH_HOPS_MAX = 64,   /* of all legs together, their ends included */
    PATH_STREAMS_MAX = 8, /* of one hop */
    PATH_ADDRESSES_MAX = 8,
    PATH_SEGMENTS_MAX = 8,
};

/* The segments of the way, in its order. */
enum path_segment {
    SEGMENT_LAN,
    SEGMENT_ISP,
    SEGMENT_TRANSIT,
    SEGMENT_VPN_GATEWAY, /* the link into the tunnel's outer endpoint, and the endpoint */
    SEGMENT_TUNNEL,      /* what only the tunnel's own packets see */
    SEGMENT_OFFICE,      /* behind the gateway */
    SEGMENT_SERVER,      /* the link into the host, and the host */
    SEGMENT_COUNT,
};

enum path_leg {
    LEG_DIRECT,   /* to the host, without a tunnel */
    LEG_UNDERLAY, /* to the tunnel's outer endpoint */
    LEG_OVERLAY,  /* through the tunnel, to the host */
};

enum stream_kind {
    STREAM_ECHO,
    STREAM_UDP,     /* to a high port */
    STREAM_SYN,     /* to the RDP port */
    STREAM_SERVICE, /* to the port of the tunnel itself */
    STREAM_TCP,     /* segments of connections that were made anyway; lost are those that were sent again */
};

enum stream_reach {
    REACH_TTL,   /* runs out of hops here, and the router says so */
    REACH_WHOLE, /* goes all the way; the end of the leg answers */
    REACH_OWN,   /* to the address of this router itself */
};

struct ev_rtt {
    struct ev_int min;
    struct ev_int median;
    struct ev_int p95;
};

/* Probes of one kind that are answered from one place. */
struct ev_stream {
    struct ev_enum kind;       /* enum stream_kind */
    struct ev_enum reach;      /* enum stream_reach */
    struct ev_int sent;        /* those whose time to be answered is over, or that were */
    struct ev_int lost;        /* of these */
    struct ev_int late;        /* of these: answered, but after the time limit; not lost */
    struct ev_int runs;        /* a loss within three probes of another, of any stream, belongs to its run */
    struct ev_int longest_run; /* losses in it */
    struct ev_rtt rtt_us;
};

/* One place on a leg that answers, or should. */
struct ev_hop {
    struct ev_enum leg;
    struct ev_int ttl;        /* counted from this machine, 1 is the first router; unset: the distance is not known */
    struct ev_bool end;       /* the end of the leg */
    struct ev_enum segment;   /* enum path_segment the link into this place belongs to */
    struct ev_list addresses; /* struct ev_address_item: more than one when the way branches here */
    struct ev_list streams;   /* struct ev_stream */
};

/* What crossed a segment and was answered from its far end or from behind it. */
struct ev_segment {
    struct ev_enum id;
    struct ev_int sent;
    struct ev_int lost;
    struct ev_rtt rtt_us; /* from here to its far end and back */
};

/* Why the way was measured at all. */
enum path_reason {
    PATH_ASKED,
    PATH_SYN_AGAIN,  /* a SYN had to be sent again */
    PATH_STALL,      /* the connection stalled */
    PATH_RTT_SPREAD, /* answers of one connection took very different times */
    PATH_TCP_AGAIN,  /* segments had to be sent again */
};
/* What ended it. */
enum path_ended {
    PATH_SURE,     /* one answer stands out */
    PATH_TIME,     /* its time was over */
    PATH_STOPPED,  /* Ctrl-C */
    PATH_MUTE,     /* nothing answers that could be measured */
    PATH_BROKEN,   /* the way went away: no route, an interface down */
    PATH_SILENCED, /* everything fell silent, the nearest router too */
    PATH_REFUSED,  /* a filter on the way began to refuse probes, and the rest did not suffice */
};

struct ev_path {
    struct ev_enum reason;
    struct ev_enum ended;
    struct ev_int took_us;     /* from the first probe to the last answer that was waited for */
    struct ev_int probes;      /* sent in all, those for finding the hops included */
    struct ev_int foreign;     /* answers that quote no probe of ours, dropped */
    struct ev_bool changed;    /* the route or the tunnel's endpoint changed on the way */
    struct ev_int own_up_kbps; /* this machine's traffic on that line meanwhile but for the check mtu's */
    struct ev_int own_down_kbps;
    struct ev_text outer; /* the underlay leads to it */
    struct ev_list means; /* struct ev_text_item: how the probes were sent and the answers got */
    struct ev_list hops;
    struct ev_list segments;
};

extern const struct field_table hop_table, stream_table, segment_table;
extern const struct field_names segment_names[], leg_names[], stream_kind_names[], stream_reach_names[],
    path_reason_names[], path_ended_names[];

#endif

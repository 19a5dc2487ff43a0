/* What was put together from several files, why, and where they contradict each other. Files are counted from 1 in the
 * order they were given; 0 is the run itself. */
#ifndef RDPWHY_EVIDENCE_JOINED_H
#define RDPWHY_EVIDENCE_JOINED_H

#include "evidence/field.h"

enum { JOINED_PARTS_MAX = 64, JOINED_CONTRADICTIONS_MAX = 64 };

/* Why two parts tell of the same connection; the strongest reason that was found. */
enum joined_by {
    JOINED_MAIN,     /* what the others were joined to */
    JOINED_PORTS,    /* the same client's address and port, at one distance of the clocks */
    JOINED_ACTIVITY, /* the same ActivityID */
    JOINED_NAME,     /* the same machine's name, and a time that fits */
    JOINED_ADDRESS,  /* the same address and port, and a time that fits */
    JOINED_GIVEN,    /* it says neither where nor when: it was given together with the rest */
};
enum joined_side { JOINED_CLIENT, JOINED_WIRE, JOINED_SERVER, JOINED_WORDS };

struct ev_part {
    struct ev_int file;
    struct ev_enum side; /* enum joined_side */
    struct ev_enum by;   /* enum joined_by */
};
/* Two files say different things about one field: the first one's word was kept. */
struct ev_contradiction {
    struct ev_text field; /* "server.port" */
    struct ev_text kept;
    struct ev_int kept_file;
    struct ev_text other;
    struct ev_int other_file;
};
struct ev_joined {
    struct ev_list parts; /* struct ev_part */
    /* The server's clock minus the one of the main part, as far apart as the matches leave it. */
    struct ev_int ahead_low_us;
    struct ev_int ahead_high_us;
    struct ev_int matches;         /* connections that both sides know by address and port */
    struct ev_list contradictions; /* struct ev_contradiction */
};

extern const struct field_table joined_table, part_table, contradiction_table;
extern const struct field_names joined_by_names[], joined_side_names[];

#endif

/* The way to a host in words: one row per segment, what is wrong with it, and a text for those who can repair it. Pure,
 * like diagnose: of evidence that is still being gathered it says what is known so far. */
#ifndef RDPWHY_DIAGNOSE_WAY_H
#define RDPWHY_DIAGNOSE_WAY_H

#include "diagnose/diagnose.h"

enum way_kind {
    WAY_UNKNOWN, /* nothing, or not enough, was measured */
    WAY_OPEN,    /* measured, and no answer stands out yet */
    WAY_CLEAN,
    WAY_LOSS,
    WAY_HOLE,
    WAY_SLOW,
};

enum way_mark { WAY_MARK_NONE, WAY_MARK_FINE, WAY_MARK_BLAMED, WAY_MARK_MAYBE, WAY_MARK_UNMEASURED };

enum { WAY_WORDS_SIZE = 160, WAY_FAR_SIZE = 64 };

struct way_row {
    enum path_segment segment;
    enum way_mark mark;
    char lost[WAY_WORDS_SIZE];   /* "3.1 % lost (2.2-4.3 %)", "none of 212 lost: below 1.4 %", "not measured" */
    char delay[32];              /* to its far end and back; "" when not known */
    char far[WAY_FAR_SIZE];      /* address of its far end; "" when not known */
    char detail[WAY_WORDS_SIZE]; /* of the one that is blamed: between which two; "" otherwise */
};

struct way {
    enum way_kind kind;
    char tunnel[WAY_WORDS_SIZE]; /* "through wg0 (WireGuard to 203.0.113.9)"; "" without a tunnel */
    char start[WAY_FAR_SIZE];    /* this machine's address on it */
    struct way_row rows[SEGMENT_COUNT];
    size_t row_count;
    struct words sentences; /* what was found, the gravest first */
    struct words missing;   /* what was not measured, and why */
    struct words facts;     /* size, pace, means: one line each, "label: words" */
    const char *addressee;  /* "your ISP", "the VPN team", ...; NULL: there is nobody to write to */
    struct words letter;    /* paragraphs */
};

/* False: out of memory. way_release afterwards in any case. */
bool way_describe(const struct evidence *evidence, const struct verdict *verdict, struct way *way,
                  struct error *error) MUST_USE;
void way_release(struct way *way);

const char *way_segment_title(enum path_segment segment); /* "LAN", "VPN gateway" */
/* "CLEAN", "LOSS", ...: how the report begins. */
const char *way_word(enum way_kind kind);

#endif

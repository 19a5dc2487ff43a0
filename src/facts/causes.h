/* What can be wrong, and which test decides between neighbours: data/causes.tsv and data/tests.tsv.
 *
 * enum cause (CAUSE_NONE, CAUSE_RDP_KEY_UNREADABLE, ..., CAUSE_COUNT) and enum test (TEST_NONE, TEST_WIDE_HELLO, ...,
 * TEST_COUNT) are generated: a row's first column in upper case with underscores. Texts are constants, never freed. */
#ifndef RDPWHY_FACTS_CAUSES_H
#define RDPWHY_FACTS_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "facts_enums.h"

/* What the repair, or the test, risks. */
enum risk { RISK_NONE, RISK_LOW, RISK_DOWNGRADE, RISK_OUTAGE };
/* Where it is done. */
enum place { PLACE_CLIENT, PLACE_SERVER, PLACE_NETWORK };
/* The strongest certainty an outside look can reach; the numbers are those of enum certainty. */
enum ceiling { CEILING_POSSIBLE = 1, CEILING_LIKELY, CEILING_PROVED };
enum by { BY_PROGRAM, BY_PERSON };

struct cause_fact {
    const char *slug;
    const char *check;  /* check id, as in the contract */
    enum ceiling fact;  /* that it is so */
    enum ceiling cause; /* that it is what stops the connection */
    enum risk risk;
    enum place place;
    bool own_code;          /* clients normally show a code of its own, not 0x904 */
    unsigned weight;        /* 0 to 9: how often it was met, and how well it is attested; orders suspects only */
    const enum test *tests; /* deciding tests, most telling first, ended by TEST_NONE */
    const char *codes;      /* what clients show: "0x904/0x7 0x904 0x3/0x11 0xC000006D" (see facts/codes.h), or NULL */
    const char *title;      /* "RDP key unreadable" */
    const char *sentence;   /* one sentence that a user understands */
    const char *action;     /* what to do about it, for a Windows server */
    const char *action_other; /* the same for another server (xrdp, FreeRDP, ...); NULL: the same */
    const char *sources;      /* ids of data/sources.tsv, separated by spaces */
};

struct test_fact {
    const char *id;
    enum by by;
    unsigned connections;  /* how many connects to the RDP port it takes */
    const char *privilege; /* "none", "admin" (on the machine of `place`) */
    enum place place;
    enum risk risk;
    const char *words;   /* one line: what to do, or to look at */
    const char *command; /* with {host} and {port} to fill in; NULL: none */
};

/* NULL for CAUSE_NONE and numbers out of range; likewise test_fact. */
const struct cause_fact *cause_fact(enum cause cause);
/* CAUSE_NONE when no cause has this slug. */
enum cause cause_by_slug(const char *slug);
/* Do clients show these codes for this cause? 0: no; 1: yes, among many others or by half; 2: yes; 3: exactly this pair
 * of code and extended code. -1 for a code that is not known. It orders suspects and proves nothing. */
unsigned cause_shows(enum cause cause, int64_t code, int64_t extended);
const struct test_fact *test_fact(enum test test);

/* "none", "low", "downgrade", "outage"; "client", "server", "network": as in the contract. */
const char *risk_name(enum risk risk);
const char *place_name(enum place place);

#endif

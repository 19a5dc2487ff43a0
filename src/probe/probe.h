/* The checks that look at a server, and the deciding tests that the program can run by itself. */
#ifndef RDPWHY_PROBE_PROBE_H
#define RDPWHY_PROBE_PROBE_H

#include "plan/check.h"

/* In the order of the checklist. */
extern const struct check *const probe_checks[];
extern const size_t probe_check_count;
/* Those that open no connection, for commands that look at the way only. */
extern const struct check probe_name, probe_route;

/* Deciding tests; the command maps the ids of data/tests.tsv to them. */
enum probe_test {
    PROBE_SILENT_CONNECT, /* connect and send nothing for some seconds */
    PROBE_PLAIN_REQUEST,  /* no cookie, two segments */
    PROBE_WIDE_HELLO,
    PROBE_REPEAT_FIRST,
    PROBE_OFFER_TLS,
    PROBE_OFFER_RDP,
    PROBE_SMALL_MSS,
    PROBE_OTHER_FAMILY,
    PROBE_CONTROLS,    /* off the RDP port: no connect of the budget */
    PROBE_INTERCEPTOR, /* likewise */
    PROBE_TEST_COUNT,
};

/* Sets run->probe. Reads the log of earlier connects. */
bool probe_init(struct run *run, struct error *error) MUST_USE;
/* Ends what is still open, and frees. */
void probe_release(struct run *run);
/* The run whose connections lead to the host: this one, or that of the connections through the RD Gateway, when the way
 * goes there. For the tests below and for the question about the certificate. */
struct run *probe_talking(struct run *run);
/* Puts what was seen through the gateway into the document; call it before each judgement. */
bool probe_keep(struct run *run, struct error *error) MUST_USE;
/* The gateway's certificate is not trusted here, so no logon was sent to it; and once somebody said yes to it. */
bool probe_gateway_withheld(const struct run *run);
bool probe_gateway_start(struct run *run, struct error *error) MUST_USE;
/* Ends every connection politely; call it before the evidence is judged for good. */
void probe_settle(struct run *run);

/* Connects to the RDP port that this run may still make. */
unsigned probe_connects_left(const struct run *run);
/* The user was asked, and allowed so many more. */
void probe_allow_more(struct run *run, unsigned connects);
unsigned probe_test_connects(enum probe_test test);
/* Microseconds until so many more connects are allowed by the rolling budget; 0: now. */
int64_t probe_wait_us(const struct run *run, unsigned connects);
/* Starts the tests side by side, waiting for the rolling budget first when it must; the run holds until they are over.
 * Tests that do not apply (no second address, the budget of the run is used up, made before) are left out; *started
 * says how many were not. */
bool probe_tests_start(struct run *run, const enum probe_test *tests, size_t count, size_t *started,
                       struct error *error) MUST_USE;

/* The logon was withheld for its certificate alone, and a connection is left for it. */
bool probe_logon_withheld(const struct run *run);
/* The user looked at the certificate in evidence.certificate and said yes: one more connection, for the logon. The run
 * holds until it is over. */
bool probe_logon_start(struct run *run, struct error *error) MUST_USE;

/* --deep: how many connects it will make, given what was seen; then makes them, one after the other. */
unsigned probe_deep_connects(const struct run *run);
bool probe_deep_start(struct run *run, struct error *error) MUST_USE;

#endif

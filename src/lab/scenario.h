/* The scenarios: a broken (or healthy) server each, and beside it what rdpwhy must say about it. */
#ifndef RDPWHY_LAB_SCENARIO_H
#define RDPWHY_LAB_SCENARIO_H

#include "facts/causes.h"
#include "lab/behaviour.h"
#include "wire/nego.h"

/* The verdict, in the words of the contract; NULL: none. */
struct lab_expected {
    const char *status;
    const char *stopped_at;
    enum cause cause; /* CAUSE_NONE: none */
    const char *certainty;
};

struct lab_scenario {
    const char *name;
    const char *story; /* one line */
    struct lab_expected expected;
    const char *options; /* of the check, separated by blanks; NULL: none */
    const char
        *user; /* the check is run with --user of this name (the password is LAB_PASSWORD); NULL: without a logon */
    bool ipv6; /* listens on ::1 instead of 127.0.0.1 */
    struct lab_behaviour behaviour;
};

/* NULL behind the last. */
const struct lab_scenario *lab_scenario_at(size_t i);
const struct lab_scenario *lab_scenario_find(const char *name);

/* The families, each in a file of its own (scenarios_NAME.c). */
struct lab_family {
    const struct lab_scenario *scenarios;
    size_t count;
};
extern const struct lab_family lab_family_healthy, lab_family_early, lab_family_refusals, lab_family_tls,
    lab_family_certificates, lab_family_nla, lab_family_logon, lab_family_udp, lab_family_session, lab_family_hostile,
    lab_family_gateway;

/* The password that goes with every `user`. */
#define LAB_PASSWORD "Lab-Pass-1"

/* What most servers of a kind do; a scenario changes the one thing that is broken. */
#define LAB_WINDOWS_WITH(...)                                                                                          \
    .negotiation = { .protocols = PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX, .no_rdp = true, .flags = 0x1f, __VA_ARGS__ }
#define LAB_WINDOWS LAB_WINDOWS_WITH(.after_us = 0)
#define LAB_XRDP    .negotiation = { .protocols = PROTOCOL_TLS, .flags = 0x01, .limit = 0x0b }

#endif

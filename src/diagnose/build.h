/* Building the verdict: owned text that remembers when memory ran out, so that callers ask once, at the end. */
#ifndef RDPWHY_DIAGNOSE_BUILD_H
#define RDPWHY_DIAGNOSE_BUILD_H

#include "diagnose/rules.h"

struct build {
    const struct look *look;
    const struct judged *judged; /* CAUSE_COUNT items */
    struct verdict *verdict;
    const struct look *direct; /* what was looked at directly; NULL: all of it was */
    bool failed;               /* sticky: no memory */
};

/* NULL (and failed) without memory. */
char *build_text(struct build *build, const char *format, ...) PRINTF_LIKE(2, 3) MUST_USE;
/* The words of a sign for a cause; NULL when it has none. */
char *build_sign(struct build *build, enum sign sign, enum cause cause) MUST_USE;
/* Appends and owns `text` (NULL: nothing to add). */
void build_words(struct build *build, struct words *words, char *text);
/* Grows an array of `count` items by one zeroed item; NULL: no memory. */
void *build_grow(struct build *build, void *items, size_t count, size_t size) MUST_USE;
/* A deciding test's command for this target; NULL when there is none. */
char *build_command(struct build *build, const char *command) MUST_USE;
/* Likewise, with the host and port of the gateway. */
char *build_gateway_command(struct build *build, const char *command) MUST_USE;
char *build_test_command(struct build *build, enum test test) MUST_USE; /* to be run elsewhere, as a rule */

void finding_release(struct finding *finding);

void build_checks(struct build *build);   /* checks.c, checks_secure.c */
void build_findings(struct build *build); /* findings.c */
/* One more, with its words still to be added; NULL: no memory. */
struct finding *build_finding(struct build *build, enum cause cause);
void build_suspects(struct build *build); /* causes that the code names and that lie deeper than was looked */
void build_ruled_out(struct build *build);
void build_next(struct build *build);   /* next.c */
void build_codes(struct build *build);  /* codes.c */
void build_wanted(struct build *build); /* wanted.c */

/* What to do about a cause on this kind of server; both when the kind is not known. */
char *build_action(struct build *build, enum cause cause) MUST_USE;

/* For checks.c. */
void check_set(struct build *build, enum check_id id, enum check_status status, char *summary, char *why);
bool check_tls(struct build *build);
bool check_certificate(struct build *build);
bool check_nla(struct build *build);
bool check_logon(struct build *build);
bool check_session(struct build *build);
bool check_mtu(struct build *build);
bool check_path(struct build *build);
bool check_udp(struct build *build);
bool check_bandwidth(struct build *build);
bool check_gateway(struct build *build);
bool check_load(struct build *build);
bool check_client(struct build *build);

#endif

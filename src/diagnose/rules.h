/* Causes as rows: signs that must hold, signs that exclude, and the neighbours that look alike. */
#ifndef RDPWHY_DIAGNOSE_RULES_H
#define RDPWHY_DIAGNOSE_RULES_H

#include "diagnose/signs.h"

enum { RULE_NEEDS = 5, RULE_AGAINST = 6, RULE_NEAR = 10 };

struct near {
    enum cause cause; /* what looks alike */
    enum test test;   /* what tells the two apart */
};

/* How a row is read, in this order:
 *   a stage that is not YES: the cause is no matter here (NO: it is excluded as a neighbour)
 *   an `against` that is YES, or a need that is NO: ruled out, with that sign's words
 *   a need UNSEEN: possible; so it is with a `steady` row when the same thing once failed and once worked
 *   all needs YES: likely; proved when the facts' ceiling allows it and every neighbour is excluded by its own rows
 * A cause may have several rows; the best one counts, and it is excluded only when all of them are. */
struct rule {
    enum cause cause;
    enum sign stage;
    enum sign needs[RULE_NEEDS];
    enum sign against[RULE_AGAINST];
    struct near near[RULE_NEAR];
    enum certainty most; /* a ceiling of this row below the facts'; CERTAINTY_NONE: the facts' own */
    /* A fact beside the way, not what stops: it claims no more than what was read, so that a neighbour that was merely
     * not looked at does not take the proof away; one that fits does. */
    bool beside;
    /* It claims a state that lasts. What comes and goes makes that no more than possible, and excludes nothing: a farm
     * may have one bad host, a way of several branches one bad branch. */
    bool steady;
};

struct rule_table {
    const char *name;
    const struct rule *rules;
    const size_t *count;
};

/* One table per stage of the way; ends with a NULL name. */
extern const struct rule_table rule_tables[];
extern const struct rule rules_name[], rules_tcp[], rules_negotiation[], rules_refusal[], rules_tls[],
    rules_certificate[], rules_nla[], rules_logon[], rules_session[], rules_load[], rules_line[], rules_client[],
    rules_gateway[], rules_told[], rules_udp[];
extern const size_t rules_name_count, rules_tcp_count, rules_negotiation_count, rules_refusal_count, rules_tls_count,
    rules_certificate_count, rules_nla_count, rules_logon_count, rules_session_count, rules_load_count,
    rules_line_count, rules_client_count, rules_gateway_count, rules_told_count, rules_udp_count;

enum outcome { ROW_APART, ROW_UNDECIDED, ROW_OUT, ROW_POSSIBLE, ROW_LIKELY, ROW_PROVED };

struct judged {
    enum outcome outcome;
    const struct rule *rule; /* the row that counts; NULL: none came near */
    enum sign excluded_by;   /* with ROW_OUT */
    bool excluded;           /* every row came to NO; of the rows that block, when there are such */
    bool beside_excluded;
    bool blocks;
};

/* Judges every cause; `judged` has CAUSE_COUNT items. */
void rules_judge(const struct look *look, struct judged *judged);

#endif

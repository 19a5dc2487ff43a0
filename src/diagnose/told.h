/* What can be said when nobody saw the connection itself, only words about it: a client's log, a server's, a scan, a
 * dialog. */
#ifndef RDPWHY_DIAGNOSE_TOLD_H
#define RDPWHY_DIAGNOSE_TOLD_H

#include "diagnose/build.h"

/* The evidence is that of words alone. */
bool told_only(const struct look *look);
/* Where it ended by that account. */
bool told_stop(const struct look *look, enum check_id *at);
/* How, in words; NULL: the account does not end there. */
const char *told_stop_words(const struct look *look, enum check_id at);
/* Why nobody can say how it went on; NULL: it is known. */
const char *told_open(const struct look *look);
/* Status and summary of a check; false: the words say nothing of their own about it. */
bool told_check(struct build *build, enum check_id id);
/* What the codes and the sentences of the account may come from; never more than possible. */
void told_suspects(struct build *build);
/* YES: the server's own log gives exactly this as the reason. UNSEEN otherwise: silence clears nobody. */
enum truth told_cause(const struct look *look, enum cause cause, struct buffer *words);
const char *told_vantage(const struct look *look);

#endif

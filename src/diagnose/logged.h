/* What logs and collections of the server say about one connection: which events decide, and which only stand beside.
 */
#ifndef RDPWHY_DIAGNOSE_LOGGED_H
#define RDPWHY_DIAGNOSE_LOGGED_H

#include "diagnose/build.h"

/* The evidence is that of event logs alone: nobody saw the connection itself. */
bool logged_only(const struct look *look);
/* The last logon by Remote Desktop in the log was refused. */
bool logged_stop(const struct look *look, enum check_id *at);
/* Words of that refusal; false: none. */
bool logged_stop_words(const struct look *look, struct buffer *words);
/* Why a log in which nothing stopped is no success; NULL: it shows a logon. */
const char *logged_open(const struct look *look);
/* Status and summary of logon and session; false: the log says nothing about it. */
bool logged_check(struct build *build, enum check_id id);
/* YES when an event near the failure, or a setting, is exactly the one that decides for `cause`; NO when the refusal
 * itself names another; UNSEEN otherwise: that a log holds no such event clears nobody. */
enum truth logged_cause(const struct look *look, enum cause cause, struct buffer *words);

#endif

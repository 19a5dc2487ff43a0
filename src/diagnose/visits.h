/* The server's own log beside a connection that somebody saw: did this connection arrive there, and what became of it.
 */
#ifndef RDPWHY_DIAGNOSE_VISITS_H
#define RDPWHY_DIAGNOSE_VISITS_H

#include "diagnose/look.h"

/* The log's entry of the connection that the document is about, told by the client's address and port; NULL: none. */
const struct ev_visit *visit_of(const struct look *look);
/* When an event happened by the clock of whoever saw the connection, as far as the difference is known. */
int64_t visit_time(const struct look *look, int64_t server_us);
/* When that connection began; false: nobody says. */
bool visit_tried(const struct look *look, int64_t *time_us);
/* May a refused logon in the log, of this time, event and code, be the one of this connection? Another client's is not,
 * nor is any but its own when the log knows the connection. */
bool visit_may_be_refused(const struct look *look, const struct ev_event *event, int64_t within_us);

#endif

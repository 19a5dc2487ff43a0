/* The connection to the host through the RD Gateway's channel: the attempts of a run of its own, whose document is kept
 * apart from what was seen directly. Inside src/probe. */
#ifndef RDPWHY_PROBE_THROUGH_H
#define RDPWHY_PROBE_THROUGH_H

#include "probe/gateway.h"

struct through;

/* Opens the first channel and goes as deep as it may; then, when the tunnel is gone as well, gateway_done. Once more
 * after a tunnel that never opened: the earlier try is forgotten. */
bool through_start(struct gateway_look *look, struct error *error) MUST_USE;
void through_free(struct through *through); /* NULL is fine; ends what is open */
/* The first connection is over. */
bool through_over(const struct through *through);
/* The run whose connections go through the channel; NULL: no channel was opened. */
struct run *through_run(struct through *through);
/* Ends what is open, politely. */
void through_settle(struct through *through);
/* Copies what was seen into the group `through` of the main document, and what came out of the channel first into that
 * of the tunnel. */
bool through_keep(struct through *through, struct error *error) MUST_USE;

#endif

/* The way through an RD Gateway, judged as a direct one is: what was seen through its channel in the place of what was
 * seen directly. */
#ifndef RDPWHY_DIAGNOSE_THROUGH_H
#define RDPWHY_DIAGNOSE_THROUGH_H

#include "diagnose/build.h"

struct through_view {
    struct evidence shown;   /* borrows everything */
    struct readings direct;  /* of the direct look: what its lines need */
    struct look direct_look; /* for the lines of the checks that go directly */
};

/* The evidence that the verdict is about: `evidence` itself, or view->shown when the way goes through a gateway whose
 * channel stayed open as long as it was needed. */
const struct evidence *through_view(struct through_view *view, const struct evidence *evidence);
/* What was seen through the channel, in the place of what was seen directly; `shown` borrows from `evidence`. False: no
 * channel was opened, or the gateway itself broke it. */
bool through_show(const struct evidence *evidence, struct evidence *shown) MUST_USE;
/* A stage of the connection; all others were looked at directly. */
bool through_stage(enum check_id id);

#endif

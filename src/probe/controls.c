/* Controls off the RDP port: is the host up, does this machine answer for others. */
#include "probe/probe_internal.h"

bool probe_controls_apply(const struct run *run, enum probe_test test)
{
    (void)run;
    (void)test;
    return false;
}

bool probe_controls_start(struct run *run, enum probe_test test, struct error *error)
{
    (void)run;
    (void)test;
    return error_set(error, ERROR_INTERNAL, "there are no controls yet");
}

void probe_controls_cancel(struct run *run)
{
    (void)run;
}

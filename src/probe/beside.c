/* The checks that make no connection of their own. */
#include "probe/probe_internal.h"

/* Confirm times are recorded by every connection that gets an answer; this only says whether there were any. */
static bool load_start(struct run *run, struct error *error)
{
    (void)error;
    if (run->evidence->load.confirm_us.count == 0) {
        run_end(run, CHECK_LOAD, RAN_POINTLESS, "no Confirm came whose time could be taken");
        return true;
    }
    run_end(run, CHECK_LOAD, RAN_DONE, NULL);
    return true;
}

/* A pure rule over the evidence; the command records which client is meant. */
static bool client_start(struct run *run, struct error *error)
{
    (void)error;
    if (run->evidence->client.profile.source == SOURCE_NONE) {
        run_end(run, CHECK_CLIENT, RAN_NOT_ASKED, "no --client was given");
        return true;
    }
    run_end(run, CHECK_CLIENT, RAN_DONE, NULL);
    return true;
}

const struct check probe_load = {
    .id = CHECK_LOAD,
    .needs = NEEDS(CHECK_NEGOTIATION),
    .start = load_start,
};

const struct check probe_client = {
    .id = CHECK_CLIENT,
    .needs = NEEDS(CHECK_NEGOTIATION),
    .start = client_start,
};

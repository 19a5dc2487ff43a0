/* What follows the three requests: whether a logon is tried, when, and what the command asks about that. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "probe/gateway.h"
#include "probe/probe_internal.h"
#include "probe/through.h"

enum { LOGON_POLL_US = 20000 };

static bool worth_a_logon(const struct gateway_look *look)
{
    const struct ev_gateway_transports *all = &look->run->evidence->gateway.transports;
    const struct ev_int *const statuses[] = { &all->websocket.status, &all->http.status };
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        any = any || (statuses[i]->source != SOURCE_NONE &&
                      (statuses[i]->v == 401 || statuses[i]->v == 101 || statuses[i]->v == 200));
    }
    return any && look->run->options->credentials != NULL;
}

/* A password that one server refused is not tried at another: each try counts towards a lockout. */
static bool refused_elsewhere(const struct run *run)
{
    const struct ev_logon *logon = &run->evidence->logon;
    /* what failed in this machine's library after a proof had left may have been refused as well */
    const bool nothing_left = logon->ended.v == LOGON_FAILED_HERE && !logon->proof.v && !logon->kerberos.proof.v;
    return logon->ended.source != SOURCE_NONE && logon->ended.v != LOGON_GOOD && logon->ended.v != LOGON_WITHHELD &&
           !nothing_left && logon->ended.v != LOGON_BINDING_WRONG;
}

/* The host's own logon comes first, when it is tried directly at all. */
static void try_logon(void *context)
{
    struct gateway_look *look = context;
    struct error error = { 0 };
    if (look->run->evidence->checks[CHECK_LOGON].ran.source == SOURCE_NONE) {
        net_timer_again(look->wait, LOGON_POLL_US);
        return;
    }
    if (refused_elsewhere(look->run)) {
        ev_set_enum(&look->run->evidence->gateway.tunnel.phase, SOURCE_PROBE, GATEWAY_PHASE_WITHHELD);
        run_end(look->run, CHECK_GATEWAY, RAN_DONE, NULL);
    } else if (!through_start(look, &error)) {
        run_failed(look->run, &error);
    }
}

bool probe_logon_elsewhere(const struct run *run)
{
    const struct run_options *options = run->options;
    return run->probe->door == NULL && options->gateway_host != NULL && options->credentials != NULL &&
           options->gateway_use != GATEWAY_USE_WHEN_NEEDED && (options->asked & NEEDS(CHECK_GATEWAY)) != 0;
}

void gateway_perhaps_done(struct gateway_look *look)
{
    if (!through_over(look->through) || look->tunnels != NULL || run_stopping(look->run)) {
        return;
    }
    if (look->held) {
        look->held = false;
        run_let_go(look->run);
    } else if (!look->done) {
        run_end(look->run, CHECK_GATEWAY, RAN_DONE, NULL);
    }
    look->done = true;
}

void gateway_all_asked(struct gateway_look *look)
{
    struct error error = { 0 };
    if (!worth_a_logon(look)) {
        run_end(look->run, CHECK_GATEWAY, RAN_DONE, NULL);
        return;
    }
    look->wait = net_timer_start(look->run->loop, 0, try_logon, look, &error);
    if (look->wait == NULL) {
        run_failed(look->run, &error);
    }
}

/* --- for the command --- */

struct run *probe_talking(struct run *run)
{
    struct gateway_look *look = run->probe->gateway_look;
    struct run *behind = look != NULL ? through_run(look->through) : NULL;
    const bool needed = run->options->gateway_use != GATEWAY_USE_WHEN_NEEDED || run->probe->first == NULL;
    return behind != NULL && needed ? behind : run;
}

bool probe_keep(struct run *run, struct error *error)
{
    struct gateway_look *look = run->probe->gateway_look;
    return look == NULL || through_keep(look->through, error);
}

bool probe_gateway_withheld(const struct run *run)
{
    const struct ev_gateway *group = &run->evidence->gateway;
    return run->probe->gateway_look != NULL && group->tunnel.phase.source != SOURCE_NONE &&
           group->tunnel.phase.v == GATEWAY_PHASE_CERTIFICATE && group->certificate.sha256.v != NULL &&
           !run_stopping(run);
}

bool probe_gateway_start(struct run *run, struct error *error)
{
    struct gateway_look *look = run->probe->gateway_look;
    snprintf(look->accepted, sizeof look->accepted, "%s", run->evidence->gateway.certificate.sha256.v);
    look->held = true;
    run_hold(run);
    return through_start(look, error);
}

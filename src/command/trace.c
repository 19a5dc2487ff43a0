/* rdpwhy trace: where on the way are loss, delay, MTU trouble. Looks at the way only: the RDP port is not connected to.
 */
#include <stdio.h>

#include "base/clock.h"
#include "command/begin.h"
#include "command/commands.h"
#include "command/trace_live.h"
#include "path/path.h"
#include "plan/plan.h"
#include "probe/probe.h"

/* 1 % of loss takes half a minute on average, and a minute and a half at times. */
enum { TIME_DEFAULT_S = 110, SECOND_US = 1000000 };

static const struct check *const trace_checks[] = { &probe_name, &probe_route, &path_mtu, &path_trace,
                                                    &path_bandwidth };

static const unsigned asked_checks =
    NEEDS(CHECK_NAME) | NEEDS(CHECK_ROUTE) | NEEDS(CHECK_MTU) | NEEDS(CHECK_PATH) | NEEDS(CHECK_BANDWIDTH);

struct tracing {
    const struct check_options *options;
    struct run_options run_options;
    struct run run;
    struct trace_live *live;
    int64_t started_us;
};

static bool start_run(struct tracing *tracing, struct error *error)
{
    struct run *run = &tracing->run;
    run->loop = net_loop_new(error);
    return run->loop != NULL && begin_document(run->evidence, tracing->options, "trace", error) &&
           trace_live_start(&tracing->live, run, tracing->options, plan_interrupt, error) && probe_init(run, error) &&
           path_init(run, error) && plan_init(run, trace_checks, COUNT_OF(trace_checks), error) &&
           net_loop_on_interrupt(run->loop, plan_interrupt, run, error);
}

static void end_run(struct tracing *tracing)
{
    plan_release(&tracing->run);
    path_release(&tracing->run);
    probe_release(&tracing->run);
    trace_live_free(tracing->live);
    net_loop_free(tracing->run.loop);
    evidence_free(tracing->run.evidence);
}

static int report(struct tracing *tracing)
{
    trace_live_free(tracing->live);
    tracing->live = NULL;
    return output_verdict(tracing->run.evidence, &tracing->options->output);
}

/* The exit status, or -1: `error` says why not. */
static int trace_run(const struct check_options *options, struct error *error)
{
    struct tracing tracing = { .options = options, .run_options = options->run, .started_us = clock_monotonic_us() };
    int status = -1;
    tracing.run_options.asked = asked_checks;
    tracing.run_options.timeout_us =
        options->run.trace_us != 0 ? options->run.trace_us : (int64_t)TIME_DEFAULT_S * SECOND_US;
    tracing.run.options = &tracing.run_options;
    tracing.run.evidence = evidence_new(error);
    if (tracing.run.evidence != NULL && start_run(&tracing, error) && plan_run(&tracing.run, error)) {
        ev_set_int(&tracing.run.evidence->elapsed_us, SOURCE_PROBE, clock_monotonic_us() - tracing.started_us);
        status = report(&tracing);
    }
    end_run(&tracing);
    return status;
}

static void print_help(void)
{
    fputs("rdpwhy trace HOST[:PORT]: where on the way are loss, delay, MTU trouble: in your\n"
          "own network, at your ISP, behind it, at the VPN gateway, in the tunnel, in the\n"
          "office, at the server. It makes no connection to the RDP port.\n\n"
          "  rdpwhy trace srv-01.corp.example\n"
          "  rdpwhy trace srv-01.corp.example --ticket       a text for the ISP or VPN team\n"
          "  rdpwhy trace srv-01.corp.example --vpn-gateway vpn.corp.example\n"
          "  rdpwhy trace rdg.corp.example --port 443        the way to an RD Gateway\n\n"
          "  --time S             stop after so many seconds (110); q or Ctrl-C ends it\n"
          "  --vpn-gateway HOST   the tunnel's outer end, when it cannot be found out\n"
          "  --port N             the RDP port (3389)\n"
          "  -4, -6               this address family only\n"
          "  --ticket             the text to send: the link, its addresses, the numbers\n"
          "  --redact             names, addresses and hashes become tokens\n"
          "  --save FILE          the evidence, for: rdpwhy judge FILE\n"
          "  --json               one JSON document on stdout\n"
          "  -q, --quiet          the verdict line only\n"
          "  -v, --verbose        more evidence\n"
          "  --again              do not wait for the connection budget\n"
          "  --color=WHEN         auto, always, never\n"
          "  -h, --help           this text\n",
          stdout);
}

int command_trace(int argc, char **argv)
{
    struct error error = { 0 };
    struct check_options options;
    if (!options_parse_for(OPTIONS_OF_TRACE, argc, argv, &options, &error)) {
        return command_failed(&error);
    }
    int status = 0;
    if (options.help) {
        print_help();
    } else {
        status = trace_run(&options, &error);
    }
    options_release(&options);
    return status < 0 ? command_failed(&error) : status;
}

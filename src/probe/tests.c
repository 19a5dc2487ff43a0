/* Deciding tests: each is one more connection with one thing changed. They run side by side. */
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "wire/nego.h"

enum { CLAMPED_MSS = 1200 };

/* How far a connection of a test goes. */
struct recipe {
    enum purpose purpose;
    uint32_t offer;
    bool cookie;
    unsigned segments;
    enum hello_shape hello;
    enum tls_version single;
    int mss;
    enum stage last;
};

static const struct recipe recipes[PROBE_TEST_COUNT] = {
    [PROBE_SILENT_CONNECT] = { .purpose = PURPOSE_SILENT, .last = STAGE_TCP },
    [PROBE_PLAIN_REQUEST] = { PURPOSE_PLAIN_REQUEST, PROTOCOL_MSTSC, false, 2, HELLO_NONE, TLS_NONE, 0,
                              STAGE_NEGOTIATION },
    [PROBE_WIDE_HELLO] = { PURPOSE_WIDE_HELLO, PROTOCOL_MSTSC, true, 1, HELLO_WIDE, TLS_NONE, 0, STAGE_TLS },
    [PROBE_REPEAT_FIRST] = { PURPOSE_REPEAT_FIRST, PROTOCOL_MSTSC, true, 1, HELLO_SCHANNEL, TLS_NONE, 0, STAGE_TLS },
    [PROBE_OFFER_TLS] = { PURPOSE_OFFER_TLS, PROTOCOL_TLS, true, 1, HELLO_NONE, TLS_NONE, 0, STAGE_NEGOTIATION },
    [PROBE_OFFER_RDP] = { PURPOSE_OFFER_RDP, PROTOCOL_RDP, true, 1, HELLO_NONE, TLS_NONE, 0, STAGE_NEGOTIATION },
    [PROBE_SMALL_MSS] = { PURPOSE_SMALL_MSS, PROTOCOL_MSTSC, true, 1, HELLO_SCHANNEL, TLS_NONE, CLAMPED_MSS,
                          STAGE_TLS },
    [PROBE_OTHER_FAMILY] = { .purpose = PURPOSE_OTHER_ADDRESS, .last = STAGE_TCP },
};

/* --deep: once more as the first time, when that failed in TLS: servers that take turns behind one address differ then.
 * Each TLS version by itself, oldest last since some servers ban for SSL 3; then the unusual protocols, the one
 * above 0x0B last (xrdp closes on it). */
static const struct recipe deep_recipes[] = {
    { PURPOSE_REPEAT_FIRST, PROTOCOL_MSTSC, true, 1, HELLO_SCHANNEL, TLS_NONE, 0, STAGE_TLS },
    { PURPOSE_TLS_VERSION, PROTOCOL_MSTSC, true, 1, HELLO_SINGLE, TLS_1_3, 0, STAGE_TLS },
    { PURPOSE_TLS_VERSION, PROTOCOL_MSTSC, true, 1, HELLO_SINGLE, TLS_1_2, 0, STAGE_TLS },
    { PURPOSE_TLS_VERSION, PROTOCOL_MSTSC, true, 1, HELLO_SINGLE, TLS_1_1, 0, STAGE_TLS },
    { PURPOSE_TLS_VERSION, PROTOCOL_MSTSC, true, 1, HELLO_SINGLE, TLS_1_0, 0, STAGE_TLS },
    { PURPOSE_TLS_VERSION, PROTOCOL_MSTSC, true, 1, HELLO_SINGLE, TLS_SSL3, 0, STAGE_TLS },
    { PURPOSE_OFFER_OTHER, PROTOCOL_RDSTLS, true, 1, HELLO_NONE, TLS_NONE, 0, STAGE_NEGOTIATION },
    { PURPOSE_OFFER_OTHER, PROTOCOL_RDSAAD, true, 1, HELLO_NONE, TLS_NONE, 0, STAGE_NEGOTIATION },
};

static bool next_deep(struct run *run, struct error *error);

static bool go_on(struct attempt *attempt, const struct recipe *recipe, enum stage stage, bool *over,
                  struct error *error)
{
    *over = false;
    if (stage == STAGE_TCP && recipe->purpose == PURPOSE_SILENT) {
        return attempt_stay_silent(attempt, error);
    }
    if (stage == STAGE_TCP && recipe->last > STAGE_TCP) {
        return attempt_negotiate(attempt, error);
    }
    if (stage == STAGE_NEGOTIATION && recipe->last > STAGE_NEGOTIATION && probe_leads_to_tls(attempt)) {
        return attempt_tls(attempt, error);
    }
    *over = true;
    return true;
}

/* What one TLS version by itself came to. */
static void record_version(struct attempt *attempt, const struct recipe *recipe)
{
    struct evidence *evidence = attempt->run->evidence;
    struct ev_tls_versions *versions = &evidence->tls.versions;
    struct ev_enum *const fields[] = {
        [TLS_SSL3] = &versions->ssl3, [TLS_1_0] = &versions->tls10, [TLS_1_1] = &versions->tls11,
        [TLS_1_2] = &versions->tls12, [TLS_1_3] = &versions->tls13,
    };
    const struct ev_hello *hello = (struct ev_hello *)evidence->tls.hellos.items + attempt->hello;
    if (recipe->purpose == PURPOSE_TLS_VERSION && hello->result.source != SOURCE_NONE) {
        ev_set_enum(fields[recipe->single], SOURCE_PROBE, hello->result.v);
    }
}

static void test_moved(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    const struct recipe *recipe = context;
    struct run *run = attempt->run;
    struct error error = { 0 };
    bool over = went != WENT_ON;
    if ((stage == STAGE_TCP && recipe->purpose == PURPOSE_OTHER_ADDRESS && !probe_record_attempt(attempt, &error)) ||
        (!over && !go_on(attempt, recipe, stage, &over, &error))) {
        attempt_failed(attempt, &error);
        return;
    }
    if (!over) {
        return;
    }
    if (stage == STAGE_TLS) {
        record_version(attempt, recipe);
    }
    attempt_end(attempt, END_BY_US, END_DONE, clock_monotonic_us());
    if (recipe >= deep_recipes && recipe < deep_recipes + COUNT_OF(deep_recipes) && !next_deep(run, &error)) {
        run_failed(run, &error);
    }
    run_let_go(run);
}

static bool start_recipe(struct run *run, const struct recipe *recipe, const struct address *address,
                         struct error *error)
{
    const struct attempt_options options = {
        .purpose = recipe->purpose,
        .address = *address,
        .offer = recipe->offer,
        .cookie = recipe->cookie,
        .segments = recipe->segments,
        .hello = recipe->hello,
        .single = recipe->single,
        .mss = recipe->mss,
        .connect_limit_us = PROBE_CONNECT_US,
    };
    probe_count_connect(run, address);
    if (attempt_start(run, &options, test_moved, recipe, error) == NULL) {
        return false;
    }
    run_hold(run);
    return true;
}

/* --- the tests that diagnose asks for --- */

static const struct address *untried_address(const struct probe *probe)
{
    const struct address *best = NULL;
    for (size_t i = 0; i < probe->candidate_count; i++) {
        const bool other = probe->first == NULL || probe->candidates[i].family != probe->first->options.address.family;
        if (probe->tried_by[i] == NULL && (best == NULL || other)) {
            best = &probe->candidates[i];
        }
    }
    return best;
}

unsigned probe_test_connects(enum probe_test test)
{
    return test == PROBE_CONTROLS || test == PROBE_INTERCEPTOR ? 0 : 1;
}

static bool applies(const struct run *run, enum probe_test test)
{
    const struct probe *probe = run->probe;
    if ((probe->tests_made & (1U << test)) != 0 || run_stopping(run)) {
        return false;
    }
    if (probe->door != NULL && (test == PROBE_CONTROLS || test == PROBE_INTERCEPTOR || test == PROBE_SMALL_MSS)) {
        return false; /* they look at the direct way */
    }
    if (test == PROBE_CONTROLS || test == PROBE_INTERCEPTOR) {
        return probe_controls_apply(run, test);
    }
    return test == PROBE_OTHER_FAMILY ? untried_address(probe) != NULL : probe->first != NULL;
}

static bool start_test(struct run *run, enum probe_test test, struct error *error)
{
    const struct probe *probe = run->probe;
    if (test == PROBE_CONTROLS || test == PROBE_INTERCEPTOR) {
        return probe_controls_start(run, test, error);
    }
    const struct address *address =
        test == PROBE_OTHER_FAMILY ? untried_address(probe) : &probe->first->options.address;
    if (address == NULL) {
        return true; /* tried by now, while the test waited for the budget */
    }
    return start_recipe(run, &recipes[test], address, error);
}

static bool start_waiting_tests(struct run *run, struct error *error)
{
    struct probe *probe = run->probe;
    bool good = true;
    for (size_t i = 0; i < probe->test_count && good; i++) {
        good = start_test(run, probe->tests[i], error);
    }
    probe->test_count = 0;
    run_let_go(run);
    return good;
}

bool probe_tests_start(struct run *run, const enum probe_test *tests, size_t count, size_t *started,
                       struct error *error)
{
    struct probe *probe = run->probe;
    unsigned left = probe_connects_left(run);
    unsigned connects = 0;
    probe->test_count = 0;
    for (size_t i = 0; i < count; i++) {
        const unsigned needs = probe_test_connects(tests[i]);
        if (needs <= left && applies(run, tests[i])) {
            probe->tests_made |= 1U << tests[i];
            probe->tests[probe->test_count++] = tests[i];
            left -= needs;
            connects += needs;
        }
    }
    *started = probe->test_count;
    if (probe->test_count == 0) {
        return true;
    }
    /* Held while it waits for the budget; let go when all are under way. */
    run_hold(run);
    return probe_when_allowed(run, connects, start_waiting_tests, error);
}

/* --- deep --- */

static bool deep_applies(const struct run *run, const struct recipe *recipe)
{
    const struct attempt *first = run->probe->first;
    const struct ev_hello *hello = run->evidence->tls.hellos.items;
    if (recipe->purpose == PURPOSE_REPEAT_FIRST) {
        return first != NULL && hello != NULL && probe_leads_to_tls(first) && !hello->finished.v;
    }
    return first != NULL && (recipe->last < STAGE_TLS || probe_leads_to_tls(first));
}

unsigned probe_deep_connects(const struct run *run)
{
    unsigned count = 0;
    for (size_t i = 0; i < COUNT_OF(deep_recipes); i++) {
        count += deep_applies(run, &deep_recipes[i]) ? 1 : 0;
    }
    return count;
}

static bool next_deep(struct run *run, struct error *error)
{
    struct probe *probe = run->probe;
    while (probe->deep_next < COUNT_OF(deep_recipes) && !run_stopping(run)) {
        const struct recipe *recipe = &deep_recipes[probe->deep_next++];
        if (deep_applies(run, recipe)) {
            return start_recipe(run, recipe, &probe->first->options.address, error);
        }
    }
    return true;
}

bool probe_deep_start(struct run *run, struct error *error)
{
    return run->probe->first == NULL || next_deep(run, error);
}

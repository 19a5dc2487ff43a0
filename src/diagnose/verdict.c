#include "diagnose/build.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "diagnose/compute.h"
#include "diagnose/gateway.h"
#include "diagnose/logged.h"
#include "diagnose/recorded.h"
#include "diagnose/through.h"
#include "diagnose/told.h"

const struct field_names check_status_names[] = {
    { STATUS_PASS, "pass" }, { STATUS_WARN, "warn" },       { STATUS_FAIL, "fail" },
    { STATUS_SKIP, "skip" }, { STATUS_UNKNOWN, "unknown" }, { 0, NULL },
};
const struct field_names verdict_status_names[] = {
    { VERDICT_OK, "ok" },
    { VERDICT_DEGRADED, "degraded" },
    { VERDICT_BLOCKED, "blocked" },
    { VERDICT_UNKNOWN, "unknown" },
    { 0, NULL },
};
const struct field_names certainty_names[] = {
    { CERTAINTY_POSSIBLE, "possible" },
    { CERTAINTY_LIKELY, "likely" },
    { CERTAINTY_PROVED, "proved" },
    { 0, NULL },
};

static void words_release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        alloc_free(words->items[i]);
    }
    alloc_free(words->items);
}

void finding_release(struct finding *finding)
{
    words_release(&finding->because);
    alloc_free(finding->action);
    for (size_t i = 0; i < finding->decider_count; i++) {
        alloc_free(finding->deciders[i].command);
    }
    alloc_free(finding->deciders);
}

void verdict_free(struct verdict *verdict)
{
    if (verdict == NULL) {
        return;
    }
    alloc_free(verdict->stopped_how);
    alloc_free(verdict->summary);
    words_release(&verdict->because);
    words_release(&verdict->code_notes);
    for (size_t i = 0; i < verdict->ruled_out_count; i++) {
        alloc_free(verdict->ruled_out[i].because);
    }
    alloc_free(verdict->ruled_out);
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        alloc_free(verdict->checks[i].summary);
        alloc_free(verdict->checks[i].why);
    }
    readings_release(&verdict->readings);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        finding_release(&verdict->findings[i]);
    }
    alloc_free(verdict->findings);
    for (size_t i = 0; i < verdict->next_count; i++) {
        alloc_free(verdict->next[i].what);
        alloc_free(verdict->next[i].command);
    }
    alloc_free(verdict->next);
    alloc_free(verdict->wanted);
    alloc_free(verdict);
}

/* Why nobody can say how it went on; NULL: it is known. */
static const char *open_words(const struct look *look)
{
    const char *behind = gateway_open(look);
    return behind != NULL      ? behind
           : logged_only(look) ? logged_open(look)
           : told_only(look)   ? told_open(look)
                               : recorded_open(look);
}

/* A proxy on this machine that lets everything through is no fault. */
static bool is_fault(const struct finding *finding)
{
    return finding->certainty >= CERTAINTY_LIKELY && finding->cause != CAUSE_TUN_PROXY_CAPTURES;
}

static const struct finding *leading(const struct verdict *verdict, bool blocks)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->blocks == blocks && is_fault(finding)) {
            return finding;
        }
    }
    return NULL;
}

static const struct finding *leading_blocker(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].blocks && verdict->findings[i].certainty >= CERTAINTY_LIKELY) {
            return &verdict->findings[i];
        }
    }
    return NULL;
}

static void lead(struct build *build, const struct finding *finding)
{
    struct verdict *verdict = build->verdict;
    /* A fact beside may be proved; as the reason for a failure it is only what the facts allow. */
    enum certainty ceiling = (enum certainty)cause_fact(finding->cause)->cause;
    verdict->cause = finding->cause;
    verdict->certainty = finding->certainty < ceiling ? finding->certainty : ceiling;
    for (size_t i = 0; i < finding->because.count; i++) {
        build_words(build, &verdict->because, build_text(build, "%s", finding->because.items[i]));
    }
}

/* The deepest check that saw something; false: none did. UDP is beside the way: it is no step of it; nor is the gateway
 * where the look went on behind it. */
static bool depth_of(const struct verdict *verdict, bool through, enum check_id *depth)
{
    bool any = false;
    for (int id = CHECK_NAME; id <= CHECK_BANDWIDTH; id++) {
        enum check_status status = verdict->checks[id].status;
        const bool beside = any && (id == CHECK_UDP || (id == CHECK_GATEWAY && through));
        if ((status == STATUS_PASS || status == STATUS_WARN || status == STATUS_FAIL) && !beside) {
            *depth = (enum check_id)id;
            any = true;
        }
    }
    return any;
}

/* A check of the way that was tried and brought no answer: then nobody can say that all is well. */
static enum check_id undecided(const struct verdict *verdict)
{
    for (int id = CHECK_NAME; id <= CHECK_NLA; id++) {
        if (verdict->checks[id].status == STATUS_UNKNOWN) {
            return (enum check_id)id;
        }
    }
    return CHECK_COUNT;
}

/* A look at the way that saw nothing of it. */
static bool nothing_measured(const struct build *build)
{
    static const enum check_id ids[] = { CHECK_MTU, CHECK_PATH, CHECK_BANDWIDTH };
    bool seen_any = !ev_text_is(&build->look->e->command, "trace");
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const enum check_status status = build->verdict->checks[ids[i]].status;
        seen_any = seen_any || status == STATUS_PASS || status == STATUS_WARN || status == STATUS_FAIL;
    }
    return !seen_any;
}

/* The first check that warns; CHECK_COUNT: none. */
static enum check_id warned(const struct verdict *verdict)
{
    int id = CHECK_NAME;
    while (id < CHECK_COUNT && verdict->checks[id].status != STATUS_WARN) {
        id++;
    }
    return (enum check_id)id;
}

static bool says(const struct words *all, const char *words)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->items[i], words) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether it arrived, by the server's own log. */
static void add_log_words(struct build *build)
{
    static const enum sign told[] = { LOG_KNOWS_ARRIVAL, LOG_HOLDS_NO_ARRIVAL };
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        char *words = is_yes(build->look, told[i]) ? build_sign(build, told[i], CAUSE_NONE) : NULL;
        if (words != NULL && !says(&build->verdict->because, words)) {
            build_words(build, &build->verdict->because, words);
        } else {
            alloc_free(words);
        }
    }
}

static void settle(struct build *build)
{
    struct verdict *verdict = build->verdict;
    const struct finding *finding = leading_blocker(verdict);
    bool any = depth_of(verdict, build->direct != NULL, &verdict->depth);
    if (verdict->stopped && !stop_is_passing(build->look)) {
        verdict->status = VERDICT_BLOCKED;
    } else if (verdict->stopped) {
        verdict->status = VERDICT_DEGRADED;
    } else if (finding != NULL) {
        verdict->status = VERDICT_BLOCKED;
        verdict->stopped = true;
        verdict->stopped_at = CHECK_CLIENT;
        verdict->stopped_how = build_text(build, "this client does not fit the server");
    } else {
        finding = leading(verdict, false);
        verdict->status = finding != NULL || warned(verdict) < CHECK_COUNT ? VERDICT_DEGRADED : VERDICT_OK;
        /* a fact beside the way is no reason for a code that it does not show as */
        bool other = finding != NULL && seen(build->look->e->client_said.code.source) &&
                     !code_fits(build->look->e, finding->cause);
        finding = other ? NULL : finding;
    }
    if (!verdict->stopped && finding == NULL && open_words(build->look) != NULL) {
        verdict->status = VERDICT_UNKNOWN; /* whatever was odd before: nobody knows how it ended */
    }
    if (verdict->status == VERDICT_OK && (!any || nothing_measured(build) || undecided(verdict) < CHECK_COUNT ||
                                          seen(build->look->e->client_said.code.source))) {
        verdict->status = VERDICT_UNKNOWN;
    }
    if (verdict->status == VERDICT_DEGRADED && !verdict->stopped && finding == NULL &&
        undecided(verdict) < CHECK_COUNT) {
        verdict->status = VERDICT_UNKNOWN; /* a warning beside does not make up for the step that was not seen */
    }
    if (finding != NULL) {
        lead(build, finding);
        add_log_words(build);
    }
}

/* Blocked without a likely cause: what was seen, and what the controls add. */
static void explain_stop(struct build *build)
{
    static const enum sign told[] = { TCP_ALL_REFUSED,   TCP_ALL_SILENT, FILTER_SPEAKS,
                                      PORT_ALONE_SILENT, HOST_ANSWERS,   NEIGHBOUR_MISSING };
    struct verdict *verdict = build->verdict;
    if (verdict->cause != CAUSE_NONE || !verdict->stopped) {
        return;
    }
    if (stop_is_passing(build->look)) {
        build_words(build, &verdict->because, build_sign(build, REPEAT_DIFFERS, CAUSE_NONE));
    }
    if (verdict->stopped_at != CHECK_TCP) {
        build_words(build, &verdict->because, build_text(build, "%s", verdict->stopped_how));
    }
    add_log_words(build);
    if (verdict->stopped_at != CHECK_TCP) {
        return;
    }
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        if (is_yes(build->look, told[i]) && !(told[i] == HOST_ANSWERS && is_yes(build->look, TCP_ALL_REFUSED))) {
            build_words(build, &verdict->because, build_sign(build, told[i], CAUSE_NONE));
        }
    }
}

static size_t possible_count(const struct verdict *verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        count += verdict->findings[i].blocks;
    }
    return count;
}

static void summarise(struct build *build)
{
    struct verdict *verdict = build->verdict;
    const char *at = verdict->stopped ? field_name_of(check_names, (int)verdict->stopped_at) : NULL;
    const char *depth = field_name_of(check_names, (int)verdict->depth);
    const struct cause_fact *fact = cause_fact(verdict->cause);
    const char *certainty = fact != NULL ? field_name_of(certainty_names, (int)verdict->certainty) : NULL;
    const struct ev_client_said *said = &build->look->e->client_said;
    const enum check_id open = undecided(verdict);
    const enum check_id warns = warned(verdict);
    const char *warning = warns < CHECK_COUNT ? verdict->checks[warns].summary : NULL;
    /* where and how much says more than that */
    const bool loss = verdict->cause == CAUSE_VPN_LOSS || verdict->cause == CAUSE_PATH_LOSS;
    const char *found = loss ? verdict->checks[CHECK_PATH].summary : NULL;
    const char *sentence = found != NULL ? found : fact != NULL ? fact->sentence : "";
    /* others wrote it down, and not how far it came */
    const bool only_written = verdict->depth == CHECK_NAME && (logged_only(build->look) || told_only(build->look));
    switch (verdict->status) {
    case VERDICT_BLOCKED:
        verdict->summary =
            fact != NULL ? build_text(build, "blocked at %s: %s, %s: %s", at, fact->slug, certainty, fact->sentence)
                         : build_text(build, "blocked at %s: %s; no cause is likely yet, %zu are possible", at,
                                      verdict->stopped_how, possible_count(verdict));
        break;
    case VERDICT_DEGRADED:
        verdict->summary = fact != NULL && only_written
                               ? build_text(build, "%s a fault shows: %s: %s", verdict->vantage, fact->slug, sentence)
                           : fact != NULL
                               ? build_text(build, "works up to %s, with a fault: %s: %s", depth, fact->slug, sentence)
                           : at != NULL      ? build_text(build, "works at times, fails at times at %s", at)
                           : warning != NULL ? build_text(build, "works up to %s, with a warning: %s", depth, warning)
                                             : build_text(build, "works up to %s, with a warning", depth);
        break;
    case VERDICT_UNKNOWN:
        verdict->summary = open_words(build->look) != NULL
                               ? build_text(build, "cannot tell: %s", open_words(build->look))
                           : nothing_measured(build) && bool_is(&build->look->e->target.local, true)
                               ? build_text(build, "cannot tell: the host is this machine, so there is no way to it")
                           : open < CHECK_COUNT && verdict->checks[open].why != NULL
                               ? build_text(build, "cannot tell: %s: %s", field_name_of(check_names, (int)open),
                                            verdict->checks[open].why)
                           : seen(said->code.source)
                               ? build_text(build, "not reproduced here: nothing found up to %s, %s, for 0x%" PRIx64,
                                            depth, verdict->vantage, (uint64_t)said->code.v)
                               : build_text(build, "cannot tell: a check that was needed brought no answer");
        break;
    case VERDICT_OK:
    default:
        verdict->summary = build_text(build, "nothing found up to %s, %s", depth, verdict->vantage);
        break;
    }
}

static void judge(struct build *build)
{
    struct verdict *verdict = build->verdict;
    verdict->vantage = logged_only(build->look)                       ? "in this log"
                       : told_only(build->look)                       ? told_vantage(build->look)
                       : ev_text_is(&build->look->e->command, "read") ? "in this capture"
                       : build->direct != NULL                        ? "from this machine, through the gateway"
                                                                      : "from this machine";
    verdict->stopped = stop_find(build->look, &verdict->stopped_at);
    if (verdict->stopped) {
        verdict->stopped_how = stop_words(build->look, verdict->stopped_at);
        build->failed = verdict->stopped_how == NULL;
    }
    /* each step reads what the ones before it left */
    void (*const steps[])(struct build *) = { build_checks, build_wanted,   build_findings,  settle,
                                              explain_stop, build_suspects, build_ruled_out, build_next,
                                              build_codes,  summarise };
    for (size_t i = 0; i < COUNT_OF(steps) && !build->failed; i++) {
        steps[i](build);
    }
}

struct verdict *diagnose(const struct evidence *evidence, struct error *error)
{
    struct look look;
    struct through_view view;
    const struct evidence *shown = through_view(&view, evidence);
    struct judged *judged = alloc_array(CAUSE_COUNT, sizeof *judged);
    struct verdict *verdict = alloc_new(sizeof *verdict);
    if (judged == NULL || verdict == NULL || !readings_compute(shown, &verdict->readings, error)) {
        goto no_memory;
    }
    look_init(&look, shown, &verdict->readings);
    rules_judge(&look, judged);
    struct build build = {
        .look = &look, .judged = judged, .verdict = verdict, .direct = shown != evidence ? &view.direct_look : NULL
    };
    judge(&build);
    if (shown != evidence) {
        verdict->readings.name = view.direct.name;
    }
    if (build.failed) {
        goto no_memory;
    }
    alloc_free(judged);
    return verdict;

no_memory:
    error_no_memory(error);
    alloc_free(judged);
    verdict_free(verdict);
    return NULL;
}

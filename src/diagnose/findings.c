/* Causes that fit become findings, in order of gravity; those that were excluded on the way say why. */
#include "diagnose/build.h"

#include "base/alloc.h"
#include "diagnose/gateway.h"
#include "diagnose/told.h"

static enum certainty certainty_of(enum outcome outcome)
{
    switch (outcome) {
    case ROW_PROVED:
        return CERTAINTY_PROVED;
    case ROW_LIKELY:
        return CERTAINTY_LIKELY;
    case ROW_POSSIBLE:
        return CERTAINTY_POSSIBLE;
    case ROW_APART:
    case ROW_UNDECIDED:
    case ROW_OUT:
    default:
        return CERTAINTY_NONE;
    }
}

/* What the program can do itself is named while it may still do it; what is of no use on this server, never. */
static bool useful(const struct build *build, enum test test)
{
    const struct test_fact *fact = test_fact(test);
    if (fact->by == BY_PROGRAM) {
        for (size_t i = 0; i < build->verdict->wanted_count; i++) {
            if (build->verdict->wanted[i] == test) {
                return true;
            }
        }
        return false;
    }
    if (test == TEST_REPEAT_MORE) {
        return build->look->repeats == 1; /* --deep repeats it, and has not run */
    }
    if (test == TEST_XRDP_LOG) {
        return build->look->kind == SERVER_XRDP;
    }
    bool windows_only = fact->place == PLACE_SERVER && fact->command != NULL;
    return !windows_only || !is_yes(build->look, NOT_WINDOWS);
}

static void add_decider(struct build *build, struct finding *finding, enum test test)
{
    if (test == TEST_NONE || !useful(build, test)) {
        return;
    }
    for (size_t i = 0; i < finding->decider_count; i++) {
        if (finding->deciders[i].test == test) {
            return;
        }
    }
    struct decider *deciders = build_grow(build, finding->deciders, finding->decider_count, sizeof *deciders);
    if (deciders == NULL) {
        return;
    }
    finding->deciders = deciders;
    deciders[finding->decider_count++] = (struct decider){ .test = test, .command = build_test_command(build, test) };
}

static void add_deciders(struct build *build, struct finding *finding, const struct rule *rule)
{
    if (finding->certainty == CERTAINTY_PROVED && !finding->blocks) {
        return; /* a fact that was read needs no deciding */
    }
    for (size_t i = 0; rule != NULL && i < RULE_NEAR && rule->near[i].cause != CAUSE_NONE; i++) {
        if (!build->judged[rule->near[i].cause].excluded) {
            add_decider(build, finding, rule->near[i].test);
        }
    }
    const struct cause_fact *fact = cause_fact(finding->cause);
    for (const enum test *test = fact->tests; test != NULL && *test != TEST_NONE; test++) {
        add_decider(build, finding, *test);
    }
    if (build->look->kind == SERVER_XRDP && fact->place == PLACE_SERVER) {
        add_decider(build, finding, TEST_XRDP_LOG);
    }
}

struct finding *build_finding(struct build *build, enum cause cause)
{
    struct verdict *verdict = build->verdict;
    struct finding *findings = build_grow(build, verdict->findings, verdict->finding_count, sizeof *findings);
    if (findings == NULL) {
        return NULL;
    }
    verdict->findings = findings;
    struct finding *finding = &findings[verdict->finding_count++];
    finding->cause = cause;
    finding->action = build_action(build, cause);
    return finding;
}

/* Each sign that was asked for and holds, in the row's order; the stage only when nothing else speaks, but a refusal
 * first: it is the server's own word. */
static void explain(struct build *build, struct finding *finding, const struct rule *rule)
{
    const bool refusal = rule->stage == REFUSED_2;
    if (refusal) {
        build_words(build, &finding->because, build_sign(build, rule->stage, rule->cause));
    }
    for (size_t i = 0; i < RULE_NEEDS && rule->needs[i] != SIGN_NONE; i++) {
        /* the words about the first ClientHello already say what became of the others */
        bool told = rule->needs[i] == CUT_EVERY_TIME || rule->needs[i] == GATEWAY_ON_WAY;
        if (!told && sign_see(rule->needs[i], build->look, rule->cause, NULL) == YES) {
            build_words(build, &finding->because, build_sign(build, rule->needs[i], rule->cause));
        }
    }
    bool weak = finding->because.count == 0 || rule->stage == CLOSED_BEFORE_CONFIRM || rule->stage == STALLED_IN_TLS ||
                rule->stage == NOT_RDP || rule->needs[0] == GATEWAY_ON_WAY;
    if (weak) {
        build_words(build, &finding->because, build_sign(build, rule->stage, rule->cause));
    }
}

/* Something was seen that points at this very cause, though no more than "possible" may be said. */
static bool borne_out(const struct build *build, enum cause cause)
{
    const struct rule *rule = build->judged[cause].rule;
    bool all = rule != NULL && rule->needs[0] != SIGN_NONE;
    for (size_t i = 0; all && i < RULE_NEEDS && rule->needs[i] != SIGN_NONE; i++) {
        all = sign_see(rule->needs[i], build->look, cause, NULL) == YES;
    }
    return all;
}

static unsigned rank_of(const struct build *build, const struct finding *finding)
{
    /* the code that the client showed comes before how often a cause is met, and after everything that was seen */
    return cause_fact(finding->cause)->weight + (code_fits(build->look->e, finding->cause) ? 100U : 0U) +
           (borne_out(build, finding->cause) ? 200U : 0U);
}

static bool graver(const struct build *build, const struct finding *a, const struct finding *b)
{
    if (a->blocks != b->blocks) {
        return a->blocks;
    }
    if (a->certainty != b->certainty) {
        return a->certainty > b->certainty;
    }
    return rank_of(build, a) > rank_of(build, b);
}

static void sort(struct build *build)
{
    struct verdict *verdict = build->verdict;
    for (size_t i = 1; i < verdict->finding_count; i++) {
        struct finding moved = verdict->findings[i];
        size_t to = i;
        while (to > 0 && graver(build, &moved, &verdict->findings[to - 1])) {
            verdict->findings[to] = verdict->findings[to - 1];
            to--;
        }
        verdict->findings[to] = moved;
    }
}

/* The way goes through a gateway: what keeps this machine from the host itself stops nobody. */
static bool beside_the_way(const struct build *build, enum cause cause)
{
    int check = CHECK_COUNT;
    const struct rule *rule = build->judged[cause].rule;
    const bool early =
        field_value_of(check_names, cause_fact(cause)->check, &check) && check <= (int)gateway_excuses(build->look);
    return is_yes(build->look, GATEWAY_ON_WAY) && (early || (rule != NULL && rule->stage == TCP_CLOSED));
}

/* What was seen of the host directly is no reason why the gateway ends the way. */
static bool blocks(const struct build *build, enum cause cause)
{
    int check = CHECK_COUNT;
    const bool direct = field_value_of(check_names, cause_fact(cause)->check, &check) && check < CHECK_GATEWAY;
    return !build->judged[cause].rule->beside &&
           !(direct && is_yes(build->look, GATEWAY_ON_WAY) && is_yes(build->look, GATEWAY_STOPS));
}

void build_findings(struct build *build)
{
    for (size_t i = CAUSE_NONE + 1; i < CAUSE_COUNT && !build->failed; i++) {
        const struct judged *judged = &build->judged[i];
        if (judged->outcome < ROW_POSSIBLE || beside_the_way(build, (enum cause)i)) {
            continue;
        }
        struct finding *finding = build_finding(build, (enum cause)i);
        if (finding == NULL) {
            return;
        }
        finding->certainty = certainty_of(judged->outcome);
        finding->blocks = blocks(build, (enum cause)i);
        explain(build, finding, judged->rule);
        add_deciders(build, finding, judged->rule);
    }
    sort(build);
}

/* What an address or a round trip is like makes some causes less fitting; it excludes none of them. */
static bool excludes_nothing(enum sign sign)
{
    return sign == PUBLIC_ADDRESS || sign == SHARED_ADDRESS || sign == INSTANT_ANSWER;
}

/* Only what came near is worth ruling out aloud. */
void build_ruled_out(struct build *build)
{
    struct verdict *verdict = build->verdict;
    for (size_t i = CAUSE_NONE + 1; i < CAUSE_COUNT && verdict->stopped && !build->failed; i++) {
        const struct judged *judged = &build->judged[i];
        if (judged->outcome != ROW_OUT || !judged->excluded || judged->rule->beside ||
            beside_the_way(build, (enum cause)i) || excludes_nothing(judged->excluded_by)) {
            continue;
        }
        char *because = build_sign(build, judged->excluded_by, (enum cause)i);
        struct ruled_out *items =
            because == NULL ? NULL : build_grow(build, verdict->ruled_out, verdict->ruled_out_count, sizeof *items);
        if (items == NULL) {
            alloc_free(because);
            continue;
        }
        verdict->ruled_out = items;
        items[verdict->ruled_out_count++] = (struct ruled_out){ (enum cause)i, because };
    }
}

/* Nothing found here, but the client showed a code: name the causes of that code that lie deeper than was looked. */
void build_suspects(struct build *build)
{
    enum { SUSPECTS_MOST = 6 };
    struct verdict *verdict = build->verdict;
    if (told_only(build->look)) {
        told_suspects(build);
        sort(build);
        return;
    }
    if (verdict->status != VERDICT_UNKNOWN) {
        return;
    }
    size_t before = verdict->finding_count;
    for (size_t i = CAUSE_NONE + 1; i < CAUSE_COUNT && !build->failed; i++) {
        int check = CHECK_NAME;
        const struct cause_fact *fact = cause_fact((enum cause)i);
        bool deeper = field_value_of(check_names, fact->check, &check) && check > (int)verdict->depth;
        /* a row whose stage was not looked at has not spoken */
        const bool judged = build->judged[i].rule != NULL &&
                            (build->judged[i].outcome != ROW_UNDECIDED || build->judged[i].rule->beside);
        if (!deeper || judged || !code_fits(build->look->e, (enum cause)i)) {
            continue;
        }
        struct finding *finding = build_finding(build, (enum cause)i);
        if (finding == NULL) {
            return;
        }
        finding->certainty = CERTAINTY_POSSIBLE;
        build_words(build, &finding->because,
                    build_text(build, "the client's code is one of its codes; this look did not go that deep"));
        add_deciders(build, finding, NULL);
    }
    sort(build);
    while (verdict->finding_count > before + SUSPECTS_MOST) {
        finding_release(&verdict->findings[--verdict->finding_count]);
    }
}

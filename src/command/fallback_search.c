/* The search as connections: what src/ways decides is gone here, one after the other. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command/fallback.h"
#include "command/progress.h"
#include "diagnose/through.h"
#include "plan/plan.h"
#include "platform/tty.h"
#include "probe/probe.h"
#include "probe/way.h"

enum { CONNECTIONS_MAX = 64 };

/* A document for one way: the same target, at the way's own place. */
static struct evidence *document_of(const struct fallback *fallback, const struct recipe *recipe, struct error *error)
{
    const struct evidence *plain = fallback->checking.evidence;
    struct evidence *evidence = evidence_new(error);
    char address[ADDRESS_TEXT_SIZE];
    address_format(&recipe->address, address);
    if (evidence == NULL) {
        return NULL;
    }
    ev_set_int(&evidence->schema, SOURCE_PROBE, EVIDENCE_SCHEMA);
    evidence->started = plain->started;
    ev_set_int(&evidence->target.port, SOURCE_USER, recipe->port);
    evidence->target.local = plain->target.local;
    if (!ev_set_words(&evidence->target.host, SOURCE_USER, recipe->host, error) ||
        !ev_set_words(&evidence->target.input, SOURCE_USER, recipe->host, error) ||
        !ev_set_words(&evidence->target.address, SOURCE_PROBE, address, error)) {
        evidence_free(evidence);
        return NULL;
    }
    return evidence;
}

/* "at tls: it closes 1 ms after the ClientHello", or how far it got. NULL: no memory. */
static char *words_of(const struct tried *tried, const struct tried *plain, struct error *error)
{
    if (tried->recipe.transport == RECIPE_GATEWAY && !ways_is_through(tried, plain)) {
        return alloc_text("the gateway opened a channel to the host, and RDP answers in it; the logon behind it was "
                          "not tried");
    }
    if (tried->depth >= DEPTH_DOOR) {
        return alloc_text(depth_words(tried->evidence));
    }
    if (depth_refusal(tried->evidence) != NULL) {
        return alloc_text(depth_refusal(tried->evidence));
    }
    struct verdict *verdict = diagnose(tried->evidence, error);
    char *words = NULL;
    if (verdict != NULL && verdict->stopped && verdict->stopped_at != CHECK_GATEWAY && verdict->stopped_how != NULL) {
        words = alloc_format("at %s: %s", field_name_of(check_names, (int)verdict->stopped_at), verdict->stopped_how);
    } else if (verdict != NULL) {
        words = alloc_text(depth_words(tried->evidence));
    }
    verdict_free(verdict);
    return words;
}

/* The run's own record of its connections holds those of the ways, too. */
static bool keep_connection(struct fallback *fallback, const struct evidence *way, struct error *error)
{
    ev_each (connection, const struct ev_connection, &way->connections) {
        struct ev_connection *kept = ev_list_add(&fallback->checking.evidence->connections, SOURCE_PROBE,
                                                 &connection_table, CONNECTIONS_MAX, error);
        if (kept == NULL || !field_copy(&connection_table, connection, kept, error)) {
            return false;
        }
        ev_set_enum(&kept->purpose, SOURCE_PROBE, PURPOSE_WAY);
    }
    return true;
}

/* Some seconds may pass: the person sees what for. */
static void say_next(struct fallback *fallback, const struct recipe *recipe)
{
    char title[RECIPE_TITLE_SIZE];
    if (platform_tty_is(fileno(stderr))) {
        recipe_title(recipe, title);
        progress_say(fallback->checking.progress, "trying: %s", title);
    }
}

static bool go(struct fallback *fallback, const struct recipe *recipe, struct error *error)
{
    struct run *run = &fallback->checking.run;
    const size_t at = fallback->count;
    snprintf(fallback->hosts[at], RECIPE_HOST_SIZE, "%s", recipe->name[0] != '\0' ? recipe->name : recipe->host);
    const struct probe_way way = {
        .host = fallback->hosts[at],
        .address = recipe->address,
        .port = recipe->port,
        .offer = recipe_offer(recipe),
        .mss = recipe->transport == RECIPE_SMALL ? RECIPE_MSS : 0,
        .wide_tls = recipe->wide_tls,
        .anonymous = recipe->from == RECIPE_NAME,
    };
    say_next(fallback, recipe);
    fallback->own[at] = document_of(fallback, recipe, error);
    if (fallback->own[at] == NULL || !probe_way_start(run, &way, fallback->own[at], error) || !plan_run(run, error)) {
        return false;
    }
    struct tried *tried = &fallback->tried[at];
    *tried = (struct tried){ .recipe = *recipe, .evidence = fallback->own[at], .depth = depth_of(fallback->own[at]) };
    ways_learn(tried, &fallback->tried[0]);
    fallback->how[at] = words_of(tried, &fallback->tried[0], error);
    fallback->count++;
    return (fallback->how[at] != NULL || error_no_memory(error)) && keep_connection(fallback, fallback->own[at], error);
}

/* --- asking --- */

static bool person_agrees(const struct ways_plan *plan)
{
    char answer[16];
    char title[RECIPE_TITLE_SIZE];
    if (!platform_tty_is(fileno(stdin)) || !platform_tty_is(fileno(stderr))) {
        return false;
    }
    recipe_title(&plan->recipes[0], title);
    fprintf(stderr,
            "\nThree connections were made, and nothing is open yet. Up to %zu more would be tried, next: %s.\n"
            "More connections can wake a ban tool. Go on? [y/N] ",
            plan->count, title);
    fflush(stderr);
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y') &&
           (answer[1] == '\n' || strcmp(answer + 1, "es\n") == 0);
}

static bool may_go_on(struct fallback *fallback, const struct ways_plan *plan)
{
    const struct run_options *options = &fallback->options->run;
    if (!options->again && !options->deep && !person_agrees(plan)) {
        return false;
    }
    probe_allow_more(&fallback->checking.run, (unsigned)plan->count);
    return true;
}

/* --- the search --- */

/* What the machine is called besides, and where the system finds that. */
static bool look_up_names(struct fallback *fallback, struct error *error)
{
    struct run *run = &fallback->checking.run;
    const bool wanted = !ways_is_open(&fallback->tried[0], &fallback->tried[0]) && !run_stopping(run);
    fallback->name_count = wanted ? ways_names_of(fallback->checking.evidence, fallback->names) : 0;
    for (size_t i = 0; i < fallback->name_count; i++) {
        fallback->lookups[i] = (struct probe_name){ .name = fallback->names[i].name };
    }
    if (fallback->name_count > 0 &&
        (!probe_names_start(run, fallback->lookups, fallback->name_count, error) || !plan_run(run, error))) {
        return false;
    }
    for (size_t i = 0; i < fallback->name_count; i++) {
        fallback->names[i].count = fallback->lookups[i].count;
        memcpy(fallback->names[i].addresses, fallback->lookups[i].addresses, sizeof fallback->names[i].addresses);
    }
    return true;
}

static bool begin(struct fallback *fallback, struct error *error)
{
    fallback->count = ways_of_check(fallback->checking.evidence, &fallback->through, fallback->tried);
    for (size_t i = 0; i < fallback->count; i++) {
        fallback->how[i] = words_of(&fallback->tried[i], &fallback->tried[0], error);
        if (fallback->how[i] == NULL) {
            return error_no_memory(error);
        }
    }
    return true;
}

/* How the plain way failed is known best at the end: deciding tests may have told more. */
static bool say_plain(struct fallback *fallback, struct error *error)
{
    const struct verdict *verdict = fallback->checking.verdict;
    const struct tried *plain = &fallback->tried[0];
    char *words = NULL;
    if (plain->depth >= DEPTH_DOOR) {
        return true;
    }
    if (fallback->count > 1 && fallback->tried[1].by_check && fallback->tried[1].recipe.from == RECIPE_ANSWER) {
        char address[ADDRESS_TEXT_SIZE];
        address_format(&plain->recipe.address, address);
        words = alloc_format("its first address, %s, does not open", address);
    } else if (fallback->count > 1 && fallback->tried[1].by_check && fallback->tried[1].recipe.old_tls) {
        words = alloc_text("the server speaks TLS 1.0 or 1.1 at most, which clients of today refuse");
    } else if (verdict->stopped && verdict->stopped_at != CHECK_GATEWAY && verdict->stopped_how != NULL) {
        words = alloc_format("at %s: %s", field_name_of(check_names, (int)verdict->stopped_at), verdict->stopped_how);
    } else {
        return true;
    }
    if (words == NULL) {
        return error_no_memory(error);
    }
    alloc_free(fallback->how[0]);
    fallback->how[0] = words;
    return true;
}

static bool any_found(const struct fallback *fallback)
{
    for (size_t i = 0; i < fallback->count; i++) {
        if (ways_is_open(&fallback->tried[i], &fallback->tried[0])) {
            return true;
        }
    }
    return false;
}

/* Each judgement fills in anew what was seen behind the gateway, which is borrowed here. */
static void borrow_again(struct fallback *fallback)
{
    if (!through_show(fallback->checking.evidence, &fallback->through)) {
        fallback->through = (struct evidence){ 0 };
    }
}

bool fallback_search(struct fallback *fallback, struct error *error)
{
    struct run *run = &fallback->checking.run;
    struct ways_plan plan;
    if (!check_ask_trust(&fallback->checking, error) || !begin(fallback, error) || !look_up_names(fallback, error)) {
        return false;
    }
    while (fallback->count < WAYS_MAX) {
        const struct ways_input input = {
            .verdict = fallback->checking.verdict,
            .names = fallback->names,
            .name_count = fallback->name_count,
            .tried = fallback->tried,
            .count = fallback->count,
            .ports = fallback->options->fallback.ports,
            .port_count = fallback->options->fallback.port_count,
            .left = probe_connects_left(run),
        };
        const enum ways_step step = ways_next(&input, &plan);
        if (step == WAYS_DONE) {
            break;
        }
        if (run_stopping(run) || (step == WAYS_ASK && !may_go_on(fallback, &plan))) {
            fallback->untried = (unsigned)plan.count;
            fallback->ended = run_stopping(run);
            break;
        }
        if (!go(fallback, &plan.recipes[0], error)) {
            return false;
        }
        /* One that was broken off has told nothing. */
        if (run_stopping(run) && fallback->tried[fallback->count - 1].depth < DEPTH_DOOR) {
            fallback->count--;
        }
    }
    /* Nothing is open: what is left of the connections goes to the question why. */
    if (!any_found(fallback) && !run_stopping(run) && !check_decide(&fallback->checking, error)) {
        return false;
    }
    if (!check_settle(&fallback->checking, error)) {
        return false;
    }
    borrow_again(fallback);
    return say_plain(fallback, error);
}

/* rdpwhy fix CAUSE: the repair as a reviewed script, its undo, and the way to deliver it. Nothing is run. */
#include "command/fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "command/nearest.h"
#include "facts/find.h"
#include "platform/tty.h"
#include "json/compose.h"
#include "json/document.h"

static bool has_remedy(enum cause cause)
{
    return remedy_for(cause, 0) != NULL;
}

static bool find_cause(const char *name, struct repair_request *request, struct error *error)
{
    char list[256];
    request->cause = cause_by_slug(name);
    if (request->cause == CAUSE_NONE && request->remedy == NULL) {
        request->remedy = remedy_by_name(name);
    }
    if (request->cause == CAUSE_NONE && request->remedy == NULL) {
        struct found found = { .count = 0 };
        if (find_are_words(name) && find_in_words(name, &found, NULL)) {
            return error_set(
                error, ERROR_USAGE,
                "fix: %.60s is a code, and many causes show it: rdpwhy %.60s lists them, rdpwhy HOST finds "
                "out which it is",
                name, name);
        }
        nearest_causes(name, has_remedy, list, sizeof list);
        return error_set(
            error, ERROR_USAGE,
            "fix: \"%.60s\" is no cause; nearest: %s (rdpwhy fix lists all; rdpwhy HOST --fix finds it out)", name,
            list);
    }
    if (request->cause != CAUSE_NONE && remedy_for(request->cause, 0) == NULL) {
        const struct cause_fact *fact = cause_fact(request->cause);
        return error_set(error, ERROR_USAGE, "fix: %s: there is no script for it. What to do: %s", fact->slug,
                         fact->action);
    }
    return true;
}

static bool system_known(const char *system)
{
    const struct remedy_fact *remedy;
    for (unsigned i = 0; (remedy = remedy_at(i)) != NULL; i++) {
        if (strcmp(remedy->system, system) == 0) {
            return true;
        }
    }
    return false;
}

/* "console, azure, ...". Returns `list`. */
static const char *list_ways(char *list, size_t size)
{
    size_t used = 0;
    for (const struct delivery *delivery = deliveries; delivery->id != NULL && used < size; delivery++) {
        used += (size_t)snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", delivery->id);
    }
    return list;
}

bool fix_request(const struct fix_options *options, struct repair_request *request, struct error *error)
{
    char ways[160];
    *request = (struct repair_request){ .part = options->part, .values = &options->values, .system = options->system };
    if (options->remedy != NULL && (request->remedy = remedy_by_name(options->remedy)) == NULL) {
        return error_set(error, ERROR_USAGE, "fix: --remedy \"%.60s\" is not known", options->remedy);
    }
    if (options->system != NULL && !system_known(options->system)) {
        return error_set(error, ERROR_USAGE, "fix: --system \"%.40s\": no repair is for that", options->system);
    }
    if (options->delivery != NULL && (request->delivery = delivery_find(options->delivery)) == NULL) {
        return error_set(error, ERROR_USAGE, "fix: --for \"%.40s\" is no way we know; they are: %s", options->delivery,
                         list_ways(ways, sizeof ways));
    }
    return options->cause == NULL || find_cause(options->cause, request, error);
}

/* The verdict of the saved document names the cause when the command line does not. */
static bool take_evidence(const struct fix_options *options, struct repair_request *request, struct evidence **evidence,
                          struct error *error)
{
    *evidence = document_load_file(options->evidence, error);
    if (*evidence == NULL) {
        return false;
    }
    request->evidence = *evidence;
    if (request->cause != CAUSE_NONE || request->remedy != NULL) {
        return true;
    }
    struct verdict *verdict = diagnose(*evidence, error);
    if (verdict == NULL) {
        return false;
    }
    request->cause = verdict->cause;
    verdict_free(verdict);
    if (request->cause == CAUSE_NONE) {
        return error_set(error, ERROR_DATA, "fix: %.200s: no cause is at least likely there; name one",
                         options->evidence);
    }
    return find_cause(cause_fact(request->cause)->slug, request, error);
}

static bool print_json(char *text, struct error *error)
{
    bool done = text != NULL && output_text(text, error);
    alloc_free(text);
    return done;
}

/* Only where a person is there to answer. */
static bool may_ask(const struct fix_options *options)
{
    return !options->json && !options->quiet && platform_tty_is(fileno(stdin)) && platform_tty_is(fileno(stderr));
}

static bool print_repair(struct fix_options *options, struct repair_request *request, struct repair *repair,
                         struct error *error)
{
    if (!repair_build(request, repair, error)) {
        return false;
    }
    if (repair->missing_count > 0 && may_ask(options) && fix_ask(repair, &options->values)) {
        repair_release(repair);
        if (!repair_build(request, repair, error)) {
            return false;
        }
    }
    const struct fix_view view = { request->evidence, options->evidence, output_colour_for(options->colour, stdout) };
    if (options->write != NULL) {
        return fix_write(stdout, request, repair, &view, options->write, error);
    }
    if (options->json) {
        return print_json(repair_document(repair, error), error);
    }
    if (options->quiet) {
        return output_text(repair->script, error);
    }
    return fix_print(stdout, repair, &view, error);
}

static bool answer_folk(const struct fix_options *options, struct error *error)
{
    const char *const *words = options->words;
    if (!fix_folk_any(words)) {
        return error_set(error, ERROR_USAGE,
                         "fix: --folk: nothing is known there with \"%.60s\"; --folk alone lists all", words[0]);
    }
    return options->json ? print_json(fix_folk_document(words, error), error)
                         : fix_print_folk(stdout, words, output_colour_for(options->colour, stdout), error);
}

/* Nobody said for what: the list; but not when a script was meant. */
static bool print_list(const struct fix_options *options, struct error *error)
{
    if (options->part != PART_APPLY || options->write != NULL || options->delivery != NULL || options->quiet ||
        options->system != NULL) {
        return error_set(error, ERROR_USAGE,
                         "fix: for which cause? rdpwhy fix lists them, rdpwhy HOST --fix finds it out");
    }
    return options->json ? print_json(fix_list_document(error), error)
                         : fix_print_list(stdout, output_colour_for(options->colour, stdout), error);
}

static bool run(struct fix_options *options, struct error *error)
{
    struct repair_request request;
    struct evidence *evidence = NULL;
    if (options->folk) {
        return answer_folk(options, error);
    }
    if (!fix_request(options, &request, error)) {
        return false;
    }
    if (options->cause == NULL && options->evidence == NULL && options->remedy == NULL) {
        return print_list(options, error);
    }
    struct repair *repair = alloc_new(sizeof *repair);
    bool done = repair != NULL || error_no_memory(error);
    done = done && (options->evidence == NULL || take_evidence(options, &request, &evidence, error)) &&
           print_repair(options, &request, repair, error);
    if (repair != NULL) {
        repair_release(repair);
    }
    alloc_free(repair);
    evidence_free(evidence);
    return done;
}

int command_fix(int argc, char **argv)
{
    struct error error = { .kind = ERROR_NONE };
    int status = 0;
    struct fix_options *options = alloc_new(sizeof *options);
    bool done = options != NULL || error_no_memory(&error);
    done = done && fix_options_parse(argc, argv, options, &error);
    if (done && options->help) {
        fix_options_help(stdout);
    } else if (done && options->apply.wanted) {
        status = fix_apply(options);
    } else if (done) {
        done = run(options, &error);
    }
    alloc_free(options);
    return done ? status : command_failed(&error);
}

char *fix_list_document(struct error *error)
{
    struct compose *compose = compose_new("fix");
    compose_array(compose, "causes");
    for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
        const struct remedy_fact *remedy;
        if (remedy_for((enum cause)id, 0) == NULL) {
            continue;
        }
        compose_object(compose, NULL);
        compose_text(compose, "cause", cause_fact((enum cause)id)->slug);
        compose_array(compose, "remedies");
        for (unsigned i = 0; (remedy = remedy_for((enum cause)id, i)) != NULL; i++) {
            compose_object(compose, NULL);
            compose_text(compose, "remedy", remedy->name);
            compose_text(compose, "system", remedy->system);
            compose_text(compose, "where", place_name(remedy->where));
            compose_text(compose, "risk", risk_name(remedy->risk));
            compose_text(compose, "title", remedy->title);
            compose_end(compose);
        }
        compose_end(compose);
        compose_end(compose);
    }
    compose_end(compose);
    compose_array(compose, "deliveries");
    for (const struct delivery *delivery = deliveries; delivery->id != NULL; delivery++) {
        compose_text(compose, NULL, delivery->id);
    }
    compose_end(compose);
    return compose_finish(compose, error);
}

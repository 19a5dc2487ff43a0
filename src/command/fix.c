/* rdpwhy fix CAUSE: the repair as a reviewed script, its undo, and the way to deliver it. Nothing is run. */
#include "command/fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "platform/tty.h"
#include "json/compose.h"
#include "json/document.h"

enum { NEAREST = 3, NAME_MAX_LENGTH = 63 };

/* How many letters have to be changed, added or taken away (Levenshtein's distance), for `b` or for how it begins. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_LENGTH + 1];
    size_t width = strlen(b) < NAME_MAX_LENGTH ? strlen(b) : NAME_MAX_LENGTH;
    for (size_t j = 0; j <= width; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 1; a[i - 1] != '\0' && i <= NAME_MAX_LENGTH; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= width; j++) {
            unsigned change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
            unsigned least = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
            corner = row[j];
            row[j] = change < least ? change : least;
        }
    }
    unsigned least = row[width];
    for (size_t j = 0; j < width; j++) {
        least = row[j] + 1 < least ? row[j] + 1 : least;
    }
    return least;
}

/* "a, b, c": the causes with a repair whose names are nearest; those that hold the word come first. */
static void nearest(const char *name, char *list, size_t size)
{
    bool taken[CAUSE_COUNT] = { false };
    size_t used = 0;
    list[0] = '\0';
    for (int turn = 0; turn < NEAREST; turn++) {
        int best = CAUSE_NONE;
        unsigned least = 1000;
        for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
            if (taken[id] || remedy_for((enum cause)id, 0) == NULL) {
                continue;
            }
            const char *slug = cause_fact((enum cause)id)->slug;
            unsigned far = strstr(slug, name) != NULL ? 0 : distance(name, slug);
            if (far < least) {
                least = far;
                best = id;
            }
        }
        if (best == CAUSE_NONE) {
            return;
        }
        taken[best] = true;
        used += (size_t)snprintf(list + used, used < size ? size - used : 0, "%s%s", turn > 0 ? ", " : "",
                                 cause_fact((enum cause)best)->slug);
    }
}

static enum cause cause_named(const char *name)
{
    for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
        if (strcmp(cause_fact((enum cause)id)->slug, name) == 0) {
            return (enum cause)id;
        }
    }
    return CAUSE_NONE;
}

static bool find_cause(const char *name, struct repair_request *request, struct error *error)
{
    char list[256];
    request->cause = cause_named(name);
    if (request->cause == CAUSE_NONE && request->remedy == NULL) {
        request->remedy = remedy_by_name(name);
    }
    if (request->cause == CAUSE_NONE && request->remedy == NULL) {
        nearest(name, list, sizeof list);
        return error_set(error, ERROR_USAGE, "fix: \"%.60s\" is no cause; nearest: %s (rdpwhy fix lists all)", name,
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

bool fix_request(const struct fix_options *options, struct repair_request *request, struct error *error)
{
    *request = (struct repair_request){ .part = options->part, .values = &options->values, .system = options->system };
    if (options->remedy != NULL && (request->remedy = remedy_by_name(options->remedy)) == NULL) {
        return error_set(error, ERROR_USAGE, "fix: --remedy \"%.60s\" is not known", options->remedy);
    }
    if (options->system != NULL && !system_known(options->system)) {
        return error_set(error, ERROR_USAGE, "fix: --system \"%.40s\": no repair is for that", options->system);
    }
    if (options->delivery != NULL && (request->delivery = delivery_find(options->delivery)) == NULL) {
        return error_set(error, ERROR_USAGE, "fix: --for \"%.40s\" is no way we know; rdpwhy fix --help lists them",
                         options->delivery);
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

static bool print_text(const char *text, struct error *error)
{
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0) {
        return error_set(error, ERROR_INTERNAL, "cannot write to standard output");
    }
    return true;
}

static bool print_json(char *text, struct error *error)
{
    bool done = text != NULL && print_text(text, error);
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
    if (options->write != NULL) {
        return fix_write(stdout, request, repair, options->write, error);
    }
    if (options->json) {
        return print_json(repair_document(repair, error), error);
    }
    if (options->quiet) {
        return print_text(repair->script, error);
    }
    const struct value *host = values_find(&repair->values, "computer");
    return fix_print(stdout, repair, host != NULL ? host->text : NULL, output_colour_for(options->colour, stdout),
                     error);
}

static bool run(struct fix_options *options, struct error *error)
{
    struct repair_request request;
    struct evidence *evidence = NULL;
    if (options->folk) {
        bool colour = output_colour_for(options->colour, stdout);
        return options->json ? print_json(fix_folk_document(error), error) : fix_print_folk(stdout, colour, error);
    }
    if (!fix_request(options, &request, error)) {
        return false;
    }
    if (options->cause == NULL && options->evidence == NULL && options->remedy == NULL) {
        bool colour = output_colour_for(options->colour, stdout);
        return options->json ? print_json(fix_list_document(error), error) : fix_print_list(stdout, colour, error);
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
    if (fix_applies(argc, argv)) {
        return fix_apply(argc, argv);
    }
    struct error error = { .kind = ERROR_NONE };
    struct fix_options *options = alloc_new(sizeof *options);
    bool done = options != NULL || error_no_memory(&error);
    done = done && fix_options_parse(argc, argv, options, &error);
    if (done && options->help) {
        fix_options_help(stdout);
    } else if (done) {
        done = run(options, &error);
    }
    alloc_free(options);
    return done ? 0 : command_failed(&error);
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

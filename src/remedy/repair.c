#include "remedy/remedy.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/attributes.h"

bool repair_is_for_windows(const struct remedy_fact *remedy)
{
    return remedy->kind == REMEDY_POWERSHELL || remedy->kind == REMEDY_CMD;
}

static bool add_note(struct repair *repair, struct error *error, const char *format, ...) PRINTF_LIKE(3, 4);
static bool add_note(struct repair *repair, struct error *error, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (repair->note_count == REPAIR_NOTES) {
        return true;
    }
    char *copy = alloc_text(text);
    if (copy == NULL) {
        return error_no_memory(error);
    }
    repair->notes[repair->note_count++] = copy;
    return true;
}

/* What a saved document knows, under the names that remedies and deliveries ask by. */
static const char *from_evidence(const struct evidence *evidence, const char *name, char room[24])
{
    static const char *const hosts[] = { "host", "computer", "server" };
    const struct ev_target *target = &evidence->target;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        if (strcmp(hosts[i], name) == 0) {
            return target->host.source != SOURCE_NONE ? target->host.v : NULL;
        }
    }
    if (strcmp(name, "address") == 0) {
        return target->address.source != SOURCE_NONE ? target->address.v : NULL;
    }
    if (strcmp(name, "port") == 0 && target->port.source != SOURCE_NONE) {
        snprintf(room, 24, "%" PRId64, target->port.v);
        return room;
    }
    return NULL;
}

/* A value from the evidence was chosen by a stranger: what does not fit is left out and said, never an error. */
static bool fill(struct repair *repair, const struct repair_request *request, const char *name, enum ask_type type,
                 struct error *error)
{
    char room[24];
    struct error why = { .kind = ERROR_NONE };
    if (request->evidence == NULL || values_find(&repair->values, name) != NULL) {
        return true;
    }
    const char *text = from_evidence(request->evidence, name, room);
    if (text == NULL) {
        return true;
    }
    bool redacted = request->evidence->redacted.source != SOURCE_NONE && request->evidence->redacted.v;
    if (redacted && strcmp(name, "port") != 0) {
        return true;
    }
    if (strlen(text) >= VALUE_SIZE || !value_check(type, "the evidence", text, &why)) {
        return add_note(repair, error,
                        "the evidence names %s, but not in a form that may stand in a script; it is left out", name);
    }
    return values_set(&repair->values, name, text, "the evidence", error);
}

static bool fill_all(struct repair *repair, const struct repair_request *request, struct error *error)
{
    for (const struct ask *ask = repair->delivery->asks; ask->name != NULL; ask++) {
        if (!fill(repair, request, ask->name, ask->type, error)) {
            return false;
        }
    }
    for (unsigned i = 0; i < repair->remedy->ask_count; i++) {
        const struct remedy_ask *ask = &repair->remedy->asks[i];
        if (!fill(repair, request, ask->name, ask->type, error)) {
            return false;
        }
    }
    return true;
}

static void add_missing(struct repair *repair, const char *name, enum ask_type type, const char *words, bool in_script)
{
    for (size_t i = 0; i < repair->missing_count; i++) {
        if (strcmp(repair->missing[i].name, name) == 0) {
            return;
        }
    }
    if (repair->missing_count < REPAIR_MISSING) {
        repair->missing[repair->missing_count++] = (struct repair_missing){ name, type, words, in_script };
    }
}

static void list_missing(struct repair *repair)
{
    for (unsigned i = 0; i < repair->remedy->ask_count; i++) {
        const struct remedy_ask *ask = &repair->remedy->asks[i];
        if (ask->preset == NULL && values_find(&repair->values, ask->name) == NULL) {
            add_missing(repair, ask->name, ask->type, ask->words, repair->remedy->kind != REMEDY_WORDS);
        }
    }
    for (size_t i = 0; i < repair->wrapped.missing_count; i++) {
        const struct ask *ask = repair->wrapped.missing[i];
        add_missing(repair, ask->name, ask->type, ask->words, false);
    }
}

static void list_others(struct repair *repair)
{
    const struct remedy_fact *other;
    const struct remedy_fact *own = repair->remedy;
    for (unsigned i = 0; repair->cause != CAUSE_NONE && (other = remedy_for(repair->cause, i)) != NULL; i++) {
        bool beside = strcmp(other->system, own->system) != 0;
        if (other == own) {
            continue;
        }
        if (beside && repair->elsewhere_count < REPAIR_OTHERS) {
            repair->elsewhere[repair->elsewhere_count++] = other;
        } else if (!beside && repair->wider_count < REPAIR_OTHERS) {
            repair->wider[repair->wider_count++] = other;
        }
    }
}

static bool add_notes(struct repair *repair, const struct repair_request *request, struct error *error)
{
    const char *waits = remedy_waits_for(repair->remedy, request->evidence);
    bool done = true;
    if (repair_is_for_windows(repair->remedy)) {
        done = add_note(repair, error,
                        "not yet run on Windows: read the script, and look (--dry-run) before you apply it");
    }
    if (waits != NULL) {
        done = done && add_note(repair, error, "only when %s", waits);
    }
    if (repair->remedy->unconfirmed != NULL) {
        done = done && add_note(repair, error, "not confirmed by any page: %s", repair->remedy->unconfirmed);
    }
    for (size_t i = 0; i < repair->wrapped.note_count; i++) {
        done = done && add_note(repair, error, "%s", repair->wrapped.notes[i]);
    }
    return done;
}

static bool is_for(const struct remedy_fact *remedy, enum cause cause)
{
    const enum cause *one = remedy->causes;
    while (*one != CAUSE_NONE && *one != cause) {
        one++;
    }
    return *one == cause;
}

static bool choose(struct repair *repair, const struct repair_request *request, struct error *error)
{
    repair->remedy = remedy_choose(request);
    repair->cause = request->cause;
    const struct cause_fact *cause = cause_fact(request->cause); /* NULL only when a remedy was named */
    if (repair->remedy == NULL && request->delivery != NULL) {
        return error_set(error, ERROR_USAGE, "%s: --for %s cannot carry any of its repairs; rdpwhy fix %s shows them",
                         cause->slug, request->delivery->id, cause->slug);
    }
    if (repair->remedy == NULL) {
        return error_set(error, ERROR_USAGE,
                         "%s: no repair%s%s with the part \"%s\"; rdpwhy fix %s shows what there is", cause->slug,
                         request->system != NULL ? " for " : "", request->system != NULL ? request->system : "",
                         remedy_part_name(request->part), cause->slug);
    }
    if (repair->cause == CAUSE_NONE) {
        repair->cause = repair->remedy->causes[0];
    }
    if (!is_for(repair->remedy, repair->cause)) {
        return error_set(error, ERROR_USAGE, "%s: no repair for %s", repair->remedy->name, cause->slug);
    }
    bool for_disk = strcmp(repair->remedy->system, "windows-offline") == 0;
    if (for_disk && request->delivery == NULL) {
        repair->delivery = delivery_find("offline");
    }
    bool offline = strcmp(repair->delivery->id, "offline") == 0;
    if (offline != for_disk) {
        return error_set(error, ERROR_USAGE, "%s: %s", repair->remedy->name,
                         offline ? "it needs the machine running; --for offline is for the disk of a stopped one"
                                 : "it is for the disk of a stopped Windows: --for offline");
    }
    return true;
}

static bool scripts(struct repair *repair, struct error *error)
{
    char stem[80];
    const struct remedy_fact *remedy = repair->remedy;
    repair->script = remedy_script(remedy, repair->part, &repair->values, error);
    if (repair->script == NULL) {
        return false;
    }
    repair->verify = remedy_script(remedy, PART_VERIFY, &repair->values, error);
    repair->undo = remedy_has(remedy, PART_UNDO) ? remedy_script(remedy, PART_UNDO, &repair->values, error) : NULL;
    if (repair->verify == NULL || (repair->undo == NULL && remedy_has(remedy, PART_UNDO))) {
        return false;
    }
    snprintf(stem, sizeof stem, "%s-%s", remedy->name, remedy_part_name(repair->part));
    return delivery_wrap(repair->delivery, remedy->kind, stem, repair->script, &repair->values, &repair->wrapped,
                         error);
}

bool repair_build(const struct repair_request *request, struct repair *out, struct error *error)
{
    struct repair *repair = alloc_new(sizeof *repair); /* the values alone are some kilobytes */
    if (repair == NULL) {
        return error_no_memory(error);
    }
    repair->part = request->part;
    repair->delivery = request->delivery != NULL ? request->delivery : delivery_find("console");
    if (request->values != NULL) {
        repair->values = *request->values;
    }
    bool done = choose(repair, request, error) && fill_all(repair, request, error) && scripts(repair, error) &&
                add_notes(repair, request, error);
    if (done) {
        list_missing(repair);
        list_others(repair);
        *out = *repair;
    } else {
        repair_release(repair);
    }
    alloc_free(repair);
    return done;
}

void repair_release(struct repair *repair)
{
    alloc_free(repair->script);
    alloc_free(repair->undo);
    alloc_free(repair->verify);
    wrapped_release(&repair->wrapped);
    for (size_t i = 0; i < repair->note_count; i++) {
        alloc_free(repair->notes[i]);
    }
    memset(repair, 0, sizeof *repair);
}

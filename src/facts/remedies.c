#include "facts/remedies.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"
#include "facts/tables.h"

const struct remedy_fact *remedy_by_name(const char *name)
{
    for (unsigned i = 0; i < facts_remedies_count; i++)
        if (strcmp(facts_remedies[i].name, name) == 0)
            return &facts_remedies[i];
    return NULL;
}

const struct remedy_fact *remedy_at(unsigned index)
{
    return index < facts_remedies_count ? &facts_remedies[index] : NULL;
}

static bool repairs(const struct remedy_fact *remedy, enum cause cause)
{
    for (const enum cause *c = remedy->causes; *c != CAUSE_NONE; c++)
        if (*c == cause)
            return true;
    return false;
}

/* Has `a` its turn before `b`? By order; among equals the one that is made for this cause before all others; then by
 * name (the table is sorted by it). */
static bool before(const struct remedy_fact *a, const struct remedy_fact *b, enum cause cause)
{
    bool made_for = a->causes[0] == cause;
    if (a->order != b->order)
        return a->order < b->order;
    return made_for != (b->causes[0] == cause) ? made_for : a < b;
}

const struct remedy_fact *remedy_for(enum cause cause, unsigned index)
{
    const struct remedy_fact *last = NULL;
    for (unsigned turn = 0; turn <= index; turn++) {
        const struct remedy_fact *next = NULL;
        for (unsigned i = 0; i < facts_remedies_count; i++) {
            const struct remedy_fact *one = &facts_remedies[i];
            if (repairs(one, cause) && (last == NULL || before(last, one, cause)) &&
                (next == NULL || before(one, next, cause)))
                next = one;
        }
        if (next == NULL)
            return NULL;
        last = next;
    }
    return last;
}

bool remedy_system_is_machine(const char *system)
{
    static const char *const machines[] = { "windows", "windows-offline", "xrdp", "freerdp", "gnome-remote-desktop",
                                            "weston",  "linux",           "macos" };
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        if (strcmp(machines[i], system) == 0)
            return true;
    return false;
}

const struct remedy_fact *remedy_usual(enum cause cause)
{
    const struct remedy_fact *usual = NULL;
    const struct remedy_fact *one;
    for (unsigned i = 0; (one = remedy_for(cause, i)) != NULL; i++) {
        bool windows = strcmp(one->system, "windows") == 0;
        if (usual != NULL && one->order > usual->order)
            break;
        if (windows ? usual == NULL || !remedy_system_is_machine(usual->system)
                    : usual == NULL && !remedy_system_is_machine(one->system))
            usual = one;
    }
    return usual != NULL ? usual : remedy_for(cause, 0);
}

const struct remedy_frame *remedy_frame(enum remedy_kind kind)
{
    return &facts_frames[(unsigned)kind < REMEDY_KIND_COUNT ? kind : REMEDY_WORDS];
}

const char *remedy_kind_name(enum remedy_kind kind)
{
    static const char *const names[] = { "powershell", "cmd", "sh", "words" };
    return (unsigned)kind < COUNT_OF(names) ? names[kind] : "words";
}

const char *ask_type_name(enum ask_type type)
{
    static const char *const names[] = { "hostname", "ip",    "host",    "cidr", "port", "number",
                                         "hex40",    "ident", "account", "path", "label" };
    return (unsigned)type < COUNT_OF(names) ? names[type] : "label";
}

#include "facts/codes.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "facts/tables.h"

struct list {
    const struct code_fact *rows;
    unsigned count;
};

static struct list list_of(enum code_kind kind)
{
    switch (kind) {
    case CODE_DISCONNECT:
        return (struct list){ facts_disconnect, facts_disconnect_count };
    case CODE_EXTENDED:
        return (struct list){ facts_extended, facts_extended_count };
    case CODE_ERRINFO:
        return (struct list){ facts_errinfo, facts_errinfo_count };
    case CODE_NEGOTIATION:
        return (struct list){ facts_negotiation, facts_negotiation_count };
    case CODE_NTSTATUS:
    case CODE_HRESULT:
        return (struct list){ facts_status, facts_status_count };
    case CODE_GATEWAY:
        return (struct list){ facts_gateway, facts_gateway_count };
    case CODE_FREERDP:
        return (struct list){ facts_freerdp, facts_freerdp_count };
    case CODE_EVENT:
        break;
    }
    return (struct list){ NULL, 0 };
}

/* status.tsv holds two kinds, told apart by their first digit. */
static bool of_kind(enum code_kind kind, uint32_t value)
{
    if (kind == CODE_NTSTATUS)
        return value >> 28 == 0xC;
    if (kind == CODE_HRESULT)
        return value >> 28 == 0x8;
    return true;
}

const struct code_fact *code_fact(enum code_kind kind, uint32_t value)
{
    struct list list = list_of(kind);
    for (unsigned i = 0; i < list.count; i++) {
        if (list.rows[i].value == value && of_kind(kind, value))
            return &list.rows[i];
    }
    return NULL;
}

const struct code_fact *code_at(enum code_kind kind, unsigned index)
{
    struct list list = list_of(kind);
    for (unsigned i = 0; i < list.count; i++) {
        if (of_kind(kind, list.rows[i].value) && index-- == 0)
            return &list.rows[i];
    }
    return NULL;
}

const struct code_fact *code_by_name(const char *name, enum code_kind *kind)
{
    for (enum code_kind k = CODE_DISCONNECT; k < CODE_EVENT; k++) {
        struct list list = list_of(k);
        for (unsigned i = 0; i < list.count; i++) {
            if (list.rows[i].name != NULL && of_kind(k, list.rows[i].value) &&
                text_equal_nocase(list.rows[i].name, name)) {
                *kind = k;
                return &list.rows[i];
            }
        }
    }
    return NULL;
}

const char *code_kind_name(enum code_kind kind)
{
    static const char *const names[] = { "disconnect", "extended", "errinfo", "negotiation", "ntstatus",
                                         "hresult",    "gateway",  "freerdp", "event" };
    return (unsigned)kind < COUNT_OF(names) ? names[kind] : "disconnect";
}

static const char *name_of(enum code_kind kind, uint32_t value)
{
    const struct code_fact *fact = code_fact(kind, value);
    return fact != NULL ? fact->name : NULL;
}

const char *nego_failure_name(uint32_t value)
{
    return name_of(CODE_NEGOTIATION, value);
}

const char *ntstatus_name(uint32_t value)
{
    return name_of(value >> 28 == 0x8 ? CODE_HRESULT : CODE_NTSTATUS, value);
}

const struct event_fact *event_next(unsigned id, const struct event_fact *before)
{
    unsigned i = before != NULL ? (unsigned)(before - facts_events) + 1 : 0;
    for (; i < facts_events_count; i++) {
        if (facts_events[i].id == id)
            return &facts_events[i];
    }
    return NULL;
}

const struct source_fact *source_fact(const char *id, unsigned length)
{
    for (unsigned i = 0; i < facts_sources_count; i++) {
        if (strlen(facts_sources[i].id) == length && memcmp(facts_sources[i].id, id, length) == 0)
            return &facts_sources[i];
    }
    return NULL;
}

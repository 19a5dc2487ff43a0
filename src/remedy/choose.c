/* Which remedy: the narrowest whose system is the server's and which the way of delivery can carry. */
#include <string.h>

#include "base/attributes.h"
#include "diagnose/look.h"
#include "remedy/remedy.h"
#include "remedy/wrapping.h"

/* What a server of this kind may be called. */
static const char *const kinds[][4] = {
    [SERVER_UNKNOWN] = { "windows" },
    [SERVER_WINDOWS] = { "windows" },
    [SERVER_XRDP] = { "xrdp", "linux" },
    [SERVER_FREERDP] = { "freerdp", "gnome-remote-desktop", "weston", "linux" },
};

static bool fits_system(const struct repair_request *request, const struct remedy_fact *remedy)
{
    bool offline = request->delivery != NULL && strcmp(request->delivery->id, "offline") == 0;
    if (offline || strcmp(remedy->system, "windows-offline") == 0) {
        return offline && strcmp(remedy->system, "windows-offline") == 0;
    }
    if (request->system != NULL) {
        return strcmp(remedy->system, request->system) == 0 || strcmp(remedy->system, "any") == 0;
    }
    if (!remedy_system_is_machine(remedy->system)) {
        return true;
    }
    enum server_kind kind = request->evidence != NULL ? kind_of(request->evidence) : SERVER_UNKNOWN;
    if (remedy->where != PLACE_SERVER) { /* the client's system is not seen; most are Windows */
        kind = SERVER_WINDOWS;
    }
    for (size_t i = 0; i < COUNT_OF(kinds[0]) && kinds[kind][i] != NULL; i++) {
        if (strcmp(kinds[kind][i], remedy->system) == 0) {
            return true;
        }
    }
    return false;
}

static bool can_carry(const struct repair_request *request, const struct remedy_fact *remedy)
{
    return request->delivery == NULL || (request->delivery->kinds & SPEAKS(remedy->kind)) != 0;
}

struct wanted {
    bool anywhere; /* also one of another system */
    bool waits;    /* also one whose signs were not seen */
};

static bool is_wanted(const struct repair_request *request, const struct remedy_fact *remedy, struct wanted wanted)
{
    bool offline = strcmp(remedy->system, "windows-offline") == 0;
    return (fits_system(request, remedy) || (wanted.anywhere && !offline)) && can_carry(request, remedy) &&
           remedy_has(remedy, request->part) && (wanted.waits || remedy_waits_for(remedy, request->evidence) == NULL);
}

/* The narrowest; among equally narrow ones the machine's own before what stands in front of it. */
static const struct remedy_fact *first_of(const struct repair_request *request, struct wanted wanted)
{
    const struct remedy_fact *first = NULL;
    const struct remedy_fact *remedy;
    for (unsigned i = 0; (remedy = remedy_for(request->cause, i)) != NULL; i++) {
        if (first != NULL && remedy->order > first->order) {
            break;
        }
        bool better =
            first == NULL || (!remedy_system_is_machine(first->system) && remedy_system_is_machine(remedy->system));
        if (better && is_wanted(request, remedy, wanted)) {
            first = remedy;
        }
    }
    return first;
}

const struct remedy_fact *remedy_choose(const struct repair_request *request)
{
    static const struct wanted turns[] = { { false, false }, { false, true }, { true, false }, { true, true } };
    const struct remedy_fact *remedy = request->remedy;
    for (size_t i = 0; i < COUNT_OF(turns) && remedy == NULL; i++) {
        if (!turns[i].anywhere || request->system == NULL) {
            remedy = first_of(request, turns[i]);
        }
    }
    return remedy;
}

static bool confirm_was_slow(const struct evidence *evidence)
{
    const struct ev_int_item *items = evidence->load.confirm_us.items;
    for (size_t i = 0; i < evidence->load.confirm_us.count; i++) {
        if (items[i].value.v >= CONFIRM_SLOW_US) {
            return true;
        }
    }
    return false;
}

/* Remedies that a look from outside can speak for. */
static const struct {
    const char *remedy;
    bool (*seen)(const struct evidence *evidence);
    const char *words;
} signs[] = {
    { "max-outstanding", confirm_was_slow,
      "event 1006 is in the server's System log, or its Confirm was measured to be slow; no saved look shows that "
      "here" },
};

const char *remedy_waits_for(const struct remedy_fact *remedy, const struct evidence *evidence)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if (strcmp(signs[i].remedy, remedy->name) == 0 && (evidence == NULL || !signs[i].seen(evidence))) {
            return signs[i].words;
        }
    }
    return NULL;
}

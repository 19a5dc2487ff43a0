/* Which remedy: the narrowest whose system is the server's and which the way of delivery can carry. */
#include <string.h>

#include "base/attributes.h"
#include "diagnose/look.h"
#include "remedy/remedy.h"
#include "remedy/wrapping.h"

/* Systems a machine can be; any other (a cloud, a firewall, a router) is beside it and fits every server. */
static const char *const machines[] = { "windows", "windows-offline", "xrdp", "freerdp", "gnome-remote-desktop",
                                        "weston",  "linux",           "macos" };
/* What a server of this kind may be called. */
static const char *const kinds[][4] = {
    [SERVER_UNKNOWN] = { "windows" },
    [SERVER_WINDOWS] = { "windows" },
    [SERVER_XRDP] = { "xrdp", "linux" },
    [SERVER_FREERDP] = { "freerdp", "gnome-remote-desktop", "weston", "linux" },
};

static bool is_machine(const char *system)
{
    for (size_t i = 0; i < COUNT_OF(machines); i++) {
        if (strcmp(machines[i], system) == 0) {
            return true;
        }
    }
    return false;
}

static bool fits_system(const struct repair_request *request, const struct remedy_fact *remedy)
{
    bool offline = request->delivery != NULL && strcmp(request->delivery->id, "offline") == 0;
    if (offline || strcmp(remedy->system, "windows-offline") == 0) {
        return offline && strcmp(remedy->system, "windows-offline") == 0;
    }
    if (request->system != NULL) {
        return strcmp(remedy->system, request->system) == 0 || strcmp(remedy->system, "any") == 0;
    }
    if (!is_machine(remedy->system)) {
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

/* The first that fits; with `anywhere` also one of another system. */
static const struct remedy_fact *first_of(const struct repair_request *request, bool anywhere, bool waits)
{
    const struct remedy_fact *remedy;
    for (unsigned i = 0; (remedy = remedy_for(request->cause, i)) != NULL; i++) {
        bool offline = strcmp(remedy->system, "windows-offline") == 0;
        if ((fits_system(request, remedy) || (anywhere && !offline)) && can_carry(request, remedy) &&
            remedy_has(remedy, request->part) && (waits || remedy_waits_for(remedy, request->evidence) == NULL)) {
            return remedy;
        }
    }
    return NULL;
}

const struct remedy_fact *remedy_choose(const struct repair_request *request)
{
    if (request->remedy != NULL) {
        return request->remedy;
    }
    bool anywhere =
        request->system == NULL && (request->delivery == NULL || strcmp(request->delivery->id, "offline") != 0);
    const struct remedy_fact *remedy = first_of(request, false, false);
    remedy = remedy != NULL ? remedy : first_of(request, false, true);
    remedy = remedy == NULL && anywhere ? first_of(request, true, false) : remedy;
    return remedy == NULL && anywhere ? first_of(request, true, true) : remedy;
}

const char *remedy_waits_for(const struct remedy_fact *remedy, const struct evidence *evidence)
{
    (void)evidence;
    (void)remedy;
    return NULL;
}

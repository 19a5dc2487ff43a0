/* What the codes that the client showed mean here. They say what was said, and prove nothing. */
#include "diagnose/build.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "facts/codes.h"

static const struct code_fact *find(const enum code_kind *kinds, size_t count, int64_t value)
{
    for (size_t i = 0; value >= 0 && value <= UINT32_MAX && i < count; i++) {
        const struct code_fact *fact = code_fact(kinds[i], (uint32_t)value);
        if (fact != NULL) {
            return fact;
        }
    }
    return NULL;
}

/* The caution is cut to its first sentence: explain has the rest. */
static void note(struct build *build, const struct code_fact *fact, int64_t value, bool caution)
{
    struct words *notes = &build->verdict->code_notes;
    if (fact == NULL) {
        build_words(build, notes, build_text(build, "0x%" PRIx64 " is in none of the known lists", (uint64_t)value));
        return;
    }
    const char *beware = caution && fact->beware != NULL ? fact->beware : "";
    const char *stop = strstr(beware, ". ");
    int length = (int)(stop != NULL ? stop + 1 - beware : (ptrdiff_t)strlen(beware));
    build_words(build, notes,
                build_text(build, "0x%" PRIx64 ": %s%s%.*s", (uint64_t)value, fact->meaning, length > 0 ? " " : "",
                           length, beware));
}

void build_codes(struct build *build)
{
    static const enum code_kind plain[] = { CODE_DISCONNECT, CODE_NTSTATUS, CODE_HRESULT, CODE_GATEWAY, CODE_FREERDP };
    static const enum code_kind extended[] = { CODE_EXTENDED, CODE_ERRINFO };
    const struct ev_client_said *said = &build->look->e->client_said;
    const struct verdict *verdict = build->verdict;
    if (!seen(said->code.source) && !seen(said->extended.source)) {
        return;
    }
    if (seen(said->code.source)) {
        note(build, find(plain, COUNT_OF(plain), said->code.v), said->code.v, true);
    }
    if (seen(said->extended.source) && said->extended.v != 0) {
        note(build, find(extended, COUNT_OF(extended), said->extended.v), said->extended.v, false);
    }
    char codes[48];
    if (!seen(said->code.source)) {
        return; /* the server's own word by itself: explain takes it only behind a code */
    }
    snprintf(codes, sizeof codes, seen(said->extended.source) ? "0x%" PRIx64 "/0x%" PRIx64 : "0x%" PRIx64,
             (uint64_t)said->code.v, (uint64_t)said->extended.v);
    struct words *notes = &build->verdict->code_notes;
    if (verdict->cause == CAUSE_NONE) {
        build_words(build, notes,
                    build_text(build, "A code by itself proves no cause; more: rdpwhy explain %s", codes));
    } else if (code_fits(build->look->e, verdict->cause)) {
        build_words(build, notes,
                    build_text(build,
                               "It fits what was seen here, and proves nothing by itself; more: "
                               "rdpwhy explain %s",
                               codes));
    } else {
        build_words(build, notes,
                    build_text(build, "It is not a code that %s usually shows: the client may have met something else",
                               cause_fact(verdict->cause)->slug));
    }
}

/* What the codes that the client showed mean here. They say what was said, and prove nothing. */
#include "diagnose/build.h"

#include <inttypes.h>

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

static void note(struct build *build, const struct code_fact *fact, int64_t value)
{
    struct words *notes = &build->verdict->code_notes;
    if (fact == NULL) {
        build_words(build, notes, build_text(build, "0x%" PRIx64 " is in none of the known lists", (uint64_t)value));
        return;
    }
    build_words(build, notes, build_text(build, "0x%" PRIx64 ": %s", (uint64_t)value, fact->meaning));
    if (fact->beware != NULL) {
        build_words(build, notes, build_text(build, "%s", fact->beware));
    }
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
        note(build, find(plain, COUNT_OF(plain), said->code.v), said->code.v);
    }
    if (seen(said->extended.source) && said->extended.v != 0) {
        note(build, find(extended, COUNT_OF(extended), said->extended.v), said->extended.v);
    }
    struct words *notes = &build->verdict->code_notes;
    if (verdict->cause == CAUSE_NONE) {
        build_words(build, notes, build_text(build, "a code by itself proves no cause"));
    } else if (code_fits(build->look->e, verdict->cause)) {
        build_words(build, notes, build_text(build, "it fits what was seen here, and proves nothing by itself"));
    } else {
        build_words(build, notes,
                    build_text(build, "it is not a code that %s usually shows: the client may have met something else",
                               cause_fact(verdict->cause)->slug));
    }
}

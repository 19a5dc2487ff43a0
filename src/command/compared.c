#include "command/compared.h"

#include "evidence/redact.h"
#include "facts/interceptors.h"

static bool is_redacted(const struct evidence *evidence)
{
    return evidence->redacted.source != SOURCE_NONE && evidence->redacted.v;
}

bool compared_make(const struct evidence *before, const struct evidence *after, struct compared *compared,
                   struct error *error)
{
    const struct evidence *sides[2] = { before, after };
    *compared = (struct compared){ 0 };
    bool done = true;
    for (int i = 0; i < 2 && done; i++) {
        if (is_redacted(sides[1 - i]) && !is_redacted(sides[i])) {
            compared->redacted[i] = evidence_redact(sides[i], interceptor_fragment_at, error);
            done = compared->redacted[i] != NULL;
        }
    }
    for (int i = 0; i < 2 && done; i++) {
        sides[i] = compared->redacted[i] != NULL ? compared->redacted[i] : sides[i];
        compared->verdicts[i] = diagnose(sides[i], error);
        done = compared->verdicts[i] != NULL;
    }
    if (done) {
        const struct side first = { sides[0], compared->verdicts[0] };
        const struct side second = { sides[1], compared->verdicts[1] };
        compared->comparison = compare_looks(&first, &second, error);
    }
    if (compared->comparison == NULL) {
        compared_release(compared);
        return false;
    }
    return true;
}

void compared_release(struct compared *compared)
{
    comparison_free(compared->comparison);
    for (int i = 0; i < 2; i++) {
        verdict_free(compared->verdicts[i]);
        evidence_free(compared->redacted[i]);
    }
    *compared = (struct compared){ 0 };
}

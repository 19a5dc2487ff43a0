/* Two evidence documents to a comparison: judged by this program, and redacted both when one of them is. */
#ifndef RDPWHY_COMMAND_COMPARED_H
#define RDPWHY_COMMAND_COMPARED_H

#include "diagnose/compare.h"

struct compared {
    struct evidence *redacted[2]; /* NULL: the caller's own was taken */
    struct verdict *verdicts[2];
    struct comparison *comparison;
};

bool compared_make(const struct evidence *before, const struct evidence *after, struct compared *compared,
                   struct error *error) MUST_USE;
void compared_release(struct compared *compared);

#endif

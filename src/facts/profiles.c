#include "facts/profiles.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "facts/tables.h"

const struct profile_fact *profile_by_id(const char *id)
{
    static const char mstsc[] = "mstsc-";
    for (unsigned i = 0; i < facts_profiles_count; i++) {
        const char *own = facts_profiles[i].id;
        if (text_equal_nocase(own, id))
            return &facts_profiles[i];
        if (strncmp(own, mstsc, strlen(mstsc)) == 0 && text_equal_nocase(own + strlen(mstsc), id))
            return &facts_profiles[i];
    }
    return NULL;
}

const struct profile_fact *profile_at(unsigned index)
{
    return index < facts_profiles_count ? &facts_profiles[index] : NULL;
}

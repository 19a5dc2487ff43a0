#include "facts/builds.h"

#include <stddef.h>

#include "facts/tables.h"

const struct build_fact *windows_build(unsigned major, unsigned minor, unsigned build)
{
    for (unsigned i = 0; i < facts_builds_count; i++) {
        const struct build_fact *fact = &facts_builds[i];
        if (fact->major == major && fact->minor == minor && fact->build == build)
            return fact;
    }
    return NULL;
}

const char *windows_build_name(unsigned major, unsigned minor, unsigned build)
{
    const struct build_fact *fact = windows_build(major, minor, build);
    return fact != NULL ? fact->product : NULL;
}

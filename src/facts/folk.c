#include "facts/folk.h"

#include <stddef.h>

#include "facts/tables.h"

const struct folk_fact *folk_at(unsigned index)
{
    return index < facts_folk_count ? &facts_folk[index] : NULL;
}

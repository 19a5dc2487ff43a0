#include "facts/thresholds.h"

#include "facts/tables.h"

const struct threshold_fact *threshold_fact(enum threshold threshold)
{
    return &facts_thresholds[threshold];
}

#include "lab/scenario.h"

#include <string.h>

#include "base/attributes.h"

static const struct lab_family *const families[] = {
    &lab_family_healthy,      &lab_family_early,   &lab_family_refusals, &lab_family_tls,
    &lab_family_certificates, &lab_family_nla,     &lab_family_logon,    &lab_family_udp,
    &lab_family_session,      &lab_family_hostile, &lab_family_gateway,
};

const struct lab_scenario *lab_scenario_at(size_t i)
{
    for (size_t f = 0; f < COUNT_OF(families); f++) {
        if (i < families[f]->count) {
            return &families[f]->scenarios[i];
        }
        i -= families[f]->count;
    }
    return NULL;
}

const struct lab_scenario *lab_scenario_find(const char *name)
{
    const struct lab_scenario *scenario;
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        if (strcmp(scenario->name, name) == 0) {
            return scenario;
        }
    }
    return NULL;
}

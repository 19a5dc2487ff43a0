/* The generated tables; only src/facts includes this. */
#ifndef RDPWHY_FACTS_TABLES_H
#define RDPWHY_FACTS_TABLES_H

#include "facts/builds.h"
#include "facts/causes.h"
#include "facts/checklist.h"
#include "facts/codes.h"
#include "facts/folk.h"
#include "facts/interceptors.h"
#include "facts/phrases.h"
#include "facts/profiles.h"
#include "facts/remedies.h"
#include "facts/thresholds.h"

#define FACTS_TABLE(type, name)                                                                                        \
    extern const struct type facts_##name[];                                                                           \
    extern const unsigned facts_##name##_count

FACTS_TABLE(cause_fact, causes);
FACTS_TABLE(test_fact, tests);
FACTS_TABLE(source_fact, sources);
FACTS_TABLE(code_fact, disconnect);
FACTS_TABLE(code_fact, extended);
FACTS_TABLE(code_fact, negotiation);
FACTS_TABLE(code_fact, gateway);
FACTS_TABLE(code_fact, errinfo);
FACTS_TABLE(code_fact, freerdp);
FACTS_TABLE(code_fact, status);
FACTS_TABLE(event_fact, events);
FACTS_TABLE(build_fact, builds);
FACTS_TABLE(interceptor_fact, interceptors);
FACTS_TABLE(profile_fact, profiles);
FACTS_TABLE(phrase_fact, phrases);
FACTS_TABLE(threshold_fact, thresholds);
FACTS_TABLE(checklist_fact, checklist);
FACTS_TABLE(folk_fact, folk);
FACTS_TABLE(remedy_fact, remedies);
extern const struct remedy_frame facts_frames[REMEDY_KIND_COUNT];

extern const char facts_collect_client[], facts_collect_server[];

#endif

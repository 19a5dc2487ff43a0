/* The generated tables; only src/facts includes this. */
#ifndef RDPWHY_FACTS_TABLES_H
#define RDPWHY_FACTS_TABLES_H

#include "facts/causes.h"

extern const struct cause_fact facts_causes[];
extern const unsigned facts_causes_count;
extern const struct test_fact facts_tests[];
extern const unsigned facts_tests_count;

#endif

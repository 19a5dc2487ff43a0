/* The scripts of `rdpwhy collect`: data/collect/NAME.ps1, embedded. */
#ifndef RDPWHY_FACTS_COLLECT_H
#define RDPWHY_FACTS_COLLECT_H

enum collect_side { COLLECT_CLIENT, COLLECT_SERVER };

const char *collect_script(enum collect_side side);
const char *collect_side_name(enum collect_side side);

#endif

/* Popular advice that does not help or does harm, and what to do instead: data/folk.tsv. */
#ifndef RDPWHY_FACTS_FOLK_H
#define RDPWHY_FACTS_FOLK_H

struct folk_fact {
    const char *id;      /* "rename-machinekeys" */
    const char *advice;  /* as it is given */
    const char *verdict; /* "dangerous", "insecure", "fragile", "half true", "misread", "test only", "unrelated",
                            "useless", "invented" */
    const char *why;     /* why it hurts, or does not help */
    const char *instead; /* what to do; names remedies */
    const char *sources; /* ids of data/sources.tsv, separated by spaces */
};

/* All of them in order: index 0, 1, ... until NULL. */
const struct folk_fact *folk_at(unsigned index);

#endif

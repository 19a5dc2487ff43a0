/* The checklist for people who cannot run the program: data/checklist.tsv, cheapest and most likely first. */
#ifndef RDPWHY_FACTS_CHECKLIST_H
#define RDPWHY_FACTS_CHECKLIST_H

#include <stdbool.h>

#include "facts/causes.h"

struct checklist_fact {
    const char *id;
    enum place place;
    const char *checks;  /* check ids whose causes it helps to tell apart, separated by spaces; "*": all */
    const char *title;   /* "From a second place" */
    const char *how;     /* what to look at */
    const char *command; /* for a Windows person, with HOST to fill in; NULL: none */
    const char *why;     /* why here in the order */
    const char *means;   /* what each outcome means */
    const char *stop;    /* when not to go on; NULL: always go on */
};

/* In order: index 0, 1, ... until NULL. */
const struct checklist_fact *checklist_at(unsigned index);
bool checklist_is_for(const struct checklist_fact *step, const char *check);

#endif

/* Running one script of a repair, here or over ssh, and reading its result. */
#ifndef RDPWHY_REMEDY_APPLY_SCRIPT_H
#define RDPWHY_REMEDY_APPLY_SCRIPT_H

#include "remedy/apply.h"

enum apply_word {
    APPLY_WORD_OK,
    APPLY_WORD_NOTHING, /* nothing to do */
    APPLY_WORD_FAILED,  /* it failed, and what it had changed is put back */
    APPLY_WORD_HALF,    /* it failed, and not everything is put back */
    APPLY_WORD_LOST,    /* no result: ssh failed, the time was over, the connection broke */
    APPLY_WORD_REFUSED, /* the machine was reached, and does not let us: no sudo */
    APPLY_WORD_INTERRUPTED
};

struct apply_answer {
    enum apply_word word;
    char text[512]; /* clean, one line */
};

/* `argument` is the script's own: NULL, seconds, "confirm". What the script says goes to caller->say. False: our own
 * failure. */
bool apply_script(const struct apply_request *request, const struct remedy_fact *remedy, enum remedy_part part,
                  const char *argument, const struct apply_caller *caller, struct apply_answer *answer,
                  struct error *error) MUST_USE;

#endif

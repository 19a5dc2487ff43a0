/* A look at a host for another command's sake: whole, or in steps. */
#ifndef RDPWHY_COMMAND_CHECK_H
#define RDPWHY_COMMAND_CHECK_H

#include "command/options.h"
#include "diagnose/diagnose.h"
#include "plan/check.h"

struct progress;

/* One look. The fields are for reading. */
struct checking {
    const struct check_options *options;
    struct evidence *evidence;
    struct run run;
    struct progress *progress;
    struct verdict *verdict; /* so far */
    int64_t started_us;
};

/* Connection 1 and what it shows, judged; no deciding test. `command` goes into the document. False: failed;
 * check_end in any case. */
bool check_begin(struct checking *checking, const struct check_options *options, const char *command,
                 struct error *error) MUST_USE;
/* When the logon waits for it: asks whether the certificate may be shown the password, and goes on. */
bool check_ask_trust(struct checking *checking, struct error *error) MUST_USE;
/* The deciding tests that the verdict wants, within the budgets; judged again. */
bool check_decide(struct checking *checking, struct error *error) MUST_USE;
/* Ends the connections and judges for good. */
bool check_settle(struct checking *checking, struct error *error) MUST_USE;
void check_end(struct checking *checking);

/* Gets the password when there is a user, and tells the run of both. */
bool check_credentials(struct check_options *options, struct error *error) MUST_USE;
/* Looks and judges as `check` does, and prints nothing but progress. NULL: failed; the caller frees. */
struct verdict *check_verdict(const struct check_options *options, struct error *error) MUST_USE;

#endif

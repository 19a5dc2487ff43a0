/* One self-contained script for one part of a remedy, put together from its pieces (docs/add-a-remedy.md, "Assembly").
 */
#ifndef RDPWHY_REMEDY_SCRIPT_H
#define RDPWHY_REMEDY_SCRIPT_H

#include "facts/remedies.h"
#include "remedy/value.h"

/* Look changes nothing; apply is followed by verify; undo puts back what apply saved. */
enum remedy_part { PART_LOOK, PART_APPLY, PART_UNDO, PART_VERIFY };
enum { REMEDY_PART_COUNT = PART_VERIFY + 1 };

/* "look", "apply", "undo", "verify" */
const char *remedy_part_name(enum remedy_part part);
/* Has the remedy this part? Only undo may be missing. */
bool remedy_has(const struct remedy_fact *remedy, enum remedy_part part);
/* The last line of every script: a script that arrived without it was cut off on the way. */
#define SCRIPT_LAST_WORDS "rdpwhy: the end"

/* The script, with '\n' line ends, in plain ASCII. `values` are looked up by the names of remedy->asks; a value that is
 * not known and has no preset makes a script that stops at its first line and says what to fill in. False: a value that
 * does not fit its type (ERROR_USAGE), a part that the remedy has not (ERROR_USAGE), no memory. NULL: failed; the
 * caller frees with alloc_free. */
char *remedy_script(const struct remedy_fact *remedy, enum remedy_part part, const struct values *values,
                    struct error *error) MUST_USE;

#endif

/* What differs between two evidence documents, field by field, by the tables: which fields vary from run to run, and
 * what the natural key of a list's items is, stands in each field's row (field.h, enum field_diff). */
#ifndef RDPWHY_EVIDENCE_DIFF_H
#define RDPWHY_EVIDENCE_DIFF_H

#include "evidence/evidence.h"

enum { DIFF_MOST = 2000 }; /* differences kept; a hostile pair of documents cannot ask for more */

enum change_kind {
    CHANGE_OTHER, /* seen on both sides, with other values */
    CHANGE_CAME,  /* seen only in the second */
    CHANGE_WENT,  /* seen only in the first */
};
extern const struct field_names change_kind_names[];

struct change {
    enum check_id check; /* CHECK_COUNT: the head of the document */
    enum change_kind kind;
    bool varies;               /* such a difference is no change: a time, a port, a count, what one run only tried */
    const struct field *field; /* its row; for a list's item the list's row */
    char *place;               /* owned: "servers[10.0.0.53].answers[10.20.4.17]" */
    char *item;                /* owned: the key of the innermost item, "10.0.0.53"; NULL outside of lists */
    char *before;              /* owned; NULL when not seen there */
    char *after;
    int64_t before_value; /* numbers and enums, for those who put words to them */
    int64_t after_value;
};

struct changes {
    struct change *items; /* owned; in the order of the checklist, then of the tables */
    size_t count;
    bool cut; /* there were more than DIFF_MOST */
};

/* Redacted documents are compared as they are: by their tokens. False only when memory is short; then nothing is kept.
 */
bool evidence_diff(const struct evidence *before, const struct evidence *after, struct changes *changes,
                   struct error *error) MUST_USE;
void changes_release(struct changes *changes);

#endif

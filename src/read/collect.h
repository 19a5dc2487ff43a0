/* What the scripts of `rdpwhy collect` print (docs/collect.md), read back. Pure: bytes in, records out.
 *
 *   @RDPWHY-COLLECT=1|server        the head
 *   @key=field|field|...            a record; fields are encoded: + is a space, %XX a byte
 *   @END=1|server|COUNT|SUM         how many records, and the sum of their letters modulo 65536
 *
 * Lines that a terminal or a mail program broke are put together again: what does not begin with @ goes on with the
 * record before it. Text around is passed over. What is missing is counted, never guessed. */
#ifndef RDPWHY_READ_COLLECT_H
#define RDPWHY_READ_COLLECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"
#include "facts/collect.h"

enum {
    COLLECT_VERSION = 1,
    COLLECT_BYTES_MAX = 4 << 20,
    COLLECT_RECORDS_MAX = 4000,
    COLLECT_RECORD_MAX = 4096, /* bytes, encoded */
    COLLECT_FIELDS_MAX = 16,
    COLLECT_COMPLAINTS_MAX = 20,
};

struct collect_record {
    unsigned line;                    /* in the text, from 1 */
    char *key;                        /* owned; [A-Za-z0-9.-]+ */
    char *fields[COLLECT_FIELDS_MAX]; /* owned; decoded, clean (base/text.h) */
    size_t field_count;
};

/* A line that could not be taken. */
struct collect_complaint {
    unsigned line;
    const char *why; /* a constant */
};

struct collect {
    enum collect_side side;
    bool headed;                    /* the head was there; else the front was cut off */
    bool ended;                     /* the end line was there */
    bool whole;                     /* and count and sum agree: nothing is missing, nothing was changed on the way */
    size_t said;                    /* records there should be, when `ended` */
    struct collect_record *records; /* owned */
    size_t count;
    struct collect_complaint complaints[COLLECT_COMPLAINTS_MAX];
    size_t complaint_count;
};

/* True when the text holds such output, whole or in part; for telling files apart. */
bool collect_is(const void *bytes, size_t size);
/* UTF-8, UTF-16 with a byte order mark, any line ends. The last paste counts when there are several. ERROR_DATA: no
 * output of collect, or of a later version. The caller releases. */
bool collect_parse(const void *bytes, size_t size, struct collect *collect, struct error *error) MUST_USE;
void collect_release(struct collect *collect);

/* The next record of that key behind `after` (NULL: the first); NULL: no more. */
const struct collect_record *collect_next(const struct collect *collect, const char *key,
                                          const struct collect_record *after);
/* A field, "" when the record has none at this place. */
const char *collect_field(const struct collect_record *record, size_t i);

#endif

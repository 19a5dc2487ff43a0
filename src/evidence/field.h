/* Fields that know whether they were seen, and tables that describe them.
 *
 * A field holds a value and the number of its source; source 0 means "not seen". A struct of fields is described once,
 * by a constant table beside it; saving, loading, the schema, redaction, comparing and freeing are walkers over the
 * tables, so a field is written down in two places only: its struct and its row. A test adds up the sizes. */
#ifndef RDPWHY_EVIDENCE_FIELD_H
#define RDPWHY_EVIDENCE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/error.h"

enum source {
    SOURCE_NONE = 0,
    SOURCE_PROBE = 1,    /* this run, on the wire */
    SOURCE_FILE = 2,     /* a file that was read */
    SOURCE_USER = 3,     /* said on the command line */
    SOURCE_COMPUTED = 4, /* a reading */
    SOURCE_FILES = 16,   /* and on: the first file that was read, the second, ...; see source_of_file */
};
enum { SOURCE_FILES_MAX = 200 };

/* The source that stands for file `number`, counted from 1. */
static inline enum source source_of_file(size_t number)
{
    return (enum source)(SOURCE_FILES + (number > SOURCE_FILES_MAX ? SOURCE_FILES_MAX : number) - 1);
}
/* Its number; 0: no numbered file. */
static inline size_t source_file(uint8_t source)
{
    return source >= SOURCE_FILES ? (size_t)source - SOURCE_FILES + 1 : 0;
}

struct ev_int {
    int64_t v;
    uint8_t source;
};
struct ev_bool {
    bool v;
    uint8_t source;
};
struct ev_enum {
    int v;
    uint8_t source;
};
struct ev_text {
    char *v; /* owned; escaped, valid UTF-8 (base/text.h) */
    uint8_t source;
};
struct ev_bytes {
    uint8_t *v; /* owned */
    size_t size;
    uint8_t source;
};
struct ev_list {
    void *items; /* owned; `count` structs of the row's group table */
    size_t count;
    uint8_t source;
};

enum field_kind {
    FIELD_INT,
    FIELD_BOOL,
    FIELD_ENUM, /* JSON: its name */
    FIELD_TEXT,
    FIELD_BYTES, /* JSON: lower-case hex */
    FIELD_TIME,  /* struct ev_int, microseconds since 1970; JSON: RFC 3339 */
    FIELD_SHARE, /* struct ev_int, millionths; JSON: a number, mostly from 0 to 1 */
    FIELD_GROUP, /* a struct inside */
    FIELD_LIST,  /* struct ev_list; items are groups, or bare values when the group has the one row "" */
};

/* What redaction does with a value. */
enum privacy {
    PRIVACY_NONE, /* stays */
    PRIVACY_NAME, /* host, domain and computer names, subjects: each label becomes a token, equal labels equal tokens */
    PRIVACY_USER, /* account names: one token */
    PRIVACY_ADDRESS, /* becomes another address of the same family and class */
    PRIVACY_HASH,    /* fingerprints: one token, equal values equal tokens */
    PRIVACY_WORDS, /* words of our own that may quote a name or an address known from other fields: those become tokens
                    */
    PRIVACY_RAW,   /* bytes or text that may hold anything: emptied; that it was seen stays */
};

/* How two documents are compared (evidence/diff.h). Without a word here, times of fields named *_us vary. */
enum field_diff {
    DIFF_FACT,    /* a difference is a change */
    DIFF_VARIES,  /* differs from run to run: a difference is no change */
    DIFF_KEY,     /* items of a list that agree in this are the same thing */
    DIFF_SAMPLES, /* a list whose items need not be on both sides: what one run tried, the other need not have */
};

/* Which numbers a field can hold; see field_limits. A code, a setting or a date that somebody else said has none: it is
 * recorded as it was said. */
enum field_range {
    RANGE_ANY,
    RANGE_COUNT,        /* 0 or more: counts, sizes, durations; dates of our own clock: from 1970 on */
    RANGE_BYTE,         /* 0 to 255: alerts, the TTL of a packet that came */
    RANGE_TTL,          /* 1 to 255: hops */
    RANGE_PREFIX,       /* 0 to 128: bits of an address */
    RANGE_PORT,         /* 1 to 65535 */
    RANGE_PORT_OR_NONE, /* 0 to 65535: Windows' events, captures and a proxy's setting may say 0 */
};

struct field_names {
    int value;
    const char *name;
};

struct field_table;

struct field {
    const char *name; /* as in JSON; "" for the bare value of a list */
    enum field_kind kind;
    size_t offset; /* bytes from the start of the struct */
    enum privacy privacy;
    const struct field_names *names; /* FIELD_ENUM: ends with a NULL name */
    const struct field_table *group; /* FIELD_GROUP, FIELD_LIST */
    size_t max;                      /* text and bytes: longest; lists: most items. 0: the default */
    enum field_diff diff;
    enum field_range range; /* FIELD_INT, FIELD_TIME */
    const char *up_to;      /* FIELD_INT: the field of the same struct that it is never more than; NULL: none */
};

enum { FIELD_SHARE_WHOLE = 1000000 };

enum { FIELD_TEXT_MAX = 1024, FIELD_BYTES_MAX = 65536, FIELD_LIST_MAX = 64 };

struct field_table {
    const char *name;
    size_t size; /* of the struct */
    const struct field *fields;
    size_t count;
};

/* Row makers: ROW(struct, member, KIND, PRIVACY). Rows with names or a group add them behind. */
#define FIELD_ROW(type, member, KIND, PRIVACY)                                                                         \
    .name = #member, .kind = FIELD_##KIND, .offset = offsetof(type, member), .privacy = PRIVACY_##PRIVACY
#define FIELD_TABLE(title, type, rows)                                                                                 \
    {                                                                                                                  \
        .name = (title), .size = sizeof(type), .fields = (rows), .count = sizeof(rows) / sizeof((rows)[0])             \
    }

/* Setting. Each returns false only when memory is short (the field is then unseen); text is escaped and capped here,
 * so callers pass what came off the wire. */
void ev_set_int(struct ev_int *field, enum source source, int64_t value);
void ev_set_bool(struct ev_bool *field, enum source source, bool value);
void ev_set_enum(struct ev_enum *field, enum source source, int value);
bool ev_set_text(struct ev_text *field, enum source source, const void *bytes, size_t size,
                 struct error *error) MUST_USE;
/* For text of our own making (already clean); NUL-terminated. */
bool ev_set_words(struct ev_text *field, enum source source, const char *words, struct error *error) MUST_USE;
bool ev_set_bytes(struct ev_bytes *field, enum source source, const void *bytes, size_t size,
                  struct error *error) MUST_USE;
/* Adds a zeroed item and returns it (valid until the next add), NULL: no memory, or `max` items are there. */
void *ev_list_add(struct ev_list *list, enum source source, const struct field_table *group, size_t max,
                  struct error *error) MUST_USE;

bool ev_text_is(const struct ev_text *field, const char *value);
/* `ev_each(offer, struct ev_offer, &evidence->negotiation.offers)` walks a list. */
#define ev_each(item, type, list)                                                                                      \
    for (type *item = (list)->items, *item##_end = item != NULL ? item + (list)->count : NULL; item != item##_end;     \
         item++)

/* Walkers. */
void field_release(const struct field_table *table, void *object); /* frees what is owned, zeroes the object */
bool field_copy(const struct field_table *table, const void *from, void *to, struct error *error) MUST_USE;
bool field_equal(const struct field_table *table, const void *a, const void *b);
/* Every seen field, of items too, gets this source. */
void field_mark(const struct field_table *table, void *object, enum source source);
/* True when no field of the object was seen. */
bool field_empty(const struct field_table *table, const void *object);
bool field_seen(const struct field *field, const void *object);
/* The smallest and the largest number of a range; false: it has none, and both stay as they are. `most` becomes
 * INT64_MAX where only the smallest is known. */
bool field_limits(enum field_range range, int64_t *least, int64_t *most) MUST_USE;
/* The row of `field->up_to` in its table when both are seen in `object` and this one is more; otherwise NULL. */
const struct field *field_exceeds(const struct field_table *table, const struct field *field,
                                  const void *object) MUST_USE;

const char *field_name_of(const struct field_names *names, int value); /* NULL when unknown */
bool field_value_of(const struct field_names *names, const char *name, int *value) MUST_USE;

#endif

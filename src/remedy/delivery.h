/* How a script reaches the machine when Remote Desktop does not: one row per way that may be left (data and wrapping,
 * no I/O). A wrapping is lines to type and files to take along; nothing is run. */
#ifndef RDPWHY_REMEDY_DELIVERY_H
#define RDPWHY_REMEDY_DELIVERY_H

#include "base/buffer.h"
#include "facts/remedies.h"
#include "remedy/value.h"

enum { DELIVERY_ASKS = 3, WRAPPED_FILES = 2, WRAPPED_MISSING = 12 };

struct ask {
    const char *name; /* also the option: "resource-group" is --resource-group; NULL ends the list */
    enum ask_type type;
    const char *words;
    bool optional;
};

struct wrapping;

struct delivery {
    const char *id;    /* "azure" */
    const char *title; /* "Azure Run Command" */
    const char *needs; /* what must be there for it to work */
    const char *typed; /* where the lines are typed */
    unsigned kinds;    /* bit per enum remedy_kind that it can carry */
    struct ask asks[DELIVERY_ASKS + 1];
    void (*wrap)(struct wrapping *wrapping);
};

extern const struct delivery deliveries[]; /* ends with a NULL id */

/* NULL: no such delivery. */
const struct delivery *delivery_find(const char *id);

struct wrapped_file {
    char name[96];
    char *bytes; /* owned; what is to be written, line ends and byte order mark included */
    size_t size;
};

struct wrapped {
    struct buffer lines; /* to be typed, each ended by \n */
    struct wrapped_file files[WRAPPED_FILES];
    size_t file_count;
    const char *notes[4]; /* constants */
    size_t note_count;
    const struct ask *missing[WRAPPED_MISSING]; /* asked for and not known: a placeholder stands in the lines */
    size_t missing_count;
};

/* `stem` names the files ("rdp-key-acl-apply"), `script` is the whole script, with \n line ends. False: this way cannot
 * carry it (ERROR_USAGE: the kind of script, the length, bytes that are not ASCII), a value that does not fit
 * (ERROR_USAGE), no memory. The caller releases. */
bool delivery_wrap(const struct delivery *delivery, enum remedy_kind kind, const char *stem, const char *script,
                   const struct values *values, struct wrapped *wrapped, struct error *error) MUST_USE;
void wrapped_release(struct wrapped *wrapped);

/* ".ps1", ".sh", ".cmd", ".txt" */
const char *kind_suffix(enum remedy_kind kind);
/* A script file as its interpreter wants it: PowerShell 5.1 needs a byte order mark and takes \r\n, cmd needs \r\n.
 * NULL: no memory. The caller frees with alloc_free. */
char *kind_file(enum remedy_kind kind, const char *script, size_t *size) MUST_USE;

#endif

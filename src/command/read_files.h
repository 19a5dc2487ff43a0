/* The files of `rdpwhy read`: what each is, told by its content, and what it holds. */
#ifndef RDPWHY_COMMAND_READ_FILES_H
#define RDPWHY_COMMAND_READ_FILES_H

#include "evidence/evidence.h"
#include "facts/explain.h"

enum { READ_FILES_MAX = 64, READ_SKIPPED_MAX = 8, READ_TEXT_MAX = 64 << 20 };

enum read_kind {
    READ_UNKNOWN,
    READ_CAPTURE,
    READ_DOCUMENT,
    READ_RDP_FILE,
    READ_CODES,
    READ_EVENTS,
    READ_COLLECTED,
    READ_LOG,
    READ_SCAN,
    READ_FOLDER
};
extern const char *const read_kind_names[];

struct read_file {
    const char *path;
    char *own_path; /* owned; of a file that was found in a folder; NULL: given by the caller */
    enum read_kind kind;
    bool recognised;
    char found[256];                 /* "658 packets in 11.3 s, 2 RDP connections"; empty: nothing */
    char *skipped[READ_SKIPPED_MAX]; /* owned: what could not be read, and why */
    size_t skipped_count;
    bool outdone; /* a dialog's code, and another file knows better */
};

/* One connection story, or one saved document. */
struct read_conversation {
    struct evidence *evidence; /* owned */
    size_t file;               /* where it comes from: index into the files */
    struct log *log;           /* borrowed; of an event log: all it knows */
};

struct read_all {
    struct read_file files[READ_FILES_MAX];
    size_t file_count;
    struct read_conversation *conversations; /* owned */
    size_t count;
    size_t room;
    struct explanation *said;         /* owned; of the codes in dialogs and logs; NULL: none */
    struct found *found;              /* owned; what was found in the text that `said` is of */
    size_t said_file;                 /* which it stands in */
    struct rdp_file *settings;        /* owned; the first .rdp file */
    size_t settings_file;             /* which it is */
    struct log *logs[READ_FILES_MAX]; /* owned; NULL for files that are none */
    uint16_t rdp_port;                /* for files that only give numbers of ports */
    bool unreadable;                  /* a file could not be opened; the rest was read */
};

/* Reads one more file ("-": standard input) and adds what it holds. What the file lacks is told in its row; false is
 * our own failure, or a file that cannot be opened (ERROR_NO_INPUT). */
bool read_files_add(struct read_all *all, const char *path, uint16_t rdp_port, struct error *error) MUST_USE;
/* Puts together what tells of the same connection (read/join.h), and what belongs to every conversation into each: the
 * codes, the settings. `live`: what was looked at just now, or NULL; the files then add to it. */
bool read_files_join(struct read_all *all, struct evidence *live, struct error *error) MUST_USE;
void read_files_release(struct read_all *all);

#endif

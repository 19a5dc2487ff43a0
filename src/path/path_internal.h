/* What the checks of src/path share in one run. */
#ifndef RDPWHY_PATH_PATH_INTERNAL_H
#define RDPWHY_PATH_PATH_INTERNAL_H

#include "path/path.h"
#include "path/prober.h"

enum { PATH_PROBERS = 4 };

struct path {
    struct prober_sockets sockets[PATH_PROBERS]; /* opened together */
    size_t taken;
    bool opened;
    struct prober_pace pace; /* of all probes but trains, whose rate is what they measure */
    struct sweep *sweep;     /* of mtu.c */
    struct line *line;       /* of bandwidth.c */
    struct trace *trace;     /* of trace.c */
    uint64_t sized;          /* bytes that searches for sizes have sent, those that are over */
};

/* Bytes that the searches for sizes have sent so far, on the line: with what a tunnel adds to each packet. */
uint64_t sweep_bytes(const struct run *run);

void sweep_free(struct sweep *sweep); /* NULL is fine */
void line_free(struct line *line);    /* NULL is fine */
void trace_free(struct trace *trace); /* NULL is fine */

/* A prober of this run. The first call opens the raw sockets for all of them, and then gives up every privilege: what
 * reads packets from strangers has none. */
struct prober *path_prober_new(struct run *run, const struct prober_options *options, struct error *error) MUST_USE;

/* Records the address that is measured, unless a connection was made to one before. */
bool path_note_target(struct run *run, const struct address *to, struct error *error) MUST_USE;
/* Adds `words` to a list of struct ev_text_item, once. */
bool path_note_means(struct ev_list *means, const char *words, struct error *error) MUST_USE;

#endif

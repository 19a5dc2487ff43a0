/* What the checks of src/path share in one run. */
#ifndef RDPWHY_PATH_PATH_INTERNAL_H
#define RDPWHY_PATH_PATH_INTERNAL_H

#include "path/path.h"

struct path {
    struct sweep *sweep; /* of mtu.c */
    struct line *line;   /* of bandwidth.c */
    struct trace *trace; /* of trace.c */
};

void sweep_free(struct sweep *sweep); /* NULL is fine */
void line_free(struct line *line);    /* NULL is fine */
void trace_free(struct trace *trace); /* NULL is fine */

/* Adds `words` to a list of struct ev_text_item, once. */
bool path_note_means(struct ev_list *means, const char *words, struct error *error) MUST_USE;

#endif

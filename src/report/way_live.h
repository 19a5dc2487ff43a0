/* The way while it is being measured: one screen, drawn anew each time. */
#ifndef RDPWHY_REPORT_WAY_LIVE_H
#define RDPWHY_REPORT_WAY_LIVE_H

#include "report/report.h"

struct way_frame {
    int columns;
    int rows; /* the frame has no more lines */
    bool colour;
    int seconds;      /* since the start */
    const char *step; /* what is being done: "looking for losses"; NULL: nothing */
    bool keys;        /* q is listened to */
};

/* The lines of the screen, each ended by a newline. NULL: out of memory. The caller frees with alloc_free. */
char *report_way_frame(const struct evidence *evidence, const struct verdict *verdict, const struct way_frame *frame,
                       struct error *error) MUST_USE;

#endif

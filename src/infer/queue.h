/* Where packets wait: a link from which on answers take much longer than they do at best. */
#ifndef RDPWHY_INFER_QUEUE_H
#define RDPWHY_INFER_QUEUE_H

#include "evidence/evidence.h"

struct infer_queue {
    int from, to;              /* hops that the link lies between; -1: this machine */
    enum path_segment segment; /* SEGMENT_COUNT: several lie between them, or it is not known */
    int64_t idle_us;           /* round trip to the far end of the link: the shortest seen */
    int64_t loaded_us;         /* and what one in twenty exceeds */
    unsigned witnesses;
};

/* False: nowhere for sure. A place that is slow to answer proves nothing: the delay must be shared by every place
 * behind the link that was asked often enough, and by two of them at least. */
bool infer_queue(const struct ev_path *path, struct infer_queue *queue);

/* Packets wait somewhere on the way: answers from an end take much longer than at best, or those from two places. Where
 * is not asked; a place that was asked in quiet moments alone hides nothing here. */
bool infer_waits(const struct ev_path *path);

/* What this machine itself sent or received while the way was measured is enough to fill a slow line. */
bool infer_own_load(const struct ev_path *path);

#endif

/* One recorded connection into the lists of a document: connections, attempts, offers, hellos. */
#ifndef RDPWHY_READ_CONNECTION_H
#define RDPWHY_READ_CONNECTION_H

#include "read/story.h"

/* `first`: the connection that the document is about, and the first to be added. False: no memory. */
bool connection_add(struct evidence *e, const struct story *story, const struct story *first,
                    struct error *error) MUST_USE;

/* Of the two bytes on the wire; TLS_NONE: no version that there is. */
enum tls_version connection_tls_version(uint16_t wire);

#endif

/* The capability sets of Demand Active and Confirm Active (MS-RDPBCGR 2.2.7), as constants: the least that makes a peer
 * go on. Inside wire only. */
#ifndef RDPWHY_WIRE_CAPABILITIES_H
#define RDPWHY_WIRE_CAPABILITIES_H

#include "base/writer.h"

/* numberCapabilities, padding, and the sets: a server's, or those of a client with a plain desktop. */
void capabilities_write(struct writer *writer, bool server);

#endif

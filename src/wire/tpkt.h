/* TPKT: the length frame around every X.224 packet (RFC 1006 section 6, MS-RDPBCGR 2.2.1.1).
 *
 *    0        1        2                 4
 *   +--------+--------+-----------------+----------------
 *   | 3      | 0      | length, BE      | X.224 ...
 *   +--------+--------+-----------------+----------------
 *
 * The length counts the header. 7 to 65535 bytes. */
#ifndef RDPWHY_WIRE_TPKT_H
#define RDPWHY_WIRE_TPKT_H

#include "base/cursor.h"
#include "base/writer.h"

enum { TPKT_VERSION = 3, TPKT_HEADER_SIZE = 4, TPKT_SIZE_MIN = 7, TPKT_SIZE_MAX = 65535 };

/* Reads one packet of at most `max` bytes: `payload` is what stands behind the header, and the cursor moves past the
 * packet. On PARSE_MORE and PARSE_BAD nothing moves. A reserved byte other than 0 is let pass, as servers do. */
enum parse tpkt_parse(struct cursor *cursor, size_t max, struct cursor *payload, struct fault *fault) MUST_USE;

/* Starts a packet; the result goes to tpkt_end once the payload is written. */
size_t tpkt_begin(struct writer *writer);
void tpkt_end(struct writer *writer, size_t begin);

#endif

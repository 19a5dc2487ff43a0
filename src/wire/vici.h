/* What strongSwan says of its security associations, in its own control protocol (README.md of libcharon's plugin
 * vici).
 *
 *   0        4      5
 *   | length | type | name length, name | elements... |
 *
 * Big-endian; the length counts what follows it. A name belongs to requests and events only. */
#ifndef RDPWHY_WIRE_VICI_H
#define RDPWHY_WIRE_VICI_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/cursor.h"
#include "base/prefix.h"

enum { VICI_PACKET_MAX = 512 * 1024, VICI_SELECTORS_MAX = 16, VICI_ASK_SIZE = 64 };

/* Registers for the event and asks for the list; `bytes` takes VICI_ASK_SIZE. Returns the size. */
size_t vici_ask(uint8_t bytes[VICI_ASK_SIZE]);

/* One IKE association, with what its tunnels lead to. */
struct vici_sa {
    struct address remote;
    uint16_t remote_port; /* 4500: ESP travels in UDP */
    bool established;
    struct prefix selectors[VICI_SELECTORS_MAX];
    size_t selector_count;
};

enum vici_packet { VICI_SA, VICI_END, VICI_OTHER };

/* Reads one packet: an association, the end of the list, or something else. `used`: its size, for the next one. */
enum parse vici_parse(const uint8_t *bytes, size_t size, enum vici_packet *packet, struct vici_sa *sa, size_t *used,
                      struct fault *fault) MUST_USE;

#endif

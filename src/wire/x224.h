/* X.224 class 0 headers inside TPKT (MS-RDPBCGR 2.2.1.1, 2.2.1.2; X.224 13.3 to 13.7).
 *
 *    0      1      2           4           6
 *   +------+------+-----------+-----------+-------+-------------
 *   | LI   | type | dst-ref   | src-ref   | class | variable ...    CR E0, CC D0; DR 80 has its reason for the class
 *   +------+------+-----------+-----------+-------+-------------
 *   | 2    | F0   | 80 |  user data ...                             DT
 *   +------+------+----+----------------------------------------
 *
 * LI counts the header without itself, the variable part included; 255 is reserved, so CR and CC end at 255 bytes. */
#ifndef RDPWHY_WIRE_X224_H
#define RDPWHY_WIRE_X224_H

#include "base/cursor.h"
#include "base/writer.h"

enum x224_type {
    X224_CONNECTION_REQUEST = 0xe0,
    X224_CONNECTION_CONFIRM = 0xd0,
    X224_DISCONNECT_REQUEST = 0x80,
    X224_DATA = 0xf0,
    X224_ERROR = 0x70,
};

enum { X224_LI_MAX = 254, X224_CONNECTION_HEADER_SIZE = 7 };

struct x224 {
    enum x224_type type;
    uint16_t destination_ref; /* CR, CC, DR */
    uint16_t source_ref;
    uint8_t class_option; /* CR, CC: class and options; DR: the reason */
    bool length_lied;     /* LI disagrees with the TPKT length */
    struct cursor rest;   /* the variable part, or the user data of DT */
};

/* Reads what tpkt_parse gave as payload, so a short header is bad, never "more". A wrong LI is only noted: `rest` ends
 * where the packet ends. */
enum parse x224_parse(struct cursor *payload, struct x224 *x224, struct fault *fault) MUST_USE;

/* Writes CR, CC or DR with a variable part of `variable` bytes, which the caller writes next. */
void x224_connection_write(struct writer *writer, const struct x224 *x224, size_t variable);
/* Writes the header of DT: 02 F0 80. */
void x224_data_write(struct writer *writer);

#endif

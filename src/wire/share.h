/* Share control and share data PDUs (MS-RDPBCGR 2.2.8.1.1.1, 2.2.1.13 to 2.2.1.22, 2.2.5): what runs once licensing is
 * over, both directions.
 *
 *   total length(2) type(2) source(2)                                  share control; of the type four bits count
 *     share id(4) pad stream length(2) type2 compression(1) size(2)    share data, when the type is 7
 *
 * Capability sets are listed by type; nothing is drawn, so their contents do not matter here. */
#ifndef RDPWHY_WIRE_SHARE_H
#define RDPWHY_WIRE_SHARE_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum share_type {
    SHARE_DEMAND_ACTIVE = 1,
    SHARE_CONFIRM_ACTIVE = 3,
    SHARE_DEACTIVATE = 6,
    SHARE_DATA = 7,
    SHARE_REDIRECTION = 10,
};
/* pduType2 */
enum {
    SHARE_CONTROL = 0x14,
    SHARE_SYNCHRONIZE = 0x1f,
    SHARE_SHUTDOWN_REQUEST = 0x24,
    SHARE_SHUTDOWN_DENIED = 0x25,
    SHARE_SAVE_SESSION_INFO = 0x26,
    SHARE_FONT_LIST = 0x27,
    SHARE_FONT_MAP = 0x28,
    SHARE_SET_ERROR_INFO = 0x2f,
    SHARE_STATUS_INFO = 0x36,
    SHARE_MONITOR_LAYOUT = 0x37,
};
enum { CONTROL_REQUEST = 1, CONTROL_GRANTED = 2, CONTROL_DETACH = 3, CONTROL_COOPERATE = 4 };
/* infoType of Save Session Info (2.2.10.1.1). */
enum { SHARE_LOGON = 0, SHARE_LOGON_LONG = 1, SHARE_LOGON_PLAIN = 2, SHARE_LOGON_EXTENDED = 3 };
enum { SHARE_SETS_MAX = 64, SHARE_DESCRIPTOR_MAX = 256 };

struct share {
    enum share_type type;
    uint16_t source;
    uint32_t id; /* of the share; redirection and short deactivations have none */
    /* SHARE_DEMAND_ACTIVE, SHARE_CONFIRM_ACTIVE */
    struct slice descriptor;
    uint16_t set_count;
    uint16_t sets[SHARE_SETS_MAX]; /* their types */
    uint16_t os_major;             /* of the general set; 0: none came */
    /* SHARE_DATA */
    uint8_t type2;
    bool compressed;
    struct slice data;
    uint32_t error;       /* SHARE_SET_ERROR_INFO */
    uint32_t status;      /* SHARE_STATUS_INFO */
    uint16_t action;      /* SHARE_CONTROL */
    uint32_t info;        /* SHARE_SAVE_SESSION_INFO: infoType */
    bool has_logon_error; /* of SHARE_LOGON_EXTENDED (2.2.10.1.1.4.1.1) */
    uint32_t logon_type;  /* LOGON_MSG_* or an NTSTATUS */
    uint32_t logon_data;  /* LOGON_FAILED_*, or a session id */
};

/* True when the bytes begin as a share control PDU whose length is theirs: licensing and the rest of the start-up have
 * a security header instead. */
bool share_recognise(struct slice bytes);
/* Reads one PDU, whole. A total length of 0x8000 (flow control, which nobody needs) is bad. */
enum parse share_parse(struct cursor *cursor, struct share *share, struct fault *fault) MUST_USE;

/* Demand Active with the sets a server must send, or Confirm Active with those that mstsc sends for a plain desktop. */
bool share_active_write(struct writer *writer, const struct share *share) MUST_USE;
/* A data PDU; `data` is the body behind the header. */
bool share_data_write(struct writer *writer, const struct share *share) MUST_USE;
/* The other kinds (SHARE_DEACTIVATE). */
bool share_control_write(struct writer *writer, const struct share *share) MUST_USE;

#endif

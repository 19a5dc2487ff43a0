/* Licensing (MS-RDPELE 2.2.2; MS-RDPBCGR 2.2.1.12), behind a security header with SEC_LICENSE_PKT, both directions.
 *
 *   type(1)  flags(1)  size(2, LE, this header included)  body
 *
 *   blob: type(2)  size(2)  content
 *
 * Every count and size is checked against a limit before anything behind it is looked at: a licence of a gigabyte is
 * refused by its header. */
#ifndef RDPWHY_WIRE_LICENCE_H
#define RDPWHY_WIRE_LICENCE_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum licence_type {
    LICENCE_REQUEST = 0x01,            /* server */
    LICENCE_PLATFORM_CHALLENGE = 0x02, /* server */
    LICENCE_NEW = 0x03,                /* server */
    LICENCE_UPGRADE = 0x04,            /* server */
    LICENCE_INFO = 0x12,               /* client: the licence it has */
    LICENCE_NEW_REQUEST = 0x13,        /* client */
    LICENCE_PLATFORM_RESPONSE = 0x15,  /* client */
    LICENCE_ALERT = 0xff,              /* either */
};
/* dwErrorCode of the alert (MS-RDPBCGR 2.2.1.12.1.3). */
enum {
    LICENCE_BAD_SERVER_CERTIFICATE = 1,
    LICENCE_NO_LICENCE = 2,
    LICENCE_BAD_MAC = 3,
    LICENCE_BAD_SCOPE = 4,
    LICENCE_NO_SERVER = 6,
    LICENCE_VALID_CLIENT = 7,
    LICENCE_BAD_CLIENT = 8,
    LICENCE_BAD_PRODUCT = 0xb,
    LICENCE_BAD_LENGTH = 0xc,
};
enum { LICENCE_ABORT = 1, LICENCE_NO_TRANSITION = 2, LICENCE_RESTART = 3, LICENCE_RESEND = 4 };
enum {
    LICENCE_RANDOM = 32,
    LICENCE_MAC = 16,
    LICENCE_VERSION = 0x03,
    LICENCE_NAME_MAX = 1024,
    LICENCE_SCOPES_MAX = 64
};
enum { LICENCE_SIZE_MAX = 16000 };

struct licence {
    enum licence_type type;
    uint8_t flags;
    /* LICENCE_REQUEST, LICENCE_NEW_REQUEST, LICENCE_INFO: of whoever sent it */
    uint8_t random[LICENCE_RANDOM];
    /* LICENCE_REQUEST */
    uint32_t product_version;
    struct slice company;     /* UTF-16LE */
    struct slice product;     /* UTF-16LE */
    struct slice certificate; /* may be empty: the one of the GCC data counts */
    uint32_t scope_count;
    struct slice scope; /* the first */
    /* LICENCE_NEW_REQUEST */
    uint32_t platform;
    struct slice premaster; /* encrypted, with its 8 zeros; also of LICENCE_INFO */
    struct slice user;
    struct slice machine;
    /* LICENCE_PLATFORM_CHALLENGE: the challenge; _RESPONSE: the response; LICENCE_NEW, _UPGRADE: the licence; _INFO:
     * the client's own licence. All but the last are encrypted. */
    struct slice data;
    struct slice hardware; /* _RESPONSE, LICENCE_INFO: encrypted hardware id */
    uint8_t mac[LICENCE_MAC];
    /* LICENCE_ALERT */
    uint32_t error;
    uint32_t transition;
};

/* Reads the message that stands behind the security header; it must be whole. */
enum parse licence_parse(struct cursor *cursor, struct licence *licence, struct fault *fault) MUST_USE;
bool licence_write(struct writer *writer, const struct licence *licence) MUST_USE;

#endif

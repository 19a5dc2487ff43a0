/* What the bytes of one direction say as TLS: records counted, handshake messages put together (RFC 8446 5.1, RFC 5246
 * 6.2). Once the keys are in use only the number and the size of records are left to see. */
#ifndef RDPWHY_READ_RECORDS_H
#define RDPWHY_READ_RECORDS_H

#include "base/buffer.h"
#include "base/cursor.h"

enum { RECORDS_SIZES_KEPT = 8, RECORDS_HANDSHAKE_MAX = 65536 };

struct records {
    struct buffer handshake;            /* messages in the clear, one behind the other */
    unsigned count;                     /* of all records */
    unsigned protected_count;           /* application data, and anything behind ChangeCipherSpec */
    unsigned application;               /* application data alone */
    uint32_t sizes[RECORDS_SIZES_KEPT]; /* of the first application records */
    bool changed_cipher;
    bool protected_alert; /* an alert that is enciphered: the end of a connection, or a failure that stays hidden */
    bool has_alert;
    uint8_t alert_level;
    uint8_t alert;
    bool broken; /* bytes that are no TLS record */
};

/* `bytes` begins at a record. False: no memory. */
bool records_read(struct records *records, const uint8_t *bytes, size_t size) MUST_USE;
void records_release(struct records *records);
/* The body of the first message of this type; false: not there, or not whole. */
bool records_message(const struct records *records, uint8_t type, const uint8_t **body, size_t *size) MUST_USE;
/* The first certificate of a Certificate message of TLS 1.2 and before (RFC 5246 7.4.2). */
bool records_certificate(const struct records *records, const uint8_t **der, size_t *size) MUST_USE;

#endif

#include "read/records.h"

enum { CHANGE_CIPHER = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION = 23, RECORD_MAX = 16384 + 2048, CERTIFICATE = 11 };

static bool take_record(struct records *records, uint8_t type, struct cursor *content, bool whole)
{
    const size_t size = cursor_left(content);
    records->count++;
    switch (type) {
    case CHANGE_CIPHER:
        records->changed_cipher = true;
        return true;
    case APPLICATION:
        if (records->application < RECORDS_SIZES_KEPT) {
            records->sizes[records->application] = (uint32_t)size;
        }
        records->application++;
        records->protected_count++;
        return true;
    case ALERT:
        if (records->changed_cipher || records->protected_count > 0 || size != 2) {
            records->protected_alert = true;
            records->protected_count++;
        } else if (!records->has_alert) {
            records->has_alert = cursor_u8(content, &records->alert_level) && cursor_u8(content, &records->alert);
        }
        return true;
    default:
        if (records->changed_cipher && records->protected_count == 0 && whole) {
            records->protected_count++; /* Finished */
            return true;
        }
        return records->protected_count > 0 || records->handshake.size + size > RECORDS_HANDSHAKE_MAX ||
               buffer_add(&records->handshake, content->at, size);
    }
}

bool records_read(struct records *records, const uint8_t *bytes, size_t size)
{
    struct cursor at = cursor_of(bytes, size);
    *records = (struct records){ 0 };
    buffer_init(&records->handshake, RECORDS_HANDSHAKE_MAX);
    while (cursor_left(&at) > 0) {
        uint8_t type;
        uint16_t version;
        uint16_t length;
        struct cursor content;
        if (!cursor_u8(&at, &type) || !cursor_u16be(&at, &version) || !cursor_u16be(&at, &length)) {
            return true;
        }
        if (type < CHANGE_CIPHER || type > APPLICATION || version >> 8 != 3 || length > RECORD_MAX) {
            records->broken = true;
            return true;
        }
        const bool whole = cursor_left(&at) >= length;
        if (!cursor_block(&at, whole ? length : cursor_left(&at), &content)) {
            return true;
        }
        if (!take_record(records, type, &content, whole)) {
            return false;
        }
    }
    return true;
}

void records_release(struct records *records)
{
    buffer_release(&records->handshake);
}

bool records_message(const struct records *records, uint8_t type, const uint8_t **body, size_t *size)
{
    if (records->handshake.size == 0) {
        return false;
    }
    struct cursor at = cursor_of(records->handshake.bytes, records->handshake.size);
    uint8_t found;
    uint32_t length;
    while (cursor_u8(&at, &found) && cursor_u24be(&at, &length)) {
        const uint8_t *bytes;
        if (!cursor_bytes(&at, length, &bytes)) {
            return false;
        }
        if (found == type) {
            *body = bytes;
            *size = length;
            return true;
        }
    }
    return false;
}

bool records_certificate(const struct records *records, const uint8_t **der, size_t *size)
{
    const uint8_t *body;
    size_t length;
    uint32_t all;
    uint32_t first;
    if (!records_message(records, CERTIFICATE, &body, &length)) {
        return false;
    }
    struct cursor at = cursor_of(body, length);
    if (!cursor_u24be(&at, &all) || all != cursor_left(&at) || !cursor_u24be(&at, &first) || first == 0 ||
        !cursor_bytes(&at, first, der)) {
        return false;
    }
    *size = first;
    return true;
}

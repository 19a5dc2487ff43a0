#include "wire/licence.h"

static const char SECTION[] = "MS-RDPELE 2.2.2";
static const char SECTION_ALERT[] = "MS-RDPBCGR 2.2.1.12.1.3";

enum {
    BLOB_ANY = 0x0000,
    BLOB_RANDOM = 0x0002,
    BLOB_CERTIFICATE = 0x0003,
    BLOB_ERROR = 0x0004,
    BLOB_ENCRYPTED = 0x0009,
    BLOB_KEY_EXCHANGE = 0x000d,
    BLOB_SCOPE = 0x000e,
    BLOB_USER = 0x000f,
    BLOB_MACHINE = 0x0010,
    BLOB_LICENCE = 0x0001,
    KEY_EXCHANGE_RSA = 1,
    HEADER = 4,
};

/* An empty blob may carry any type (MS-RDPBCGR 2.2.1.12.1.2). */
static bool blob_read(struct cursor *at, struct slice *content)
{
    uint16_t type;
    uint16_t size;
    const uint8_t *bytes;
    if (!cursor_u16le(at, &type) || !cursor_u16le(at, &size) || !cursor_bytes(at, size, &bytes)) {
        return false;
    }
    *content = slice_of(bytes, size);
    return true;
}

static bool random_read(struct cursor *at, struct licence *licence)
{
    const uint8_t *bytes;
    if (!cursor_bytes(at, LICENCE_RANDOM, &bytes)) {
        return false;
    }
    memcpy(licence->random, bytes, LICENCE_RANDOM);
    return true;
}

static bool mac_read(struct cursor *at, struct licence *licence)
{
    const uint8_t *bytes;
    if (!cursor_bytes(at, LICENCE_MAC, &bytes)) {
        return false;
    }
    memcpy(licence->mac, bytes, LICENCE_MAC);
    return true;
}

/* A text with a length of 32 bits: here the gigabytes are claimed. */
static bool name_read(struct cursor *at, struct slice *name)
{
    uint32_t size;
    const uint8_t *bytes;
    if (!cursor_u32le(at, &size) || size > LICENCE_NAME_MAX || !cursor_bytes(at, size, &bytes)) {
        return false;
    }
    *name = slice_of(bytes, size);
    return true;
}

static bool request_read(struct cursor *at, struct licence *licence)
{
    struct slice ignored;
    if (!random_read(at, licence) || !cursor_u32le(at, &licence->product_version) ||
        !name_read(at, &licence->company) || !name_read(at, &licence->product) || !blob_read(at, &ignored) ||
        !blob_read(at, &licence->certificate) || !cursor_u32le(at, &licence->scope_count) ||
        licence->scope_count > LICENCE_SCOPES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < licence->scope_count; i++) {
        if (!blob_read(at, i == 0 ? &licence->scope : &ignored)) {
            return false;
        }
    }
    return true;
}

static bool challenge_read(struct cursor *at, struct licence *licence)
{
    uint32_t connect_flags;
    return cursor_u32le(at, &connect_flags) && blob_read(at, &licence->data) && mac_read(at, licence);
}

static bool new_read(struct cursor *at, struct licence *licence)
{
    return blob_read(at, &licence->data) && mac_read(at, licence);
}

static bool new_request_read(struct cursor *at, struct licence *licence)
{
    uint32_t algorithm;
    return cursor_u32le(at, &algorithm) && cursor_u32le(at, &licence->platform) && random_read(at, licence) &&
           blob_read(at, &licence->premaster) && blob_read(at, &licence->user) && blob_read(at, &licence->machine);
}

static bool info_read(struct cursor *at, struct licence *licence)
{
    uint32_t algorithm;
    return cursor_u32le(at, &algorithm) && cursor_u32le(at, &licence->platform) && random_read(at, licence) &&
           blob_read(at, &licence->premaster) && blob_read(at, &licence->data) && blob_read(at, &licence->hardware) &&
           mac_read(at, licence);
}

static bool response_read(struct cursor *at, struct licence *licence)
{
    return blob_read(at, &licence->data) && blob_read(at, &licence->hardware) && mac_read(at, licence);
}

static bool alert_read(struct cursor *at, struct licence *licence)
{
    struct slice ignored;
    if (!cursor_u32le(at, &licence->error) || !cursor_u32le(at, &licence->transition)) {
        return false;
    }
    /* some servers leave the empty blob out */
    return cursor_left(at) == 0 || blob_read(at, &ignored);
}

static const struct {
    enum licence_type type;
    bool (*read)(struct cursor *at, struct licence *licence);
} readers[] = {
    { LICENCE_REQUEST, request_read },
    { LICENCE_PLATFORM_CHALLENGE, challenge_read },
    { LICENCE_NEW, new_read },
    { LICENCE_UPGRADE, new_read },
    { LICENCE_INFO, info_read },
    { LICENCE_NEW_REQUEST, new_request_read },
    { LICENCE_PLATFORM_RESPONSE, response_read },
    { LICENCE_ALERT, alert_read },
};

enum parse licence_parse(struct cursor *cursor, struct licence *licence, struct fault *fault)
{
    struct cursor at = *cursor;
    struct licence seen = { 0 };
    struct cursor body;
    uint8_t type;
    uint16_t size;
    size_t i = 0;
    if (!cursor_u8(&at, &type) || !cursor_u8(&at, &seen.flags) || !cursor_u16le(&at, &size)) {
        return parse_bad(fault, &at, SECTION, "the header is cut short");
    }
    if (size < HEADER || !cursor_block(&at, (size_t)size - HEADER, &body)) {
        return parse_bad(fault, &at, SECTION, "the size says more than came");
    }
    while (i < COUNT_OF(readers) && readers[i].type != type) {
        i++;
    }
    if (i == COUNT_OF(readers)) {
        return parse_bad(fault, cursor, SECTION, "a message that licensing does not have");
    }
    seen.type = readers[i].type;
    if (!readers[i].read(&body, &seen)) {
        return parse_bad(fault, &body, type == LICENCE_ALERT ? SECTION_ALERT : SECTION,
                         "a field is cut short, or says more than there may be");
    }
    /* Windows pads some of them. */
    *licence = seen;
    *cursor = at;
    return PARSE_DONE;
}

static void blob_write(struct writer *writer, uint16_t type, struct slice content)
{
    writer_u16le(writer, type);
    writer_u16le(writer, (uint16_t)content.size);
    writer_bytes(writer, content.bytes, content.size);
}

static void name_write(struct writer *writer, struct slice name)
{
    writer_u32le(writer, (uint32_t)name.size);
    writer_bytes(writer, name.bytes, name.size);
}

static void request_write(struct writer *writer, const struct licence *licence)
{
    static const uint8_t rsa[] = { KEY_EXCHANGE_RSA, 0, 0, 0 };
    writer_bytes(writer, licence->random, LICENCE_RANDOM);
    writer_u32le(writer, licence->product_version);
    name_write(writer, licence->company);
    name_write(writer, licence->product);
    blob_write(writer, BLOB_KEY_EXCHANGE, slice_of(rsa, sizeof(rsa)));
    blob_write(writer, BLOB_CERTIFICATE, licence->certificate);
    writer_u32le(writer, licence->scope_count);
    for (uint32_t i = 0; i < licence->scope_count && i < LICENCE_SCOPES_MAX; i++) {
        blob_write(writer, BLOB_SCOPE, licence->scope);
    }
}

static void keyed_write(struct writer *writer, const struct licence *licence)
{
    writer_u32le(writer, KEY_EXCHANGE_RSA);
    writer_u32le(writer, licence->platform);
    writer_bytes(writer, licence->random, LICENCE_RANDOM);
    blob_write(writer, BLOB_RANDOM, licence->premaster);
}

static void body_write(struct writer *writer, const struct licence *licence)
{
    switch (licence->type) {
    case LICENCE_REQUEST:
        request_write(writer, licence);
        break;
    case LICENCE_PLATFORM_CHALLENGE:
        writer_u32le(writer, 0);
        blob_write(writer, BLOB_ANY, licence->data);
        writer_bytes(writer, licence->mac, LICENCE_MAC);
        break;
    case LICENCE_NEW:
    case LICENCE_UPGRADE:
        blob_write(writer, BLOB_ENCRYPTED, licence->data);
        writer_bytes(writer, licence->mac, LICENCE_MAC);
        break;
    case LICENCE_NEW_REQUEST:
        keyed_write(writer, licence);
        blob_write(writer, BLOB_USER, licence->user);
        blob_write(writer, BLOB_MACHINE, licence->machine);
        break;
    case LICENCE_INFO:
        keyed_write(writer, licence);
        blob_write(writer, BLOB_LICENCE, licence->data);
        blob_write(writer, BLOB_ENCRYPTED, licence->hardware);
        writer_bytes(writer, licence->mac, LICENCE_MAC);
        break;
    case LICENCE_PLATFORM_RESPONSE:
        blob_write(writer, BLOB_ENCRYPTED, licence->data);
        blob_write(writer, BLOB_ENCRYPTED, licence->hardware);
        writer_bytes(writer, licence->mac, LICENCE_MAC);
        break;
    case LICENCE_ALERT:
    default:
        writer_u32le(writer, licence->error);
        writer_u32le(writer, licence->transition);
        blob_write(writer, BLOB_ERROR, slice_of(NULL, 0));
        break;
    }
}

bool licence_write(struct writer *writer, const struct licence *licence)
{
    const size_t begin = writer_size(writer);
    writer_u8(writer, (uint8_t)licence->type);
    writer_u8(writer, licence->flags);
    writer_u16le(writer, 0);
    body_write(writer, licence);
    const size_t size = writer_size(writer) - begin;
    if (!writer_ok(writer) || size > LICENCE_SIZE_MAX) {
        return false;
    }
    writer_patch_u16be(writer, begin + 2, (uint16_t)((size & 0xff) << 8 | size >> 8));
    return true;
}

#include "wire/share.h"

#include "wire/capabilities.h"

static const char SECTION_CONTROL[] = "MS-RDPBCGR 2.2.8.1.1.1.1";
static const char SECTION_DATA[] = "MS-RDPBCGR 2.2.8.1.1.1.2";
static const char SECTION_ACTIVE[] = "MS-RDPBCGR 2.2.1.13";

enum {
    TYPE_MASK = 0x0f,
    PDU_VERSION = 0x10,
    CONTROL_HEADER = 6,
    COMPRESSION_USED = 0x20,
    STREAM_LOW = 1,
    SERVER_ORIGINATOR = 1002,
    LOGON_EX_ERRORS = 0x2,
    LOGON_EX_COOKIE = 0x1,
    SET_GENERAL = 1,
    SET_HEADER = 4,
    LIST_HEADER = 4,
};

bool share_recognise(struct slice bytes)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    uint16_t total;
    uint16_t type;
    if (!cursor_u16le(&at, &total) || !cursor_u16le(&at, &type) || total != bytes.size) {
        return false;
    }
    switch (type & TYPE_MASK) {
    case SHARE_DEMAND_ACTIVE:
    case SHARE_CONFIRM_ACTIVE:
    case SHARE_DEACTIVATE:
    case SHARE_DATA:
    case SHARE_REDIRECTION:
        return true;
    default:
        return false;
    }
}

/* --- Demand Active, Confirm Active --- */

static enum parse sets_parse(struct cursor *list, struct share *share, struct fault *fault)
{
    uint16_t pad;
    if (!cursor_u16le(list, &share->set_count) || !cursor_u16le(list, &pad) || share->set_count > SHARE_SETS_MAX) {
        return parse_bad(fault, list, SECTION_ACTIVE, "too many capability sets, or none");
    }
    for (uint16_t i = 0; i < share->set_count; i++) {
        uint16_t size;
        struct cursor set;
        if (!cursor_u16le(list, &share->sets[i]) || !cursor_u16le(list, &size) || size < SET_HEADER ||
            !cursor_block(list, (size_t)size - SET_HEADER, &set)) {
            return parse_bad(fault, list, SECTION_ACTIVE, "a capability set is cut short, or reaches past the list");
        }
        if (share->sets[i] == SET_GENERAL) {
            (void)!cursor_u16le(&set, &share->os_major);
        }
    }
    return PARSE_DONE;
}

static enum parse active_parse(struct cursor *at, struct share *share, struct fault *fault)
{
    uint16_t originator;
    uint16_t descriptor_size;
    uint16_t list_size;
    const uint8_t *descriptor;
    struct cursor list;
    if (!cursor_u32le(at, &share->id) || (share->type == SHARE_CONFIRM_ACTIVE && !cursor_u16le(at, &originator)) ||
        !cursor_u16le(at, &descriptor_size) || !cursor_u16le(at, &list_size) ||
        descriptor_size > SHARE_DESCRIPTOR_MAX || !cursor_bytes(at, descriptor_size, &descriptor)) {
        return parse_bad(fault, at, SECTION_ACTIVE, "the header is cut short, or its name too long");
    }
    if (list_size < LIST_HEADER || !cursor_block(at, list_size, &list)) {
        return parse_bad(fault, at, SECTION_ACTIVE, "the capability sets reach past the packet");
    }
    share->descriptor = slice_of(descriptor, descriptor_size);
    /* the session id behind the sets of Demand Active is not always sent */
    return sets_parse(&list, share, fault);
}

/* --- share data --- */

/* LOGON_INFO_EXTENDED: length(2) fields(4), then a size(4) and content for each field that is there. */
static void extended_read(struct cursor *at, struct share *share)
{
    uint16_t length;
    uint32_t fields;
    uint32_t size;
    if (!cursor_u16le(at, &length) || !cursor_u32le(at, &fields)) {
        return;
    }
    if ((fields & LOGON_EX_COOKIE) != 0 && (!cursor_u32le(at, &size) || !cursor_skip(at, size))) {
        return;
    }
    share->has_logon_error = (fields & LOGON_EX_ERRORS) != 0 && cursor_u32le(at, &size) &&
                             cursor_u32le(at, &share->logon_type) && cursor_u32le(at, &share->logon_data);
}

static bool body_read(struct cursor *at, struct share *share)
{
    switch (share->type2) {
    case SHARE_SET_ERROR_INFO:
        return cursor_u32le(at, &share->error);
    case SHARE_STATUS_INFO:
        return cursor_u32le(at, &share->status);
    case SHARE_CONTROL:
        return cursor_u16le(at, &share->action);
    case SHARE_SAVE_SESSION_INFO:
        if (!cursor_u32le(at, &share->info)) {
            return false;
        }
        if (share->info == SHARE_LOGON_EXTENDED) {
            extended_read(at, share);
        }
        return true;
    default:
        return true;
    }
}

static enum parse data_parse(struct cursor *at, struct share *share, struct fault *fault)
{
    uint8_t pad;
    uint8_t stream;
    uint8_t compression;
    uint16_t length;
    uint16_t size;
    if (!cursor_u32le(at, &share->id) || !cursor_u8(at, &pad) || !cursor_u8(at, &stream) ||
        !cursor_u16le(at, &length) || !cursor_u8(at, &share->type2) || !cursor_u8(at, &compression) ||
        !cursor_u16le(at, &size)) {
        return parse_bad(fault, at, SECTION_DATA, "the share data header is cut short");
    }
    share->compressed = (compression & COMPRESSION_USED) != 0;
    share->data = slice_of(at->at, cursor_left(at));
    if (!share->compressed && !body_read(at, share)) {
        return parse_bad(fault, at, SECTION_DATA, "the body is cut short");
    }
    return PARSE_DONE;
}

enum parse share_parse(struct cursor *cursor, struct share *share, struct fault *fault)
{
    struct cursor at = *cursor;
    struct cursor body;
    struct share seen = { 0 };
    uint16_t total;
    uint16_t type;
    enum parse parsed = PARSE_DONE;
    if (!cursor_u16le(&at, &total) || !cursor_u16le(&at, &type)) {
        return parse_bad(fault, &at, SECTION_CONTROL, "the share control header is cut short");
    }
    seen.type = (enum share_type)(type & TYPE_MASK);
    /* Windows XP sends a Deactivate All of four bytes */
    const size_t header = seen.type == SHARE_DEACTIVATE && total < CONTROL_HEADER ? 4 : CONTROL_HEADER;
    if (total < header || (header == CONTROL_HEADER && !cursor_u16le(&at, &seen.source)) ||
        !cursor_block(&at, (size_t)total - header, &body)) {
        return parse_bad(fault, &at, SECTION_CONTROL,
                         "the total length is below the header, or reaches past the packet");
    }
    switch (seen.type) {
    case SHARE_DEMAND_ACTIVE:
    case SHARE_CONFIRM_ACTIVE:
        parsed = active_parse(&body, &seen, fault);
        break;
    case SHARE_DATA:
        parsed = data_parse(&body, &seen, fault);
        break;
    case SHARE_DEACTIVATE:
        (void)!cursor_u32le(&body, &seen.id);
        break;
    case SHARE_REDIRECTION:
        seen.data = slice_of(body.at, cursor_left(&body));
        break;
    default:
        return parse_bad(fault, cursor, SECTION_CONTROL, "a share control PDU of a type that RDP does not have");
    }
    if (parsed == PARSE_DONE) {
        *share = seen;
        *cursor = at;
    }
    return parsed;
}

/* --- writing --- */

static void patch_u16le(struct writer *writer, size_t offset, size_t value)
{
    if (value > UINT16_MAX) {
        writer->overflow = true;
        return;
    }
    writer_patch_u16be(writer, offset, (uint16_t)((value & 0xff) << 8 | value >> 8));
}

static size_t control_begin(struct writer *writer, const struct share *share)
{
    const size_t begin = writer_size(writer);
    writer_u16le(writer, 0);
    writer_u16le(writer, (uint16_t)(PDU_VERSION | share->type));
    writer_u16le(writer, share->source);
    return begin;
}

static bool control_end(struct writer *writer, size_t begin)
{
    patch_u16le(writer, begin, writer_size(writer) - begin);
    return writer_ok(writer);
}

bool share_active_write(struct writer *writer, const struct share *share)
{
    const bool server = share->type == SHARE_DEMAND_ACTIVE;
    const size_t begin = control_begin(writer, share);
    writer_u32le(writer, share->id);
    if (!server) {
        writer_u16le(writer, SERVER_ORIGINATOR);
    }
    writer_u16le(writer, (uint16_t)share->descriptor.size);
    const size_t size_at = writer_size(writer);
    writer_u16le(writer, 0);
    writer_bytes(writer, share->descriptor.bytes, share->descriptor.size);
    const size_t list = writer_size(writer);
    capabilities_write(writer, server);
    patch_u16le(writer, size_at, writer_size(writer) - list);
    if (server) {
        writer_u32le(writer, 0); /* session id */
    }
    return control_end(writer, begin);
}

bool share_data_write(struct writer *writer, const struct share *share)
{
    enum { LENGTH_BEHIND = 12 }; /* uncompressedLength counts from pduType2 on */
    const size_t begin = control_begin(writer, share);
    writer_u32le(writer, share->id);
    writer_u8(writer, 0);
    writer_u8(writer, STREAM_LOW);
    const size_t length_at = writer_size(writer);
    writer_u16le(writer, 0);
    writer_u8(writer, share->type2);
    writer_u8(writer, 0);
    writer_u16le(writer, 0);
    writer_bytes(writer, share->data.bytes, share->data.size);
    patch_u16le(writer, length_at, writer_size(writer) - begin - LENGTH_BEHIND - 2);
    return control_end(writer, begin);
}

bool share_control_write(struct writer *writer, const struct share *share)
{
    const size_t begin = control_begin(writer, share);
    writer_u32le(writer, share->id);
    writer_u16le(writer, 1);
    writer_u8(writer, 0);
    return control_end(writer, begin);
}

#include "wire/client_info.h"

static const char SECTION[] = "MS-RDPBCGR 2.2.1.11.1.1";

enum { TEXTS = 5, TIME_ZONE = 172, NUL_SIZE = 2, TAIL = 8 };

static bool text_read(struct cursor *at, uint16_t size, size_t nul, struct slice *text)
{
    const uint8_t *bytes;
    if (size > CLIENT_INFO_TEXT_MAX || !cursor_bytes(at, size, &bytes) || !cursor_skip(at, nul)) {
        return false;
    }
    *text = slice_of(bytes, size);
    return true;
}

static bool extra_read(struct cursor *at, struct client_info *info)
{
    uint16_t size;
    const uint8_t *bytes;
    if (!cursor_u16le(at, &info->family) || !cursor_u16le(at, &size) || !cursor_bytes(at, size, &bytes)) {
        return false;
    }
    info->address = slice_of(bytes, size);
    if (!cursor_u16le(at, &size) || !cursor_bytes(at, size, &bytes)) {
        return false;
    }
    info->client_directory = slice_of(bytes, size);
    info->has_extra = true;
    /* Clients of RDP 5.0 and 5.1 end anywhere behind this. */
    if (cursor_skip(at, TIME_ZONE + 4)) {
        (void)!cursor_u32le(at, &info->performance);
    }
    return true;
}

enum parse client_info_parse(struct cursor *cursor, struct client_info *info, struct fault *fault)
{
    struct cursor at = *cursor;
    struct client_info seen = { 0 };
    uint16_t sizes[TEXTS];
    struct slice *const texts[TEXTS] = { &seen.domain, &seen.user, &seen.password, &seen.shell, &seen.directory };
    if (!cursor_u32le(&at, &seen.code_page) || !cursor_u32le(&at, &seen.flags)) {
        return parse_bad(fault, &at, SECTION, "the fixed part is cut short");
    }
    const size_t nul = (seen.flags & INFO_UNICODE) != 0 ? NUL_SIZE : 1;
    for (int i = 0; i < TEXTS; i++) {
        if (!cursor_u16le(&at, &sizes[i])) {
            return parse_bad(fault, &at, SECTION, "the fixed part is cut short");
        }
    }
    for (int i = 0; i < TEXTS; i++) {
        if (!text_read(&at, sizes[i], nul, texts[i])) {
            return parse_bad(fault, &at, SECTION, "a text is longer than 512 bytes, or cut short");
        }
    }
    if (cursor_left(&at) > 0 && !extra_read(&at, &seen)) {
        return parse_bad(fault, &at, SECTION, "the extra part is cut short");
    }
    *info = seen;
    *cursor = at;
    return PARSE_DONE;
}

void client_info_write(struct writer *writer, const struct client_info *info)
{
    const struct slice texts[TEXTS] = { info->domain, info->user, info->password, info->shell, info->directory };
    writer_u32le(writer, info->code_page);
    writer_u32le(writer, info->flags);
    for (int i = 0; i < TEXTS; i++) {
        if (texts[i].size > CLIENT_INFO_TEXT_MAX) {
            writer->overflow = true;
            return;
        }
        writer_u16le(writer, (uint16_t)texts[i].size);
    }
    for (int i = 0; i < TEXTS; i++) {
        writer_bytes(writer, texts[i].bytes, texts[i].size);
        writer_zeros(writer, NUL_SIZE);
    }
    writer_u16le(writer, info->family);
    writer_u16le(writer, (uint16_t)(info->address.size + NUL_SIZE));
    writer_bytes(writer, info->address.bytes, info->address.size);
    writer_zeros(writer, NUL_SIZE);
    writer_u16le(writer, (uint16_t)(info->client_directory.size + NUL_SIZE));
    writer_bytes(writer, info->client_directory.bytes, info->client_directory.size);
    writer_zeros(writer, NUL_SIZE);
    writer_zeros(writer, TIME_ZONE + 4);
    writer_u32le(writer, info->performance);
    writer_u16le(writer, 0);
    /* two reserved fields, no name of a time zone, no daylight rules: clients of today send these too */
    writer_zeros(writer, TAIL);
}

#include "wire/gcc.h"

#include "wire/gcc_blocks.h"
#include "wire/per.h"

static const char SECTION_CLIENT[] = "MS-RDPBCGR 2.2.1.3";
static const char SECTION_SERVER[] = "MS-RDPBCGR 2.2.1.4";

enum { KEY_SIZE = 7, H221_SIZE = 4, BLOCK_HEADER = 4, CHOICE_REQUEST = 0x00, CHOICE_RESPONSE = 0x14 };

static const uint8_t T124_KEY[KEY_SIZE] = { 0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01 };
/* userData present; conference name "1"; no padding; one set, of an H.221 key. */
static const uint8_t REQUEST_HEAD[] = { CHOICE_REQUEST, 0x08, 0x00, 0x10, 0x00, 0x01, 0xc0, 0x00 };
/* node 31219, tag 1, result success; one set, of an H.221 key. */
static const uint8_t RESPONSE_HEAD[] = { CHOICE_RESPONSE, 0x76, 0x0a, 0x01, 0x01, 0x00, 0x01, 0xc0, 0x00 };
static const char CLIENT_KEY[] = "Duca";
static const char SERVER_KEY[] = "McDn";

/* The PER in front of the blocks. Windows writes a wrong length for the conference PDU ("2A"), so only the one of the
 * blocks counts (MS-RDPBCGR 4.1.4). */
static bool head_read(struct cursor *at, struct cursor *blocks, const char *key, size_t middle)
{
    const uint8_t *bytes;
    size_t length;
    uint8_t tag_size;
    if (!cursor_bytes(at, KEY_SIZE, &bytes) || memcmp(bytes, T124_KEY, KEY_SIZE) != 0 || !per_length(at, &length)) {
        return false;
    }
    if (middle == 0) { /* response: the tag is an INTEGER of any length */
        if (!cursor_skip(at, 3) || !cursor_u8(at, &tag_size) || tag_size > 4 || !cursor_skip(at, tag_size) ||
            !cursor_skip(at, 4)) {
            return false;
        }
    } else if (!cursor_skip(at, middle)) {
        return false;
    }
    return cursor_bytes(at, H221_SIZE, &bytes) && memcmp(bytes, key, H221_SIZE) == 0 && per_length(at, &length) &&
           cursor_block(at, length, blocks);
}

static enum parse parse(struct slice data, const char *key, size_t middle, const char *section,
                        gcc_block_reader *reader, void *into, struct fault *fault)
{
    struct cursor at = cursor_of(data.bytes, data.size);
    struct cursor blocks;
    if (!head_read(&at, &blocks, key, middle)) {
        return parse_bad(fault, &at, section, "the GCC header is another, cut short, or its length reaches past it");
    }
    if (cursor_left(&at) > 0) {
        return parse_bad(fault, &at, section, "bytes are left over behind the GCC data");
    }
    for (size_t count = 0; cursor_left(&blocks) > 0; count++) {
        struct cursor block = blocks;
        uint16_t type;
        uint16_t length;
        if (count == GCC_BLOCKS_MAX) {
            return parse_bad(fault, &blocks, section, "too many data blocks");
        }
        if (!cursor_u16le(&block, &type) || !cursor_u16le(&block, &length) || length < BLOCK_HEADER ||
            !cursor_skip(&blocks, BLOCK_HEADER) || !cursor_block(&blocks, (size_t)length - BLOCK_HEADER, &block)) {
            return parse_bad(fault, &blocks, section, "a data block is cut short, or its length reaches past the data");
        }
        if (!reader(type, &block, into)) {
            return parse_bad(fault, &block, section,
                             "a data block is shorter than what it must hold, or lists too much");
        }
    }
    return PARSE_DONE;
}

enum parse gcc_client_parse(struct slice data, struct gcc_client *client, struct fault *fault)
{
    struct gcc_client seen = { 0 };
    const enum parse parsed =
        parse(data, CLIENT_KEY, sizeof(REQUEST_HEAD), SECTION_CLIENT, gcc_client_block_read, &seen, fault);
    if (parsed == PARSE_DONE) {
        *client = seen;
    }
    return parsed;
}

enum parse gcc_server_parse(struct slice data, struct gcc_server *server, struct fault *fault)
{
    struct gcc_server seen = { 0 };
    const enum parse parsed = parse(data, SERVER_KEY, 0, SECTION_SERVER, gcc_server_block_read, &seen, fault);
    if (parsed == PARSE_DONE) {
        *server = seen;
    }
    return parsed;
}

static void head_write(struct writer *writer, const uint8_t *head, size_t head_size, const char *key, size_t blocks)
{
    const size_t inner = head_size + H221_SIZE + per_length_size(blocks) + blocks;
    writer_bytes(writer, T124_KEY, KEY_SIZE);
    per_length_write(writer, inner);
    writer_bytes(writer, head, head_size);
    writer_bytes(writer, key, H221_SIZE);
    per_length_write(writer, blocks);
}

bool gcc_client_write(struct writer *writer, const struct gcc_client *client)
{
    uint8_t bytes[GCC_CLIENT_MAX];
    struct writer blocks = writer_of(bytes, sizeof(bytes));
    gcc_client_blocks_write(&blocks, client);
    if (!writer_ok(&blocks)) {
        return false;
    }
    head_write(writer, REQUEST_HEAD, sizeof(REQUEST_HEAD), CLIENT_KEY, writer_size(&blocks));
    writer_bytes(writer, bytes, writer_size(&blocks));
    return writer_ok(writer);
}

bool gcc_server_write(struct writer *writer, const struct gcc_server *server)
{
    uint8_t bytes[GCC_SERVER_MAX];
    struct writer blocks = writer_of(bytes, sizeof(bytes));
    gcc_server_blocks_write(&blocks, server);
    if (!writer_ok(&blocks)) {
        return false;
    }
    head_write(writer, RESPONSE_HEAD, sizeof(RESPONSE_HEAD), SERVER_KEY, writer_size(&blocks));
    writer_bytes(writer, bytes, writer_size(&blocks));
    return writer_ok(writer);
}

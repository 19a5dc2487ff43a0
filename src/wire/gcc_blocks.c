/* The data blocks: MS-RDPBCGR 2.2.1.3.2 to 2.2.1.3.10 (client), 2.2.1.4.2 to 2.2.1.4.7 (server). */
#include "wire/gcc_blocks.h"

enum {
    CS_CORE = 0xc001,
    CS_SECURITY = 0xc002,
    CS_NET = 0xc003,
    CS_CLUSTER = 0xc004,
    CS_MESSAGE = 0xc006,
    CS_MULTITRANSPORT = 0xc00a,
    SC_CORE = 0x0c01,
    SC_SECURITY = 0x0c02,
    SC_NET = 0x0c03,
    SC_MESSAGE = 0x0c04,
    SC_MULTITRANSPORT = 0x0c08,
};
enum {
    CORE_IME_AND_KEYS = 12 + 64, /* keyboardType, subType, functionKey, imeFileName */
    CORE_TO_EARLY = 2 + 2 + 4 + 2 + 2,
    CORE_TO_SELECTED = 64 + 1 + 1,
    SERVER_RANDOM = 32,
    CERTIFICATE_MAX = 16000,
};

/* --- client --- */

/* Everything from postBeta2ColorDepth on is optional, field by field. */
static bool client_core_read(struct cursor *block, struct gcc_client *client)
{
    uint16_t ignored;
    uint16_t ignored2;
    if (!cursor_u32le(block, &client->version) || !cursor_u16le(block, &client->width) ||
        !cursor_u16le(block, &client->height) || !cursor_u16le(block, &ignored) || !cursor_u16le(block, &ignored2) ||
        !cursor_u32le(block, &client->keyboard) || !cursor_u32le(block, &client->build)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(client->name); i++) {
        if (!cursor_u16le(block, &client->name[i])) {
            return false;
        }
    }
    if (!cursor_skip(block, CORE_IME_AND_KEYS)) {
        return false;
    }
    client->has_core = true;
    if (cursor_skip(block, CORE_TO_EARLY) && cursor_u16le(block, &client->early_flags)) {
        client->has_early = true;
        client->has_selected = cursor_skip(block, CORE_TO_SELECTED) && cursor_u32le(block, &client->selected);
    }
    return true;
}

static bool client_net_read(struct cursor *block, struct gcc_client *client)
{
    const uint8_t *name;
    if (!cursor_u32le(block, &client->channel_count) || client->channel_count > GCC_CHANNELS_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < client->channel_count; i++) {
        struct gcc_channel *channel = &client->channels[i];
        if (!cursor_bytes(block, GCC_CHANNEL_NAME, &name) || !cursor_u32le(block, &channel->options)) {
            return false;
        }
        memcpy(channel->name, name, GCC_CHANNEL_NAME);
        channel->name[GCC_CHANNEL_NAME] = '\0';
    }
    client->has_net = true;
    return true;
}

bool gcc_client_block_read(uint16_t type, struct cursor *block, void *into)
{
    struct gcc_client *client = into;
    switch (type) {
    case CS_CORE:
        return client_core_read(block, client);
    case CS_SECURITY:
        client->has_security = true;
        if (!cursor_u32le(block, &client->methods)) {
            return false;
        }
        /* RDP 4.0 clients end here */
        return cursor_left(block) == 0 || cursor_u32le(block, &client->extended_methods);
    case CS_NET:
        return client_net_read(block, client);
    case CS_CLUSTER:
        client->has_cluster = true;
        return cursor_u32le(block, &client->cluster_flags) && cursor_u32le(block, &client->redirected_session);
    case CS_MESSAGE:
        client->has_message_channel = true;
        return true;
    case CS_MULTITRANSPORT:
        client->has_multitransport = true;
        return cursor_u32le(block, &client->multitransport);
    default:
        return true;
    }
}

/* Header with a length that is patched by the caller's end: little endian, so by hand. */
static size_t block_begin(struct writer *writer, uint16_t type)
{
    const size_t begin = writer_size(writer);
    writer_u16le(writer, type);
    writer_u16le(writer, 0);
    return begin;
}

static void block_end(struct writer *writer, size_t begin)
{
    const uint16_t size = (uint16_t)(writer_size(writer) - begin);
    writer_patch_u16be(writer, begin + 2, (uint16_t)(size << 8 | size >> 8));
}

/* As mstsc does for a plain desktop of 8 bits: what is drawn is never asked for. */
static void client_core_write(struct writer *writer, const struct gcc_client *client)
{
    enum { COLOR_8BPP = 0xca01, SAS_DEL = 0xaa03, KEYBOARD_IBM = 4, KEYS = 12, DEPTHS = 0x000b };
    const size_t begin = block_begin(writer, CS_CORE);
    writer_u32le(writer, client->version);
    writer_u16le(writer, client->width);
    writer_u16le(writer, client->height);
    writer_u16le(writer, COLOR_8BPP);
    writer_u16le(writer, SAS_DEL);
    writer_u32le(writer, client->keyboard);
    writer_u32le(writer, client->build);
    for (size_t i = 0; i < COUNT_OF(client->name); i++) {
        writer_u16le(writer, client->name[i]);
    }
    writer_u32le(writer, KEYBOARD_IBM);
    writer_u32le(writer, 0);
    writer_u32le(writer, KEYS);
    writer_zeros(writer, 64);
    if (client->has_early) {
        writer_u16le(writer, COLOR_8BPP);
        writer_u16le(writer, 1);  /* clientProductId */
        writer_u32le(writer, 0);  /* serialNumber */
        writer_u16le(writer, 16); /* highColorDepth */
        writer_u16le(writer, DEPTHS);
        writer_u16le(writer, client->early_flags);
        if (client->has_selected) {
            writer_zeros(writer, CORE_TO_SELECTED); /* clientDigProductId, connectionType, pad */
            writer_u32le(writer, client->selected);
        }
    }
    block_end(writer, begin);
}

static void client_net_write(struct writer *writer, const struct gcc_client *client)
{
    const size_t begin = block_begin(writer, CS_NET);
    writer_u32le(writer, client->channel_count);
    for (uint32_t i = 0; i < client->channel_count && i < GCC_CHANNELS_MAX; i++) {
        writer_bytes(writer, client->channels[i].name, GCC_CHANNEL_NAME);
        writer_u32le(writer, client->channels[i].options);
    }
    block_end(writer, begin);
}

void gcc_client_blocks_write(struct writer *writer, const struct gcc_client *client)
{
    size_t begin;
    if (client->has_core) {
        client_core_write(writer, client);
    }
    if (client->has_cluster) {
        begin = block_begin(writer, CS_CLUSTER);
        writer_u32le(writer, client->cluster_flags);
        writer_u32le(writer, client->redirected_session);
        block_end(writer, begin);
    }
    if (client->has_security) {
        begin = block_begin(writer, CS_SECURITY);
        writer_u32le(writer, client->methods);
        writer_u32le(writer, client->extended_methods);
        block_end(writer, begin);
    }
    if (client->has_net) {
        client_net_write(writer, client);
    }
    if (client->has_message_channel) {
        begin = block_begin(writer, CS_MESSAGE);
        writer_u32le(writer, 0);
        block_end(writer, begin);
    }
    if (client->has_multitransport) {
        begin = block_begin(writer, CS_MULTITRANSPORT);
        writer_u32le(writer, client->multitransport);
        block_end(writer, begin);
    }
}

/* --- server --- */

static bool server_core_read(struct cursor *block, struct gcc_server *server)
{
    if (!cursor_u32le(block, &server->version)) {
        return false;
    }
    server->has_core = true;
    server->has_requested = cursor_u32le(block, &server->requested);
    server->has_early = server->has_requested && cursor_u32le(block, &server->early_flags);
    return true;
}

static bool server_security_read(struct cursor *block, struct gcc_server *server)
{
    uint32_t random_size;
    uint32_t certificate_size;
    const uint8_t *bytes;
    if (!cursor_u32le(block, &server->method) || !cursor_u32le(block, &server->level)) {
        return false;
    }
    server->has_security = true;
    if (cursor_left(block) == 0 || (server->method == 0 && server->level == 0)) {
        return true;
    }
    if (!cursor_u32le(block, &random_size) || !cursor_u32le(block, &certificate_size) || random_size != SERVER_RANDOM ||
        certificate_size > CERTIFICATE_MAX || !cursor_bytes(block, random_size, &bytes)) {
        return false;
    }
    server->random = slice_of(bytes, random_size);
    if (!cursor_bytes(block, certificate_size, &bytes)) {
        return false;
    }
    server->certificate = slice_of(bytes, certificate_size);
    return true;
}

static bool server_net_read(struct cursor *block, struct gcc_server *server)
{
    uint16_t count;
    if (!cursor_u16le(block, &server->io_channel) || !cursor_u16le(block, &count) || count > GCC_CHANNELS_MAX) {
        return false;
    }
    for (uint16_t i = 0; i < count; i++) {
        if (!cursor_u16le(block, &server->channels[i])) {
            return false;
        }
    }
    server->channel_count = count;
    server->has_net = true;
    return true;
}

bool gcc_server_block_read(uint16_t type, struct cursor *block, void *into)
{
    struct gcc_server *server = into;
    switch (type) {
    case SC_CORE:
        return server_core_read(block, server);
    case SC_SECURITY:
        return server_security_read(block, server);
    case SC_NET:
        return server_net_read(block, server);
    case SC_MESSAGE:
        server->has_message_channel = true;
        return cursor_u16le(block, &server->message_channel);
    case SC_MULTITRANSPORT:
        server->has_multitransport = true;
        return cursor_u32le(block, &server->multitransport);
    default:
        return true;
    }
}

static void server_core_write(struct writer *writer, const struct gcc_server *server)
{
    const size_t begin = block_begin(writer, SC_CORE);
    writer_u32le(writer, server->version);
    if (server->has_requested) {
        writer_u32le(writer, server->requested);
        if (server->has_early) {
            writer_u32le(writer, server->early_flags);
        }
    }
    block_end(writer, begin);
}

static void server_security_write(struct writer *writer, const struct gcc_server *server)
{
    const size_t begin = block_begin(writer, SC_SECURITY);
    writer_u32le(writer, server->method);
    writer_u32le(writer, server->level);
    if (server->random.bytes != NULL) {
        writer_u32le(writer, (uint32_t)server->random.size);
        writer_u32le(writer, (uint32_t)server->certificate.size);
        writer_bytes(writer, server->random.bytes, server->random.size);
        writer_bytes(writer, server->certificate.bytes, server->certificate.size);
    }
    block_end(writer, begin);
}

static void server_net_write(struct writer *writer, const struct gcc_server *server)
{
    const size_t begin = block_begin(writer, SC_NET);
    writer_u16le(writer, server->io_channel);
    writer_u16le(writer, (uint16_t)server->channel_count);
    for (uint32_t i = 0; i < server->channel_count && i < GCC_CHANNELS_MAX; i++) {
        writer_u16le(writer, server->channels[i]);
    }
    writer_zeros(writer, server->channel_count % 2 * 2); /* to a multiple of four */
    block_end(writer, begin);
}

void gcc_server_blocks_write(struct writer *writer, const struct gcc_server *server)
{
    size_t begin;
    if (server->has_core) {
        server_core_write(writer, server);
    }
    if (server->has_net) {
        server_net_write(writer, server);
    }
    if (server->has_security) {
        server_security_write(writer, server);
    }
    if (server->has_message_channel) {
        begin = block_begin(writer, SC_MESSAGE);
        writer_u16le(writer, server->message_channel);
        block_end(writer, begin);
    }
    if (server->has_multitransport) {
        begin = block_begin(writer, SC_MULTITRANSPORT);
        writer_u32le(writer, server->multitransport);
        block_end(writer, begin);
    }
}

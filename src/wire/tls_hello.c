#include "wire/tls_hello.h"

#include "wire/tls_suites.h"

enum { RECORD_HANDSHAKE = 22, HANDSHAKE_CLIENT_HELLO = 1, RECORD_HEADER_SIZE = 5, HANDSHAKE_HEADER_SIZE = 4 };
enum { RENEGOTIATION_SCSV = 0x00ff, X25519_SIZE = 32, P256_SIZE = 65, NAME_TYPE_HOST = 0 };

static bool offers(const struct tls_hello *hello, enum tls_hello_version version)
{
    return hello->version == TLS_HELLO_WIDE || hello->version == version;
}

static bool possible(const struct tls_hello *hello)
{
    return hello->server_name.size <= TLS_HELLO_NAME_MAX &&
           (hello->server_name.bytes == NULL || hello->server_name.size > 0) &&
           (hello->x25519.bytes == NULL || hello->x25519.size == X25519_SIZE) &&
           (hello->p256.bytes == NULL || hello->p256.size == P256_SIZE);
}

/* Two bytes of length that are known only afterwards. */
static size_t block_begin(struct writer *writer)
{
    size_t begin = writer_size(writer);
    writer_u16be(writer, 0);
    return begin;
}

static void block_end(struct writer *writer, size_t begin)
{
    writer_patch_u16be(writer, begin, (uint16_t)(writer_size(writer) - begin - 2));
}

static size_t extension_begin(struct writer *writer, enum tls_extension extension)
{
    writer_u16be(writer, (uint16_t)extension);
    return block_begin(writer);
}

static void numbers_write(struct writer *writer, const struct tls_numbers *numbers)
{
    for (size_t i = 0; i < numbers->count; i++) {
        writer_u16be(writer, numbers->list[i]);
    }
}

static void suites_write(struct writer *writer, const struct tls_hello *hello)
{
    size_t begin = block_begin(writer);
    if (offers(hello, TLS_HELLO_1_3)) {
        numbers_write(writer, &tls_suites_13);
    }
    if (offers(hello, TLS_HELLO_1_2)) {
        numbers_write(writer, &tls_suites_12);
    }
    if (hello->version != TLS_HELLO_1_3 && hello->version != TLS_HELLO_SSL3) {
        numbers_write(writer, &tls_suites_10);
    }
    if (hello->version != TLS_HELLO_1_3) {
        numbers_write(writer, &tls_suites_ssl3);
        writer_u16be(writer, RENEGOTIATION_SCSV);
    }
    block_end(writer, begin);
}

static void server_name_write(struct writer *writer, struct slice name)
{
    if (name.bytes == NULL) {
        return;
    }
    size_t extension = extension_begin(writer, TLS_EXTENSION_SERVER_NAME);
    size_t list = block_begin(writer);
    writer_u8(writer, NAME_TYPE_HOST);
    writer_u16be(writer, (uint16_t)name.size);
    writer_bytes(writer, name.bytes, name.size);
    block_end(writer, list);
    block_end(writer, extension);
}

static void list_extension_write(struct writer *writer, enum tls_extension extension, const struct tls_numbers *numbers)
{
    size_t begin = extension_begin(writer, extension);
    size_t list = block_begin(writer);
    numbers_write(writer, numbers);
    block_end(writer, list);
    block_end(writer, begin);
}

static void share_write(struct writer *writer, enum tls_group group, struct slice value)
{
    if (value.bytes == NULL) {
        return;
    }
    writer_u16be(writer, (uint16_t)group);
    writer_u16be(writer, (uint16_t)value.size);
    writer_bytes(writer, value.bytes, value.size);
}

/* supported_versions, psk_key_exchange_modes, key_share (RFC 8446 4.2). */
static void extensions_13_write(struct writer *writer, const struct tls_hello *hello)
{
    size_t extension = extension_begin(writer, TLS_EXTENSION_VERSIONS);
    int lowest = hello->version == TLS_HELLO_WIDE ? TLS_HELLO_SSL3 : TLS_HELLO_1_3;
    writer_u8(writer, (uint8_t)(2 * (TLS_HELLO_1_3 - lowest + 1)));
    for (int version = TLS_HELLO_1_3; version >= lowest; version--) {
        writer_u16be(writer, (uint16_t)version);
    }
    block_end(writer, extension);
    extension = extension_begin(writer, TLS_EXTENSION_PSK_MODES);
    writer_u8(writer, 1);
    writer_u8(writer, 1); /* psk_dhe_ke */
    block_end(writer, extension);
    extension = extension_begin(writer, TLS_EXTENSION_KEY_SHARE);
    size_t shares = block_begin(writer);
    share_write(writer, TLS_GROUP_X25519, hello->x25519);
    share_write(writer, TLS_GROUP_P256, hello->p256);
    block_end(writer, shares);
    block_end(writer, extension);
}

static void extensions_write(struct writer *writer, const struct tls_hello *hello)
{
    size_t begin = block_begin(writer);
    server_name_write(writer, hello->server_name);
    list_extension_write(writer, TLS_EXTENSION_GROUPS, &tls_groups_all);
    size_t extension = extension_begin(writer, TLS_EXTENSION_POINT_FORMATS);
    writer_u8(writer, 1);
    writer_u8(writer, 0); /* uncompressed */
    block_end(writer, extension);
    block_end(writer, extension_begin(writer, TLS_EXTENSION_MASTER_SECRET));
    if (offers(hello, TLS_HELLO_1_2) || offers(hello, TLS_HELLO_1_3)) {
        list_extension_write(writer, TLS_EXTENSION_SIGNATURES, &tls_signatures_all);
    }
    if (offers(hello, TLS_HELLO_1_3)) {
        extensions_13_write(writer, hello);
    }
    block_end(writer, begin);
}

bool tls_hello_write(struct writer *writer, const struct tls_hello *hello)
{
    if (!possible(hello)) {
        return false;
    }
    int version = hello->version == TLS_HELLO_WIDE || hello->version == TLS_HELLO_1_3 ? TLS_HELLO_1_2 : hello->version;
    size_t start = writer_size(writer);
    writer_u8(writer, RECORD_HANDSHAKE);
    writer_u16be(writer, (uint16_t)(version == TLS_HELLO_SSL3 ? TLS_HELLO_SSL3 : TLS_HELLO_1_0));
    size_t record = block_begin(writer);
    writer_u16be(writer, HANDSHAKE_CLIENT_HELLO << 8); /* type, and the length's first byte: always 0 here */
    size_t message = block_begin(writer);
    writer_u16be(writer, (uint16_t)version);
    writer_bytes(writer, hello->random, sizeof hello->random);
    if (offers(hello, TLS_HELLO_1_3)) {
        writer_u8(writer, sizeof hello->session_id);
        writer_bytes(writer, hello->session_id, sizeof hello->session_id);
    } else {
        writer_u8(writer, 0);
    }
    suites_write(writer, hello);
    writer_u8(writer, 1); /* no compression */
    writer_u8(writer, 0);
    if (hello->version != TLS_HELLO_SSL3) {
        extensions_write(writer, hello);
    }
    block_end(writer, message);
    block_end(writer, record);
    return writer_ok(writer) && writer_size(writer) - start < TLS_HELLO_SIZE_MAX;
}

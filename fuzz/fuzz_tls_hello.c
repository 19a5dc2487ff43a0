#include "fuzz.h"

#include "wire/tls_hello.h"

/* Also writes a hello out of the input: whatever name and version it holds, what was written is read back. */
static void write_one(const uint8_t *bytes, size_t size)
{
    uint8_t room[TLS_HELLO_SIZE_MAX];
    struct writer writer = writer_of(room, sizeof room);
    struct tls_hello hello = {
        .version = bytes[0] % 6 == 0 ? TLS_HELLO_WIDE : (enum tls_hello_version)(TLS_HELLO_SSL3 + bytes[0] % 5),
        .server_name = slice_of(bytes + 1, size - 1),
        .x25519 = slice_of(bytes[0] > 127 ? room : NULL, bytes[0] > 127 ? 32 : 0),
    };
    if (!tls_hello_write(&writer, &hello)) {
        FUZZ_PROMISE(size - 1 > TLS_HELLO_NAME_MAX || size == 1);
        return;
    }
    struct cursor cursor = cursor_of(room, writer_size(&writer));
    struct tls_client_hello back;
    FUZZ_PROMISE(tls_hello_parse(&cursor, &back, NULL) == PARSE_DONE);
    FUZZ_PROMISE(hello.version == TLS_HELLO_SSL3 || fuzz_same(back.server_name, hello.server_name));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 0) {
        write_one(bytes, size);
    }
    struct cursor cursor = cursor_of(bytes, size);
    struct tls_client_hello hello;
    struct fault fault = { 0 };
    enum parse parsed = tls_hello_parse(&cursor, &hello, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes);
        FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
        FUZZ_PROMISE(parsed == PARSE_BAD || size < TLS_HELLO_READ_MAX);
        return 0;
    }
    FUZZ_PROMISE(hello.size == cursor_offset(&cursor) && hello.random.size == TLS_HELLO_RANDOM_SIZE);
    fuzz_touch(hello.suites);
    fuzz_touch(hello.versions);
    fuzz_touch(hello.groups);
    fuzz_touch(hello.signatures);
    fuzz_touch(hello.key_shares);
    fuzz_touch(hello.server_name);
    (void)tls_hello_offers_suite(&hello, 0xc02f);
    (void)tls_hello_offers_group(&hello, TLS_GROUP_P256);
    (void)tls_hello_offers_version(&hello, TLS_HELLO_1_3);
    return 0;
}

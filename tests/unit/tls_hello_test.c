#include "unit/cmocka_all.h"

#include "unit/guard_page.h"
#include "wire/tls_flight.h"
#include "wire/tls_hello.h"

static struct tls_hello hello_of(enum tls_hello_version version)
{
    static const uint8_t share[65] = { 4, 1, 2, 3 };
    struct tls_hello hello = { .version = version, .server_name = slice_of_text("srv.example") };
    memset(hello.random, 0x11, sizeof hello.random);
    memset(hello.session_id, 0x22, sizeof hello.session_id);
    hello.x25519 = slice_of(share, 32);
    hello.p256 = slice_of(share, 65);
    return hello;
}

static size_t write_hello(const struct tls_hello *hello, uint8_t bytes[TLS_HELLO_SIZE_MAX])
{
    struct writer writer = writer_of(bytes, TLS_HELLO_SIZE_MAX);
    assert_true(tls_hello_write(&writer, hello));
    return writer_size(&writer);
}

static struct tls_client_hello read_hello(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct tls_client_hello out;
    assert_int_equal(tls_hello_parse(&cursor, &out, NULL), PARSE_DONE);
    assert_int_equal(out.size, size);
    assert_int_equal(cursor_left(&cursor), 0);
    return out;
}

static enum parse hello_whole(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct tls_client_hello out;
    struct fault fault;
    return tls_hello_parse(&cursor, &out, &fault);
}

static void the_wide_hello_offers_everything(void **state)
{
    (void)state;
    uint8_t bytes[TLS_HELLO_SIZE_MAX];
    struct tls_hello wide = hello_of(TLS_HELLO_WIDE);
    size_t size = write_hello(&wide, bytes);
    assert_true(size < TLS_HELLO_SIZE_MAX);
    struct tls_client_hello out = read_hello(bytes, size);
    assert_int_equal(out.record_version, 0x0301);
    assert_int_equal(out.version, 0x0303);
    for (uint16_t version = TLS_HELLO_SSL3; version <= TLS_HELLO_1_3; version++) {
        assert_true(tls_hello_offers_version(&out, version));
    }
    assert_false(tls_hello_offers_version(&out, 0x0305));
    /* one of each kind: TLS 1.3, ECDHE, DHE, RSA, 3DES, RC4, export */
    static const uint16_t suites[] = { 0x1301, 0xc02f, 0xc013, 0x009e, 0x009c, 0x002f, 0x000a, 0x0005, 0x0003, 0x00ff };
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        assert_true(tls_hello_offers_suite(&out, suites[i]));
    }
    assert_false(tls_hello_offers_suite(&out, 0x5600)); /* no TLS_FALLBACK_SCSV */
    assert_true(tls_hello_offers_group(&out, TLS_GROUP_X25519));
    assert_true(tls_hello_offers_group(&out, TLS_GROUP_P256));
    for (uint16_t group = 0x11eb; group <= 0x11ee; group++) {
        assert_false(tls_hello_offers_group(&out, group)); /* post-quantum hybrids */
    }
    assert_false(tls_hello_offers_group(&out, 0x6399));
    assert_int_equal(out.server_name.size, 11);
    assert_memory_equal(out.server_name.bytes, "srv.example", 11);
    assert_int_equal(out.session_id.size, 32);
    assert_int_equal(out.key_shares.size, 4 + 32 + 4 + 65);
    assert_non_null(out.signatures.bytes);
    assert_memory_equal(out.random.bytes, wide.random, 32);
}

static void no_suite_is_offered_twice(void **state)
{
    (void)state;
    uint8_t bytes[TLS_HELLO_SIZE_MAX];
    struct tls_hello wide = hello_of(TLS_HELLO_WIDE);
    struct tls_client_hello out = read_hello(bytes, write_hello(&wide, bytes));
    for (size_t i = 0; i < out.suites.size; i += 2) {
        for (size_t j = 0; j < i; j += 2) {
            assert_memory_not_equal(out.suites.bytes + i, out.suites.bytes + j, 2);
        }
    }
}

static void the_longest_name_still_fits(void **state)
{
    (void)state;
    char name[TLS_HELLO_NAME_MAX + 1];
    memset(name, 'n', sizeof name);
    uint8_t bytes[TLS_HELLO_SIZE_MAX];
    struct tls_hello wide = hello_of(TLS_HELLO_WIDE);
    wide.server_name = slice_of(name, TLS_HELLO_NAME_MAX);
    size_t size = write_hello(&wide, bytes);
    assert_int_equal(read_hello(bytes, size).server_name.size, TLS_HELLO_NAME_MAX);
    struct writer writer = writer_of(bytes, sizeof bytes);
    wide.server_name = slice_of(name, TLS_HELLO_NAME_MAX + 1);
    assert_false(tls_hello_write(&writer, &wide));
    wide = hello_of(TLS_HELLO_WIDE);
    wide.x25519.size = 31;
    assert_false(tls_hello_write(&writer, &wide));
    wide = hello_of(TLS_HELLO_WIDE);
    wide.p256.size = 64;
    assert_false(tls_hello_write(&writer, &wide));
    wide = hello_of(TLS_HELLO_WIDE);
    wide.server_name = slice_of("", 0);
    assert_false(tls_hello_write(&writer, &wide));
    wide.server_name = slice_of_text(NULL);
    wide.x25519 = slice_of(NULL, 0);
    wide.p256 = slice_of(NULL, 0);
    size = write_hello(&wide, bytes);
    struct tls_client_hello out = read_hello(bytes, size);
    assert_null(out.server_name.bytes);
    assert_non_null(out.key_shares.bytes);
    assert_int_equal(out.key_shares.size, 0);
    writer = writer_of(bytes, size - 1);
    assert_false(tls_hello_write(&writer, &wide));
}

static void a_single_version_offers_only_itself(void **state)
{
    (void)state;
    for (int version = TLS_HELLO_SSL3; version <= TLS_HELLO_1_3; version++) {
        uint8_t bytes[TLS_HELLO_SIZE_MAX];
        struct tls_hello hello = hello_of((enum tls_hello_version)version);
        struct tls_client_hello out = read_hello(bytes, write_hello(&hello, bytes));
        assert_int_equal(out.version, version == TLS_HELLO_1_3 ? TLS_HELLO_1_2 : version);
        assert_int_equal(out.record_version, version == TLS_HELLO_SSL3 ? TLS_HELLO_SSL3 : TLS_HELLO_1_0);
        assert_true(tls_hello_offers_version(&out, (uint16_t)version));
        assert_int_equal(out.versions.bytes != NULL, version == TLS_HELLO_1_3);
        assert_int_equal(tls_hello_offers_suite(&out, 0x1301), version == TLS_HELLO_1_3);
        assert_int_equal(tls_hello_offers_suite(&out, 0xc02f), version == TLS_HELLO_1_2);
        assert_int_equal(tls_hello_offers_suite(&out, 0x002f), version != TLS_HELLO_1_3);
        assert_int_equal(tls_hello_offers_suite(&out, 0xc013), version > TLS_HELLO_SSL3 && version < TLS_HELLO_1_3);
        assert_int_equal(out.server_name.bytes != NULL, version != TLS_HELLO_SSL3);
        assert_int_equal(out.signatures.bytes != NULL, version >= TLS_HELLO_1_2);
        assert_int_equal(out.session_id.size, version == TLS_HELLO_1_3 ? 32 : 0);
    }
}

static void an_old_hello_is_exactly_this(void **state)
{
    (void)state;
    uint8_t bytes[TLS_HELLO_SIZE_MAX];
    struct tls_hello hello = hello_of(TLS_HELLO_SSL3);
    size_t size = write_hello(&hello, bytes);
    static const uint8_t start[] = { 0x16, 0x03, 0x00, 0x00, 0x91, 0x01, 0x00, 0x00, 0x8d, 0x03, 0x00, 0x11 };
    assert_memory_equal(bytes, start, sizeof start);
    assert_int_equal(size, 0x91 + 5);
    assert_memory_equal(bytes + size - 4, "\x00\xff\x01\x00", 4);
}

static void hellos_survive_damage(void **state)
{
    (void)state;
    uint8_t bytes[TLS_HELLO_SIZE_MAX];
    struct tls_hello hello = hello_of(TLS_HELLO_WIDE);
    size_t size = write_hello(&hello, bytes);
    every_truncation_asks_for_more(hello_whole, bytes, size);
    every_mutation_is_survived(hello_whole, bytes, size);
}

/* A small hello with the extensions given: 58 bytes in front of them. */
static size_t small_hello(uint8_t *bytes, size_t room, const void *extensions, size_t size)
{
    struct writer writer = writer_of(bytes, room);
    writer_bytes(&writer, "\x16\x03\x01", 3);
    writer_u16be(&writer, (uint16_t)(4 + 43 + size));
    writer_u8(&writer, 1);
    writer_u24be(&writer, (uint32_t)(43 + size));
    writer_u16be(&writer, TLS_HELLO_1_2);
    writer_zeros(&writer, TLS_HELLO_RANDOM_SIZE + 1);
    writer_bytes(&writer, "\x00\x02\x00\x2f\x01\x00", 6);
    writer_u16be(&writer, (uint16_t)size);
    writer_bytes(&writer, extensions, size);
    assert_true(writer_ok(&writer));
    return writer_size(&writer);
}

static void bad_hellos_say_why(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        const char *why;
    } cases[] = {
        { 0, 0x15, "not a TLS handshake record" },
        { 1, 0x02, "the record has an impossible version or length" },
        { 3, 0x41, "the record has an impossible version or length" },
        { 5, 0x02, "the record does not hold one whole ClientHello" },
        { 8, 0xff, "the record does not hold one whole ClientHello" },
        { 8, 0x10, "bytes are left over behind the ClientHello" },
        { 43, 33, "the ClientHello is cut short" },
        { 45, 0xff, "the ClientHello is cut short" },
        { 45, 3, "the suites or the session id have an impossible length" },
        { 45, 0, "the suites or the session id have an impossible length" },
        { 51, 5, "the extensions do not end where the hello ends" },
        { 51, 7, "the extensions do not end where the hello ends" },
        { 55, 3, "an extension is cut short" },
        { 55, 1, "an extension is cut short" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[128];
        size_t size = small_hello(bytes, sizeof bytes, "\xff\xee\x00\x02zz", 6);
        assert_int_equal(hello_whole(bytes, size), PARSE_DONE);
        bytes[cases[i].at] = cases[i].value;
        struct cursor cursor = cursor_of(bytes, size);
        struct tls_client_hello out = { .version = 77 };
        struct fault fault = { 0 };
        assert_int_equal(tls_hello_parse(&cursor, &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(out.version, 77);
    }
    struct cursor cursor = cursor_of((const uint8_t *)"\x16\x03\x01\x00\x00", 5);
    struct tls_client_hello out;
    assert_int_equal(tls_hello_parse(&cursor, &out, NULL), PARSE_BAD);
    cursor = cursor_of((const uint8_t *)"\x16\x03\x01\x40\x00", 5);
    assert_int_equal(tls_hello_parse(&cursor, &out, NULL), PARSE_MORE);
}

static void broken_extensions_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *extension;
        size_t size;
        enum parse parsed;
    } cases[] = {
        { "\x00\x00\x00\x00", 4, PARSE_DONE }, /* a server's way to acknowledge; harmless */
        { "\x00\x00\x00\x06\x00\x04\x00\x00\x01x", 10, PARSE_DONE },
        { "\x00\x00\x00\x06\x00\x04\x00\x00\x02x", 10, PARSE_BAD },
        { "\x00\x00\x00\x02\x00\x04", 6, PARSE_BAD },
        { "\x00\x00\x00\x01\x00", 5, PARSE_BAD },
        { "\x00\x0a\x00\x02\x00\x02", 6, PARSE_BAD },
        { "\x00\x0d\x00\x02\x00\x02", 6, PARSE_BAD },
        { "\x00\x2b\x00\x01\x02", 5, PARSE_BAD },
        { "\x00\x33\x00\x02\x00\x02", 6, PARSE_BAD },
        { "\xff\x01\x00\x01\x00", 5, PARSE_DONE },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[128];
        size_t size = small_hello(bytes, sizeof bytes, cases[i].extension, cases[i].size);
        assert_int_equal(hello_whole(bytes, size), cases[i].parsed);
        every_mutation_is_survived(hello_whole, bytes, size);
    }
    uint8_t many[4 * (TLS_HELLO_EXTENSIONS_MAX + 1)];
    uint8_t bytes[sizeof many + 64];
    memset(many, 0, sizeof many);
    for (size_t i = 0; i < sizeof many; i += 4) {
        many[i] = 0xfe;
    }
    assert_int_equal(hello_whole(bytes, small_hello(bytes, sizeof bytes, many, sizeof many)), PARSE_BAD);
    assert_int_equal(hello_whole(bytes, small_hello(bytes, sizeof bytes, many, sizeof many - 4)), PARSE_DONE);
}

static void versions_without_the_extension_end_at_12(void **state)
{
    (void)state;
    uint8_t bytes[128];
    size_t size = small_hello(bytes, sizeof bytes, NULL, 0);
    bytes[10] = 0x04; /* a legacy_version nobody should send */
    struct tls_client_hello out = read_hello(bytes, size);
    assert_true(tls_hello_offers_version(&out, TLS_HELLO_SSL3));
    assert_true(tls_hello_offers_version(&out, TLS_HELLO_1_2));
    assert_false(tls_hello_offers_version(&out, TLS_HELLO_1_3));
    assert_false(tls_hello_offers_version(&out, 0x0200));
    bytes[10] = 0x01;
    out = read_hello(bytes, size);
    assert_true(tls_hello_offers_version(&out, TLS_HELLO_1_0));
    assert_false(tls_hello_offers_version(&out, TLS_HELLO_1_1));
    assert_false(tls_hello_offers_group(&out, 0));
    assert_true(tls_hello_offers_suite(&out, 0x002f));
}

/* TLS 1.2 ServerHello without extensions, followed by the start of a Certificate in the same record. */
static const uint8_t SERVER_HELLO_12[] = {
    0x16, 0x03, 0x03, 0x00, 0x30, 0x02, 0x00, 0x00, 0x26, 0x03, 0x03, 1,    2,    3,    4,    5,    6,    7,
    8,    9,    10,   11,   12,   13,   14,   15,   16,   17,   18,   19,   20,   21,   22,   23,   24,   25,
    26,   27,   28,   29,   30,   31,   32,   0x00, 0xc0, 0x2f, 0x00, 0x0b, 0x00, 0x10, 0x00, 0x00, 0x00,
};
enum { SERVER_HELLO_12_END = 47 };

static enum parse flight_of(const void *bytes, size_t size, struct tls_flight *flight, struct fault *fault)
{
    struct cursor cursor = cursor_of(bytes, size);
    return tls_flight_parse(&cursor, flight, fault);
}

static enum parse flight_whole(const uint8_t *bytes, size_t size)
{
    struct tls_flight flight;
    struct fault fault;
    return flight_of(bytes, size, &flight, &fault);
}

static void a_server_hello_is_seen_before_its_record_ends(void **state)
{
    (void)state;
    struct tls_flight flight;
    for (size_t n = 0; n < SERVER_HELLO_12_END; n++) {
        assert_int_equal(flight_of(SERVER_HELLO_12, n, &flight, NULL), PARSE_MORE);
    }
    for (size_t n = SERVER_HELLO_12_END; n <= sizeof SERVER_HELLO_12; n++) {
        assert_int_equal(flight_of(SERVER_HELLO_12, n, &flight, NULL), PARSE_DONE);
        assert_int_equal(flight.kind, TLS_FLIGHT_SERVER_HELLO);
        assert_int_equal(flight.version, 0x0303);
        assert_int_equal(flight.suite, 0xc02f);
        assert_false(flight.retry);
    }
}

static void flights_come_back(void **state)
{
    (void)state;
    static const uint8_t share[32] = { 9 };
    static const struct tls_flight cases[] = {
        { .kind = TLS_FLIGHT_SERVER_HELLO, .version = 0x0300, .suite = 5 },
        { .kind = TLS_FLIGHT_SERVER_HELLO, .version = 0x0303, .suite = 0xc030 },
        { .kind = TLS_FLIGHT_SERVER_HELLO, .version = 0x0304, .suite = 0x1301, .x25519 = { share, 32 } },
        { .kind = TLS_FLIGHT_SERVER_HELLO, .version = 0x0304, .suite = 0x1302, .retry = true },
        { .kind = TLS_FLIGHT_ALERT, .alert = 40, .alert_level = TLS_ALERT_FATAL },
        { .kind = TLS_FLIGHT_ALERT, .alert = 0, .alert_level = TLS_ALERT_WARNING },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[256];
        struct writer writer = writer_of(bytes, sizeof bytes);
        assert_true(tls_flight_write(&writer, &cases[i]));
        struct tls_flight out;
        assert_int_equal(flight_of(bytes, writer_size(&writer), &out, NULL), PARSE_DONE);
        assert_int_equal(out.kind, cases[i].kind);
        assert_int_equal(out.version, cases[i].version);
        assert_int_equal(out.suite, cases[i].suite);
        assert_int_equal(out.retry, cases[i].retry);
        assert_int_equal(out.alert, cases[i].alert);
        assert_int_equal(out.alert_level, cases[i].alert_level);
        every_truncation_asks_for_more(flight_whole, bytes, writer_size(&writer));
        every_mutation_is_survived(flight_whole, bytes, writer_size(&writer));
    }
}

static void an_alert_is_exactly_this(void **state)
{
    (void)state;
    struct tls_flight out;
    assert_int_equal(flight_of("\x15\x03\x01\x00\x02\x02\x46", 7, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, TLS_FLIGHT_ALERT);
    assert_int_equal(out.alert_level, TLS_ALERT_FATAL);
    assert_int_equal(out.alert, 70);
    assert_int_equal(out.record_version, 0x0301);
}

static void a_remark_about_the_name_is_passed_over(void **state)
{
    (void)state;
    uint8_t bytes[7 + sizeof SERVER_HELLO_12] = { 0x15, 3, 3, 0, 2, TLS_ALERT_WARNING, 112 };
    memcpy(bytes + 7, SERVER_HELLO_12, sizeof SERVER_HELLO_12);
    struct tls_flight out;
    assert_int_equal(flight_of(bytes, 7, &out, NULL), PARSE_MORE);
    assert_int_equal(flight_of(bytes, sizeof bytes, &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, TLS_FLIGHT_SERVER_HELLO);
}

static void a_hello_in_many_records_is_put_together(void **state)
{
    (void)state;
    uint8_t bytes[6 * SERVER_HELLO_12_END];
    struct writer writer = writer_of(bytes, sizeof bytes);
    for (size_t i = 5; i < SERVER_HELLO_12_END; i++) {
        writer_bytes(&writer, "\x16\x03\x03\x00\x01", 5);
        writer_u8(&writer, SERVER_HELLO_12[i]);
    }
    struct tls_flight out;
    assert_true(writer_ok(&writer));
    assert_int_equal(flight_of(bytes, writer_size(&writer), &out, NULL), PARSE_DONE);
    assert_int_equal(out.suite, 0xc02f);
    every_truncation_asks_for_more(flight_whole, bytes, writer_size(&writer));
}

static void broken_server_hellos_are_bad(void **state)
{
    (void)state;
    uint8_t good[128];
    static const uint8_t share[32];
    struct writer writer = writer_of(good, sizeof good);
    const struct tls_flight flight = {
        .kind = TLS_FLIGHT_SERVER_HELLO, .version = TLS_HELLO_1_3, .suite = 0x1301, .x25519 = { share, 32 }
    };
    assert_true(tls_flight_write(&writer, &flight));
    static const struct {
        size_t at;
        uint8_t value;
    } cases[] = {
        { 9, 2 },     /* version */
        { 43, 33 },   /* session id */
        { 43, 32 },   /* one that eats the rest */
        { 48, 0xff }, /* extensions longer than the hello */
        { 48, 1 },    /* and shorter */
        { 52, 0xff }, /* an extension longer than its list */
        { 52, 1 },    /* supported_versions of one byte */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[sizeof good];
        memcpy(bytes, good, writer_size(&writer));
        bytes[cases[i].at] = cases[i].value;
        struct tls_flight out;
        struct fault fault = { 0 };
        assert_int_equal(flight_of(bytes, writer_size(&writer), &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, "the ServerHello is malformed");
    }
}

static void limits_are_where_they_are_said_to_be(void **state)
{
    (void)state;
    struct tls_flight out;
    struct fault fault = { 0 };
    assert_int_equal(flight_of("\x16\x03\x03\x48\x00", 5, &out, &fault), PARSE_MORE);
    assert_int_equal(flight_of("\x16\x03\x03\x48\x01", 5, &out, &fault), PARSE_BAD);
    assert_int_equal(flight_of("\x16\x03\x03\x10\x00\x02\x00\x0f\xfc", 9, &out, &fault), PARSE_MORE);
    assert_int_equal(flight_of("\x16\x03\x03\x10\x00\x02\x00\x0f\xfd", 9, &out, &fault), PARSE_BAD);
    uint8_t records[6 * (TLS_FLIGHT_RECORDS_MAX + 1)];
    struct writer writer = writer_of(records, sizeof records);
    for (size_t i = 0; i <= TLS_FLIGHT_RECORDS_MAX; i++) {
        writer_bytes(&writer, "\x16\x03\x03\x00\x01", 5);
        writer_u8(&writer, i == 0 ? 2 : i == 3 ? 0xff : 0);
    }
    assert_int_equal(flight_of(records, 6 * (TLS_FLIGHT_RECORDS_MAX - 1), &out, &fault), PARSE_MORE);
    assert_int_equal(flight_of(records, sizeof records, &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "the ServerHello is spread over more records than anyone uses");
    uint8_t bytes[256];
    static const uint8_t long_one[33];
    writer = writer_of(bytes, sizeof bytes);
    assert_false(tls_flight_write(&writer, &(struct tls_flight){ .session_id = { long_one, 33 } }));
    assert_false(tls_flight_write(&writer, &(struct tls_flight){ .x25519 = { long_one, 33 } }));
    assert_false(tls_flight_write(&writer, &(struct tls_flight){ .random = { long_one, 33 } }));
    assert_true(tls_flight_write(&writer, &(struct tls_flight){ .kind = TLS_FLIGHT_SERVER_HELLO,
                                                                .version = TLS_HELLO_1_2,
                                                                .session_id = { long_one, 32 },
                                                                .random = { SERVER_HELLO_12 + 11, 32 } }));
    assert_memory_equal(bytes + 11, SERVER_HELLO_12 + 11, 32);
    writer = writer_of(bytes, 6);
    assert_false(tls_flight_write(&writer, &(struct tls_flight){ .alert = 40 }));
}

static void a_flood_behind_a_first_byte_stays_in_its_room(void **state)
{
    (void)state;
    static uint8_t bytes[6 + 5 + 16384];
    struct writer writer = writer_of(bytes, sizeof bytes);
    writer_bytes(&writer, "\x16\x03\x03\x00\x01\x02\x16\x03\x03\x40\x00\x00\x0f\xfc\x03\x03", 16);
    writer_zeros(&writer, 33);
    writer_bytes(&writer, "\xc0\x2f\x00\x0f\xd4\xff\xee\x0f\xd0", 9); /* one extension fills the 4 KiB */
    struct tls_flight out;
    assert_int_equal(flight_of(bytes, sizeof bytes, &out, NULL), PARSE_DONE);
    assert_int_equal(out.suite, 0xc02f);
}

static void garbage_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *why;
    } cases[] = {
        { "SSH", 3, "not a TLS alert or handshake record" },
        { "\x16\x02\x00", 3, "the record's version is not 3.x" },
        { "\x16\x03\x03\x00\x00", 5, "the record has an impossible length" },
        { "\x16\x03\x03\xff\xff", 5, "the record has an impossible length" },
        { "\x15\x03\x03\x00\x01\x02", 6, "the alert is not two bytes long" },
        { "\x16\x03\x03\x00\x04\x0b", 6, "the first handshake message is no ServerHello" },
        { "\x16\x03\x03\x00\x04\x02\x01\x00\x00", 9, "the ServerHello says it is above 4 KiB" },
        { "\x16\x03\x03\x00\x05\x02\x00\x00\x01\x03", 10, "the ServerHello is malformed" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tls_flight out = { .alert = 77 };
        struct fault fault = { 0 };
        assert_int_equal(flight_of(cases[i].bytes, cases[i].size, &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(out.alert, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wide_hello_offers_everything),
        cmocka_unit_test(no_suite_is_offered_twice),
        cmocka_unit_test(the_longest_name_still_fits),
        cmocka_unit_test(a_single_version_offers_only_itself),
        cmocka_unit_test(an_old_hello_is_exactly_this),
        cmocka_unit_test(hellos_survive_damage),
        cmocka_unit_test(a_server_hello_is_seen_before_its_record_ends),
        cmocka_unit_test(flights_come_back),
        cmocka_unit_test(an_alert_is_exactly_this),
        cmocka_unit_test(a_remark_about_the_name_is_passed_over),
        cmocka_unit_test(a_hello_in_many_records_is_put_together),
        cmocka_unit_test(garbage_is_named),
        cmocka_unit_test(a_flood_behind_a_first_byte_stays_in_its_room),
        cmocka_unit_test(bad_hellos_say_why),
        cmocka_unit_test(broken_extensions_are_refused),
        cmocka_unit_test(versions_without_the_extension_end_at_12),
        cmocka_unit_test(broken_server_hellos_are_bad),
        cmocka_unit_test(limits_are_where_they_are_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

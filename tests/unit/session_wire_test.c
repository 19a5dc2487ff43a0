/* MCS, GCC, security, Client Info, licensing and share PDUs: the bytes of MS-RDPBCGR section 4, round trips, lies. */
#include "unit/cmocka_all.h"

#include "unit/guard_page.h"
#include "wire/client_info.h"
#include "wire/gcc.h"
#include "wire/licence.h"
#include "wire/pdu.h"
#include "wire/security.h"
#include "wire/share.h"

static enum parse pdu_of(const void *bytes, size_t size, struct pdu *pdu)
{
    struct fault fault;
    struct cursor cursor = cursor_of(bytes, size);
    return pdu_parse(&cursor, pdu, &fault);
}

/* The packet and what is inside it. */
static enum parse pdu_whole(const uint8_t *bytes, size_t size)
{
    struct pdu pdu;
    struct fault fault;
    struct gcc_client client;
    struct gcc_server server;
    const enum parse parsed = pdu_of(bytes, size, &pdu);
    if (parsed == PARSE_DONE && pdu.kind == PDU_MCS && pdu.mcs.has_data) {
        (void)!gcc_client_parse(pdu.mcs.data, &client, &fault);
        (void)!gcc_server_parse(pdu.mcs.data, &server, &fault);
    }
    return parsed;
}

static size_t packet(uint8_t *bytes, size_t room, const struct mcs *mcs)
{
    struct writer writer = writer_of(bytes, room);
    assert_true(mcs_packet_write(&writer, mcs));
    return writer_size(&writer);
}

/* MS-RDPBCGR 4.1.5 to 4.1.8, 4.1.10 and on. */
static void the_packets_of_the_specification(void **state)
{
    (void)state;
    static const struct {
        struct mcs mcs;
        const char *bytes;
        size_t size;
    } rows[] = {
        { { .kind = MCS_ERECT_DOMAIN }, "\x03\x00\x00\x0c\x02\xf0\x80\x04\x01\x00\x01\x00", 12 },
        { { .kind = MCS_ATTACH_USER }, "\x03\x00\x00\x08\x02\xf0\x80\x28", 8 },
        { { .kind = MCS_ATTACH_USER_CONFIRM, .has_user = true, .user = 1007 },
          "\x03\x00\x00\x0b\x02\xf0\x80\x2e\x00\x00\x06",
          11 },
        { { .kind = MCS_CHANNEL_JOIN, .user = 1007, .channel = 1003 },
          "\x03\x00\x00\x0c\x02\xf0\x80\x38\x00\x06\x03\xeb",
          12 },
        { { .kind = MCS_CHANNEL_JOIN_CONFIRM, .has_channel = true, .user = 1007, .requested = 1003, .channel = 1003 },
          "\x03\x00\x00\x0f\x02\xf0\x80\x3e\x00\x00\x06\x03\xeb\x03\xeb",
          15 },
        { { .kind = MCS_DISCONNECT, .reason = MCS_USER_REQUESTED }, "\x03\x00\x00\x09\x02\xf0\x80\x21\x80", 9 },
        { { .kind = MCS_DISCONNECT, .reason = MCS_PROVIDER_INITIATED }, "\x03\x00\x00\x09\x02\xf0\x80\x20\x80", 9 },
        { { .kind = MCS_SEND_DATA, .user = 1007, .channel = 1003, .data = { (const uint8_t *)"hi", 2 } },
          "\x03\x00\x00\x10\x02\xf0\x80\x64\x00\x06\x03\xeb\x70\x02hi",
          16 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t bytes[64];
        struct pdu pdu;
        assert_int_equal(packet(bytes, sizeof(bytes), &rows[i].mcs), rows[i].size);
        assert_memory_equal(bytes, rows[i].bytes, rows[i].size);
        assert_int_equal(pdu_of(bytes, rows[i].size, &pdu), PARSE_DONE);
        assert_int_equal(pdu.kind, PDU_MCS);
        assert_int_equal(pdu.size, rows[i].size);
        assert_int_equal(pdu.mcs.kind, rows[i].mcs.kind);
        assert_int_equal(pdu.mcs.user, rows[i].mcs.user);
        assert_int_equal(pdu.mcs.channel, rows[i].mcs.channel);
        assert_int_equal(pdu.mcs.requested, rows[i].mcs.requested);
        assert_int_equal(pdu.mcs.reason, rows[i].mcs.reason);
        assert_int_equal(pdu.mcs.data.size, rows[i].mcs.data.size);
    }
}

static void refusals_of_mcs(void **state)
{
    (void)state;
    struct pdu pdu;
    /* the bare result 14 */
    static const uint8_t bare[] = "\x03\x00\x00\x0d\x02\xf0\x80\x7f\x66\x03\x0a\x01\x0e";
    assert_int_equal(pdu_of(bare, 13, &pdu), PARSE_DONE);
    assert_int_equal(pdu.mcs.kind, MCS_CONNECT_RESPONSE);
    assert_int_equal(pdu.mcs.result, MCS_RESULT_USER_REJECTED);
    assert_false(pdu.mcs.has_data);
    /* a success must say more */
    static const uint8_t empty[] = "\x03\x00\x00\x0d\x02\xf0\x80\x7f\x66\x03\x0a\x01\x00";
    assert_int_equal(pdu_of(empty, 13, &pdu), PARSE_BAD);
    /* a join that is refused carries no channel: result 1 */
    static const uint8_t refused[] = "\x03\x00\x00\x0d\x02\xf0\x80\x3c\x20\x00\x06\x03\xeb";
    assert_int_equal(pdu_of(refused, 13, &pdu), PARSE_DONE);
    assert_int_equal(pdu.mcs.result, 1);
    assert_false(pdu.mcs.has_channel);
    assert_int_equal(pdu.mcs.requested, 1003);
    /* all 16 results come through both ways */
    for (uint8_t result = 0; result < 16; result++) {
        uint8_t bytes[32];
        const struct mcs mcs = { .kind = MCS_ATTACH_USER_CONFIRM, .result = result };
        const size_t size = packet(bytes, sizeof(bytes), &mcs);
        assert_int_equal(pdu_of(bytes, size, &pdu), PARSE_DONE);
        assert_int_equal(pdu.mcs.result, result);
        assert_false(pdu.mcs.has_user);
    }
}

static void lengths_that_lie(void **state)
{
    (void)state;
    struct pdu pdu;
    /* BER: Connect-Response of 1 GB in a packet of 14 bytes */
    static const uint8_t ber[] = "\x03\x00\x00\x0e\x02\xf0\x80\x7f\x66\x84\x40\x00\x00\x00";
    assert_int_equal(pdu_of(ber, 14, &pdu), PARSE_BAD);
    /* PER: data of 16383 bytes; a fragment */
    static const uint8_t per[] = "\x03\x00\x00\x10\x02\xf0\x80\x68\x00\x01\x03\xeb\x70\xbf\xffx";
    assert_int_equal(pdu_of(per, 16, &pdu), PARSE_BAD);
    static const uint8_t fragment[] = "\x03\x00\x00\x10\x02\xf0\x80\x68\x00\x01\x03\xeb\x70\xc1\x00x";
    assert_int_equal(pdu_of(fragment, 16, &pdu), PARSE_BAD);
    /* a user above what fits */
    static const uint8_t user[] = "\x03\x00\x00\x0b\x02\xf0\x80\x2e\x00\xff\xff";
    assert_int_equal(pdu_of(user, 11, &pdu), PARSE_BAD);
    /* fast path */
    static const uint8_t fast[] = "\x00\x05xyz";
    assert_int_equal(pdu_of(fast, 5, &pdu), PARSE_DONE);
    assert_int_equal(pdu.kind, PDU_FAST);
    assert_int_equal(pdu.data.size, 3);
    assert_int_equal(pdu_of(fast, 4, &pdu), PARSE_MORE);
    assert_int_equal(pdu_of("\x00\x01", 2, &pdu), PARSE_BAD);
    assert_int_equal(pdu_of("\x00\x80\x02", 3, &pdu), PARSE_BAD);
    assert_int_equal(pdu_of("HTTP", 4, &pdu), PARSE_MORE); /* 0x48: fast path of 0x54 bytes */
    assert_int_equal(pdu_of("SSH-", 4, &pdu), PARSE_BAD);
    static const uint8_t away[] = "\x03\x00\x00\x0b\x06\x80\x00\x00\x00\x00\x00";
    assert_int_equal(pdu_of(away, 11, &pdu), PARSE_DONE);
    assert_int_equal(pdu.kind, PDU_DISCONNECT);
}

static const struct gcc_client CLIENT = {
    .has_core = true,
    .version = GCC_VERSION_10_12,
    .width = 1024,
    .height = 768,
    .keyboard = 0x409,
    .build = 2600,
    .name = { 'r', 'd', 'p', 'w', 'h', 'y' },
    .has_early = true,
    .early_flags = GCC_EARLY_ERRINFO | GCC_EARLY_STATUSINFO,
    .has_selected = true,
    .selected = 8,
    .has_security = true,
    .methods = GCC_METHOD_40 | GCC_METHOD_56 | GCC_METHOD_128 | GCC_METHOD_FIPS,
    .has_net = true,
    .channel_count = 2,
    .channels = { { "rdpdr", 0x80800000 }, { "cliprdr", 0xc0a00000 } },
    .has_cluster = true,
    .cluster_flags = 0x0d,
    .has_message_channel = true,
    .has_multitransport = true,
    .multitransport = 1,
};

static void gcc_round_trips(void **state)
{
    (void)state;
    uint8_t bytes[2048];
    struct fault fault;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct gcc_client client;
    assert_true(gcc_client_write(&writer, &CLIENT));
    assert_int_equal(gcc_client_parse(slice_of(bytes, writer_size(&writer)), &client, &fault), PARSE_DONE);
    assert_memory_equal(&client, &CLIENT, sizeof(client));
    const uint8_t random[32] = { 7 };
    const struct gcc_server is = {
        .has_core = true,
        .version = GCC_VERSION_5_TO_8_1,
        .has_requested = true,
        .requested = 0x0b,
        .has_early = true,
        .early_flags = 1,
        .has_security = true,
        .method = GCC_METHOD_128,
        .level = GCC_LEVEL_CLIENT_COMPATIBLE,
        .random = slice_of(random, 32),
        .certificate = slice_of(random, 20),
        .has_net = true,
        .io_channel = 1003,
        .channel_count = 3,
        .channels = { 1004, 1005, 1006 },
        .has_message_channel = true,
        .message_channel = 1007,
        .has_multitransport = true,
        .multitransport = 0x105,
    };
    struct gcc_server server;
    writer = writer_of(bytes, sizeof(bytes));
    assert_true(gcc_server_write(&writer, &is));
    assert_int_equal(gcc_server_parse(slice_of(bytes, writer_size(&writer)), &server, &fault), PARSE_DONE);
    assert_int_equal(server.requested, 0x0b);
    assert_int_equal(server.method, GCC_METHOD_128);
    assert_int_equal(server.level, GCC_LEVEL_CLIENT_COMPATIBLE);
    assert_int_equal(server.io_channel, 1003);
    assert_int_equal(server.channel_count, 3);
    assert_int_equal(server.channels[2], 1006);
    assert_int_equal(server.message_channel, 1007);
    assert_int_equal(server.multitransport, 0x105);
    assert_int_equal(server.random.size, 32);
    assert_memory_equal(server.random.bytes, random, 32);
    assert_int_equal(server.certificate.size, 20);
}

static void gcc_lies(void **state)
{
    (void)state;
    uint8_t bytes[2048];
    struct gcc_server server;
    struct gcc_client client;
    struct fault fault;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct gcc_server is = { .has_net = true, .io_channel = 1003, .channel_count = 1, .channels = { 1004 } };
    assert_true(gcc_server_write(&writer, &is));
    const size_t size = writer_size(&writer);
    uint8_t *const net = bytes + size - 12; /* type, length, channel, count, one channel, padding */
    assert_int_equal(net[6], 1);
    net[6] = 32; /* more channels than there may be */
    assert_int_equal(gcc_server_parse(slice_of(bytes, size), &server, &fault), PARSE_BAD);
    net[6] = 9; /* more than came */
    assert_int_equal(gcc_server_parse(slice_of(bytes, size), &server, &fault), PARSE_BAD);
    net[6] = 1;
    net[2] = 3; /* a block below its own header */
    assert_int_equal(gcc_server_parse(slice_of(bytes, size), &server, &fault), PARSE_BAD);
    net[2] = 13; /* one byte past the end */
    assert_int_equal(gcc_server_parse(slice_of(bytes, size), &server, &fault), PARSE_BAD);
    net[2] = 12;
    assert_int_equal(gcc_server_parse(slice_of(bytes, size), &server, &fault), PARSE_DONE);
    assert_int_equal(gcc_client_parse(slice_of(bytes, size), &client, &fault), PARSE_BAD);
    assert_int_equal(gcc_server_parse(slice_of(bytes, size - 1), &server, &fault), PARSE_BAD);
}

static void certificates_and_headers(void **state)
{
    (void)state;
    uint8_t bytes[512];
    uint8_t modulus[64];
    uint8_t signature[64] = { 1 };
    struct fault fault;
    struct security_certificate certificate;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    memset(modulus, 0xab, sizeof(modulus));
    security_certificate_write(&writer, 65537, slice_of(modulus, 64), slice_of(signature, 64));
    assert_int_equal(security_certificate_parse(slice_of(bytes, writer_size(&writer)), &certificate, &fault),
                     PARSE_DONE);
    assert_int_equal(certificate.kind, SECURITY_PROPRIETARY);
    assert_int_equal(certificate.exponent, 65537);
    assert_int_equal(certificate.modulus.size, 64);
    assert_memory_equal(certificate.modulus.bytes, modulus, 64);
    bytes[20] = 0xff; /* keylen of 64 kB */
    bytes[21] = 0xff;
    assert_int_equal(security_certificate_parse(slice_of(bytes, writer_size(&writer)), &certificate, &fault),
                     PARSE_BAD);
    static const uint8_t many[] = { 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff };
    assert_int_equal(security_certificate_parse(slice_of(many, 8), &certificate, &fault), PARSE_BAD);
    static const uint8_t huge[] = { 2, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0x40, 1 };
    assert_int_equal(security_certificate_parse(slice_of(huge, 13), &certificate, &fault), PARSE_BAD);
    for (int fips = 0; fips < 2; fips++) {
        const struct security_header is = { .flags = SEC_ENCRYPT | SEC_INFO_PKT,
                                            .fips = fips,
                                            .padding = fips ? 3 : 0,
                                            .mac = { 1, 2, 3, 4, 5, 6, 7, 8 } };
        struct security_header header;
        writer = writer_of(bytes, sizeof(bytes));
        security_header_write(&writer, &is);
        assert_int_equal(writer_size(&writer), fips ? 16 : 12);
        struct cursor cursor = cursor_of(bytes, writer_size(&writer));
        assert_int_equal(security_header_parse(&cursor, fips, &header, &fault), PARSE_DONE);
        assert_memory_equal(&header, &is, sizeof(header));
        assert_int_equal(cursor_left(&cursor), 0);
    }
    writer = writer_of(bytes, sizeof(bytes));
    security_exchange_write(&writer, slice_of(modulus, 64));
    struct cursor cursor = cursor_of(bytes, writer_size(&writer));
    struct slice encrypted;
    assert_int_equal(security_exchange_parse(&cursor, &encrypted, &fault), PARSE_DONE);
    assert_int_equal(encrypted.size, 64);
}

static void client_info_round_trip(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    struct fault fault;
    struct client_info info;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct client_info is = {
        .code_page = 0x409,
        .flags = INFO_UNICODE | INFO_AUTOLOGON,
        .domain = slice_of("C\0", 2),
        .user = slice_of("a\0b\0", 4),
        .password = slice_of("x\0", 2),
        .family = 2,
        .performance = 7,
    };
    client_info_write(&writer, &is);
    assert_true(writer_ok(&writer));
    struct cursor cursor = cursor_of(bytes, writer_size(&writer));
    assert_int_equal(client_info_parse(&cursor, &info, &fault), PARSE_DONE);
    assert_int_equal(info.flags, is.flags);
    assert_int_equal(info.user.size, 4);
    assert_memory_equal(info.user.bytes, "a\0b\0", 4);
    assert_int_equal(info.password.size, 2);
    assert_int_equal(info.performance, 7);
    bytes[8] = 0xff; /* a domain of 64 kB */
    bytes[9] = 0xff;
    cursor = cursor_of(bytes, writer_size(&writer));
    assert_int_equal(client_info_parse(&cursor, &info, &fault), PARSE_BAD);
}

static void every_licence_message_round_trips(void **state)
{
    (void)state;
    static const enum licence_type types[] = {
        LICENCE_REQUEST,     LICENCE_PLATFORM_CHALLENGE, LICENCE_NEW,   LICENCE_UPGRADE, LICENCE_INFO,
        LICENCE_NEW_REQUEST, LICENCE_PLATFORM_RESPONSE,  LICENCE_ALERT,
    };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        uint8_t bytes[1024];
        uint8_t again[1024];
        struct fault fault;
        struct licence licence;
        const struct slice some = slice_of("abcdef", 6);
        const struct licence is = {
            .type = types[i],
            .flags = LICENCE_VERSION,
            .random = { 9 },
            .product_version = 0x60000,
            .company = slice_of("M\0", 2),
            .product = slice_of("A\0", 2),
            .certificate = some,
            .scope_count = 2,
            .scope = slice_of("m.com", 6),
            .platform = 1,
            .premaster = some,
            .user = some,
            .machine = some,
            .data = some,
            .hardware = some,
            .mac = { 3 },
            .error = LICENCE_NO_SERVER,
            .transition = LICENCE_ABORT,
        };
        struct writer writer = writer_of(bytes, sizeof(bytes));
        assert_true(licence_write(&writer, &is));
        struct cursor cursor = cursor_of(bytes, writer_size(&writer));
        assert_int_equal(licence_parse(&cursor, &licence, &fault), PARSE_DONE);
        assert_int_equal(cursor_left(&cursor), 0);
        struct writer second = writer_of(again, sizeof(again));
        assert_true(licence_write(&second, &licence));
        assert_int_equal(writer_size(&second), writer_size(&writer));
        assert_memory_equal(again, bytes, writer_size(&writer));
    }
}

static void a_licence_of_a_gigabyte(void **state)
{
    (void)state;
    uint8_t bytes[256];
    struct fault fault;
    struct licence licence;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct licence is = { .type = LICENCE_REQUEST, .company = slice_of("M\0", 2) };
    assert_true(licence_write(&writer, &is));
    const size_t size = writer_size(&writer);
    const size_t company = 4 + LICENCE_RANDOM + 4;
    bytes[company + 3] = 0x40;
    struct cursor cursor = cursor_of(bytes, size);
    assert_int_equal(licence_parse(&cursor, &licence, &fault), PARSE_BAD);
    assert_int_equal(fault.offset, company + 4); /* right behind the size: nothing further was looked at */
    bytes[company + 3] = 0;
    bytes[size - 1] = 0x40; /* a billion scopes */
    cursor = cursor_of(bytes, size);
    assert_int_equal(licence_parse(&cursor, &licence, &fault), PARSE_BAD);
}

static void shares(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    struct fault fault;
    struct share share;
    static const enum share_type types[] = { SHARE_DEMAND_ACTIVE, SHARE_CONFIRM_ACTIVE };
    static const uint16_t counts[] = { 8, 15 };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct writer writer = writer_of(bytes, sizeof(bytes));
        const struct share is = { .type = types[i], .source = 1002, .id = 0x103ea, .descriptor = slice_of("RDP", 4) };
        assert_true(share_active_write(&writer, &is));
        assert_true(share_recognise(slice_of(bytes, writer_size(&writer))));
        struct cursor cursor = cursor_of(bytes, writer_size(&writer));
        assert_int_equal(share_parse(&cursor, &share, &fault), PARSE_DONE);
        assert_int_equal(share.type, types[i]);
        assert_int_equal(share.id, 0x103ea);
        assert_int_equal(share.set_count, counts[i]);
        assert_int_equal(share.sets[0], 1);
        assert_int_equal(share.os_major, 1);
        assert_int_equal(share.descriptor.size, 4);
    }
    /* MS-RDPBCGR 2.2.5.1.1: 22 bytes */
    static const uint8_t error_info[] = {
        0x16, 0, 0x17, 0, 0, 0, 0xea, 3, 1, 0, 0, 1, 8, 0, 0x2f, 0, 0, 0, 7, 0, 0, 0
    };
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct share is = {
        .type = SHARE_DATA, .id = 0x103ea, .type2 = SHARE_SET_ERROR_INFO, .data = slice_of("\x07\0\0\0", 4)
    };
    assert_true(share_data_write(&writer, &is));
    assert_int_equal(writer_size(&writer), sizeof(error_info));
    assert_memory_equal(bytes, error_info, sizeof(error_info));
    struct cursor cursor = cursor_of(bytes, sizeof(error_info));
    assert_int_equal(share_parse(&cursor, &share, &fault), PARSE_DONE);
    assert_int_equal(share.error, 7);
    cursor = cursor_of(error_info, 20); /* cut inside the code */
    assert_int_equal(share_parse(&cursor, &share, &fault), PARSE_BAD);
    cursor = cursor_of((const uint8_t *)"\x04\0\x16\0", 4); /* Windows XP's short Deactivate All */
    assert_int_equal(share_parse(&cursor, &share, &fault), PARSE_DONE);
    assert_int_equal(share.type, SHARE_DEACTIVATE);
}

static void every_truncation_and_mutation(void **state)
{
    (void)state;
    uint8_t bytes[2048];
    uint8_t gcc[1024];
    struct writer inner = writer_of(gcc, sizeof(gcc));
    assert_true(gcc_client_write(&inner, &CLIENT));
    const struct mcs mcs = { .kind = MCS_CONNECT_INITIAL, .data = slice_of(gcc, writer_size(&inner)) };
    const size_t size = packet(bytes, sizeof(bytes), &mcs);
    every_truncation_asks_for_more(pdu_whole, bytes, size);
    every_mutation_is_survived(pdu_whole, bytes, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packets_of_the_specification),
        cmocka_unit_test(refusals_of_mcs),
        cmocka_unit_test(lengths_that_lie),
        cmocka_unit_test(gcc_round_trips),
        cmocka_unit_test(gcc_lies),
        cmocka_unit_test(certificates_and_headers),
        cmocka_unit_test(client_info_round_trip),
        cmocka_unit_test(every_licence_message_round_trips),
        cmocka_unit_test(a_licence_of_a_gigabyte),
        cmocka_unit_test(shares),
        cmocka_unit_test(every_truncation_and_mutation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

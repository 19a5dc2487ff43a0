/* RDP's UDP transport: the datagrams that MS-RDPEUDP and MS-RDPEUDP2 print, and what is none. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/guard_page.h"
#include "wire/rdpeudp.h"

/* MS-RDPEUDP 4.1.1 (its zeros of the correlation id, which the print leaves out, put in) */
static const uint8_t SYN[] = {
    0xff, 0xff, 0xff, 0xff, 0x04, 0x00, 0x0a, 0x01, 0x00, 0x00, 0x00, 0x42, 0x04, 0xd0, 0x04, 0xd0,
    0xd2, 0x35, 0xac, 0x43, 0x89, 0x41, 0x42, 0xda, 0xb1, 0x0e, 0xdd, 0x68, 0x87, 0xf7, 0xf9, 0xfb,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
};
/* 4.1.2 */
static const uint8_t SYN_ACK[] = {
    0x00, 0x00, 0x00, 0x42, 0x04, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x42, 0x04, 0xd0, 0x04, 0xd0,
};
/* 4.2.1, of the payload only what is printed */
static const uint8_t SOURCE[] = {
    0xd6, 0xcf, 0x0a, 0xb8, 0x04, 0x00, 0x00, 0x0c, 0x00, 0x01, 0x04, 0x00, 0xec,
    0x47, 0x1a, 0xe4, 0xec, 0x47, 0x1a, 0xe4, 0x17, 0x03, 0x03, 0x00, 0x40, 0xbb,
};
/* 4.2.2 */
static const uint8_t FEC[] = {
    0xd6, 0xcf, 0x0a, 0xcb, 0x04, 0x00, 0x00, 0x1c, 0x00, 0x01, 0x04, 0x00, 0xec, 0x47,
    0x1a, 0xfd, 0xec, 0x47, 0x1a, 0xfd, 0x10, 0x01, 0x00, 0x00, 0x40, 0x25, 0x04, 0xf1,
};
/* 4.2.3 */
static const uint8_t ACK_OF_ACKS[] = {
    0xd6, 0xcf, 0x0a, 0xb8, 0x04, 0x00, 0x01, 0x0c, 0x00, 0x01, 0x04, 0x00, 0xd6, 0xcf,
    0x0a, 0xb8, 0xec, 0x47, 0x1a, 0xe4, 0xec, 0x47, 0x1a, 0xe4, 0x17, 0x03, 0x03, 0x00,
};

static enum parse parse(const void *bytes, size_t size, struct rdpeudp *out)
{
    struct fault fault;
    return rdpeudp_parse(slice_of(bytes, size), out, &fault);
}

static void the_printed_syn_is_read(void **state)
{
    (void)state;
    struct rdpeudp syn;
    assert_int_equal(parse(SYN, sizeof SYN, &syn), PARSE_DONE);
    assert_int_equal(syn.acked, RDPEUDP_NO_ACK);
    assert_int_equal(syn.window, 1024);
    assert_int_equal(syn.flags, RDPEUDP_SYN | RDPEUDP_LOSSY | RDPEUDP_CORRELATION);
    assert_int_equal(syn.initial, 0x42);
    assert_int_equal(syn.up_mtu, 1232);
    assert_int_equal(syn.down_mtu, 1232);
    assert_int_equal(syn.correlation.size, 16);
    assert_memory_equal(syn.correlation.bytes, SYN + 16, 16);
    assert_int_equal(syn.version, RDPEUDP_VERSION_1);
    assert_null(syn.hash.bytes);
}

static void the_printed_answer_is_read(void **state)
{
    (void)state;
    struct rdpeudp answer;
    assert_int_equal(parse(SYN_ACK, sizeof SYN_ACK, &answer), PARSE_DONE);
    assert_int_equal(answer.flags, RDPEUDP_SYN | RDPEUDP_ACK);
    assert_int_equal(answer.acked, 0x42);
    assert_int_equal(answer.initial, 0x42);
    assert_int_equal(answer.version, RDPEUDP_VERSION_1);
}

static void the_printed_data_is_read(void **state)
{
    (void)state;
    struct rdpeudp data;
    assert_int_equal(parse(SOURCE, sizeof SOURCE, &data), PARSE_DONE);
    assert_int_equal(data.acks.size, 1);
    assert_int_equal(data.acks.bytes[0], 4);
    assert_int_equal(data.coded, 0xec471ae4);
    assert_int_equal(data.source, 0xec471ae4);
    assert_int_equal(data.payload.size, 6);
    assert_int_equal(data.payload.bytes[0], 0x17);
    assert_int_equal(parse(FEC, sizeof FEC, &data), PARSE_DONE);
    assert_int_equal(data.coded, 0xec471afd);
    assert_int_equal(data.payload.size, 4);
    assert_int_equal(data.payload.bytes[0], 0x40);
    assert_int_equal(parse(ACK_OF_ACKS, sizeof ACK_OF_ACKS, &data), PARSE_DONE);
    assert_int_equal(data.reset, 0xd6cf0ab8);
    assert_int_equal(data.source, 0xec471ae4);
    assert_int_equal(data.payload.size, 4);
}

static void a_syn_is_padded_to_the_smaller_mtu(void **state)
{
    (void)state;
    static const uint8_t id[16] = { 1, 2, 3 };
    uint8_t bytes[1300];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct rdpeudp syn = {
        .acked = RDPEUDP_NO_ACK,
        .window = 64,
        .flags = RDPEUDP_SYN | RDPEUDP_CORRELATION | RDPEUDP_SYNEX,
        .initial = 0x01020304,
        .up_mtu = 1232,
        .down_mtu = 1182,
        .correlation = slice_of(id, sizeof id),
        .version = RDPEUDP_VERSION_2,
    };
    assert_true(rdpeudp_write(&writer, &syn));
    assert_int_equal(writer_size(&writer), 1182);
    static const uint8_t begin[] = { 0xff, 0xff, 0xff, 0xff, 0, 64, 0x18, 1, 1, 2, 3, 4, 0x04, 0xd0, 0x04, 0x9e };
    assert_memory_equal(bytes, begin, sizeof begin);
    static const uint8_t version[] = { 0, 1, 0, 2, 0, 0, 0, 0 };
    assert_memory_equal(bytes + 48, version, sizeof version);
    struct rdpeudp back;
    assert_int_equal(parse(bytes, 1182, &back), PARSE_DONE);
    assert_int_equal(back.version, RDPEUDP_VERSION_2);
    assert_int_equal(back.initial, 0x01020304);
}

static void version_3_brings_a_hash_in_the_question_only(void **state)
{
    (void)state;
    uint8_t bytes[1300];
    uint8_t hash[RDPEUDP_HASH_SIZE];
    memset(hash, 'h', sizeof hash);
    struct writer writer = writer_of(bytes, sizeof bytes);
    struct rdpeudp syn = {
        .acked = RDPEUDP_NO_ACK,
        .flags = RDPEUDP_SYN | RDPEUDP_SYNEX,
        .up_mtu = 1232,
        .down_mtu = 1232,
        .version = RDPEUDP_VERSION_3,
        .hash = slice_of(hash, sizeof hash),
    };
    struct rdpeudp back;
    assert_true(rdpeudp_write(&writer, &syn));
    assert_int_equal(parse(bytes, writer_size(&writer), &back), PARSE_DONE);
    assert_int_equal(back.version, RDPEUDP_VERSION_3);
    assert_memory_equal(back.hash.bytes, hash, sizeof hash);
    assert_int_equal(parse(bytes, 16 + 4 + 31, &back), PARSE_BAD);
    writer = writer_of(bytes, sizeof bytes);
    syn.flags |= RDPEUDP_ACK;
    syn.acked = 5;
    syn.hash = slice_of(NULL, 0);
    assert_true(rdpeudp_write(&writer, &syn));
    assert_int_equal(parse(bytes, writer_size(&writer), &back), PARSE_DONE);
    assert_int_equal(back.version, RDPEUDP_VERSION_3);
    assert_null(back.hash.bytes);
}

static void data_travels(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const uint8_t acks[] = { 1, 2, 3 };
    const struct rdpeudp data = { .acked = 9,
                                  .window = 64,
                                  .flags = RDPEUDP_ACK | RDPEUDP_DATA | RDPEUDP_ACK_OF_ACKS,
                                  .acks = slice_of(acks, 3),
                                  .reset = 7,
                                  .coded = 10,
                                  .source = 11,
                                  .payload = slice_of_text("hello") };
    struct rdpeudp back;
    assert_true(rdpeudp_write(&writer, &data));
    assert_int_equal(writer_size(&writer), 8 + 8 + 4 + 8 + 5); /* the ack vector ends at four bytes */
    assert_int_equal(parse(bytes, writer_size(&writer), &back), PARSE_DONE);
    assert_int_equal(back.acks.size, 3);
    assert_int_equal(back.reset, 7);
    assert_int_equal(back.coded, 10);
    assert_int_equal(back.source, 11);
    assert_int_equal(back.payload.size, 5);
    assert_memory_equal(back.payload.bytes, "hello", 5);
}

static void other_things_on_udp_are_none(void **state)
{
    (void)state;
    struct rdpeudp out;
    uint8_t syn[sizeof SYN];
    static const uint8_t dns[] = { 0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1 };
    assert_int_equal(parse(dns, sizeof dns, &out), PARSE_BAD);
    assert_int_equal(parse("", 0, &out), PARSE_BAD);
    assert_int_equal(parse("this is no answer to that", 25, &out), PARSE_BAD);
    memcpy(syn, SYN, sizeof syn);
    syn[13] = 0xd1; /* 1233 */
    assert_int_equal(parse(syn, sizeof syn, &out), PARSE_BAD);
    syn[12] = 0x04;
    syn[13] = 0x6b; /* 1131 */
    assert_int_equal(parse(syn, sizeof syn, &out), PARSE_BAD);
    memcpy(syn, SYN, sizeof syn);
    syn[0] = 0; /* a SYN that acknowledges */
    assert_int_equal(parse(syn, sizeof syn, &out), PARSE_BAD);
    memcpy(syn, SYN, sizeof syn);
    syn[6] |= 0x20; /* a flag that is none */
    assert_int_equal(parse(syn, sizeof syn, &out), PARSE_BAD);
}

/* Nothing is read behind the end, wherever it is cut. */
static void every_cut_is_bad_or_whole(void **state)
{
    (void)state;
    static const struct slice all[] = {
        { SYN, sizeof SYN }, { SYN_ACK, sizeof SYN_ACK },         { SOURCE, sizeof SOURCE },
        { FEC, sizeof FEC }, { ACK_OF_ACKS, sizeof ACK_OF_ACKS },
    };
    static const size_t least[] = { 48, 16, 20, 24, 24 };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t size = 0; size <= all[i].size; size++) {
            struct guard_page page = guard_page_new(size);
            struct rdpeudp out;
            const uint8_t *bytes = guard_page_place(&page, all[i].bytes, size);
            const enum parse parsed = parse(bytes, size, &out);
            assert_int_equal(parsed, size < least[i] ? PARSE_BAD : PARSE_DONE);
            guard_page_free(&page);
        }
    }
}

/* MS-RDPEUDP2 3.1.1.1.5.1 and 4.4.6 */
static void version_3_data_looks_like_itself(void **state)
{
    (void)state;
    static const uint8_t printed[] = { 0x8d, 0x18, 0xc0, 0x57, 0x13, 0x0c, 0x16, 0x00, 0x04, 0x22, 0x29, 0x84 };
    static const uint8_t both[] = { 0x8d, 0x09, 0x00, 0x57, 0x13, 0x0c, 0x16, 0x00, 0x04 };
    static const uint8_t reserved[] = { 0x8d, 0x18, 0xc0, 0x57, 0x13, 0x0c, 0x16, 0x80, 0x04 };
    static const uint8_t type[] = { 0x8d, 0x18, 0xc0, 0x57, 0x13, 0x0c, 0x16, 0x08, 0x04 };
    assert_true(rdpeudp2_looks_like(slice_of(printed, sizeof printed)));
    assert_false(rdpeudp2_looks_like(slice_of(printed, 7)));
    assert_false(rdpeudp2_looks_like(slice_of(both, sizeof both)));
    assert_false(rdpeudp2_looks_like(slice_of(reserved, sizeof reserved)));
    assert_false(rdpeudp2_looks_like(slice_of(type, sizeof type)));
}

/* What Windows really sends: three SYNs of a capture whose server never answered. It stays where it is. */
static void the_syns_of_a_real_client_are_read(void **state)
{
    (void)state;
    enum { FILE_HEADER = 24, FRAME_HEADER = 16, ETHERNET_IP_UDP = 14 + 20 + 8, FRAME = FRAME_HEADER + 1274 };
    const char *folder = getenv("RDPWHY_REALDATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/pcap/rdpeudp-handshake-fail.pcap", folder != NULL ? folder : "");
    FILE *file = folder != NULL ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        print_message("skipped: RDPWHY_REALDATA names no folder with pcap/rdpeudp-handshake-fail.pcap\n");
        skip();
    }
    static uint8_t bytes[FILE_HEADER + 3 * FRAME];
    assert_int_equal(fread(bytes, 1, sizeof bytes, file), sizeof bytes);
    fclose(file);
    for (size_t i = 0; i < 3; i++) {
        struct rdpeudp syn;
        const uint8_t *datagram = bytes + FILE_HEADER + i * FRAME + FRAME_HEADER + ETHERNET_IP_UDP;
        assert_int_equal(parse(datagram, 1232, &syn), PARSE_DONE);
        assert_int_equal(syn.flags, RDPEUDP_SYN | RDPEUDP_CORRELATION | RDPEUDP_SYNEX);
        assert_int_equal(syn.window, 64);
        assert_int_equal(syn.initial, 0xee4071dc);
        assert_int_equal(syn.up_mtu, 1232);
        assert_int_equal(syn.version, RDPEUDP_VERSION_2);
        assert_int_equal(syn.correlation.bytes[0], 0xf8);
        /* ours is the same, byte for byte */
        uint8_t again[1300];
        struct writer writer = writer_of(again, sizeof again);
        assert_true(rdpeudp_write(&writer, &syn));
        assert_int_equal(writer_size(&writer), 1232);
        assert_memory_equal(again, datagram, 1232);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_printed_syn_is_read),
        cmocka_unit_test(the_printed_answer_is_read),
        cmocka_unit_test(the_printed_data_is_read),
        cmocka_unit_test(a_syn_is_padded_to_the_smaller_mtu),
        cmocka_unit_test(version_3_brings_a_hash_in_the_question_only),
        cmocka_unit_test(data_travels),
        cmocka_unit_test(other_things_on_udp_are_none),
        cmocka_unit_test(every_cut_is_bad_or_whole),
        cmocka_unit_test(version_3_data_looks_like_itself),
        cmocka_unit_test(the_syns_of_a_real_client_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

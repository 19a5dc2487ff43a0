#include "unit/cmocka_all.h"

#include "base/clock.h"
#include "unit/guard_page.h"
#include "wire/ntlm.h"

static const uint8_t NEGOTIATE[] = {
    'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0, 0xb7, 0x82, 0x08, 0xe2, 0, 0, 0, 0,
    0,   0,   0,   0,   0,   0,   0,   0, 0, 0, 0, 0, 10,   0,    0x61, 0x4a, 0, 0, 0, 15,
};

#define WIDE(text) slice_of(u##text, sizeof u##text - 2)

static struct ntlm_challenge full_challenge(void)
{
    return (struct ntlm_challenge){
        .flags = 0x62890235,
        .challenge = { 1, 2, 3, 4, 5, 6, 7, 8 },
        .version = { .seen = true, .major = 10, .minor = 0, .build = 20348 },
        .target_name = WIDE("CORP"),
        .netbios_domain = WIDE("CORP"),
        .netbios_computer = WIDE("SRV"),
        .dns_domain = WIDE("corp.example"),
        .dns_computer = WIDE("srv.corp.example"),
        .dns_forest = WIDE("example"),
        .has_timestamp = true,
        .timestamp = UINT64_C(116444736000000000), /* 1970 */
    };
}

static size_t write_full(uint8_t *bytes, size_t room)
{
    struct writer writer = writer_of(bytes, room);
    struct ntlm_challenge challenge = full_challenge();
    assert_true(ntlm_challenge_write(&writer, &challenge));
    return writer_size(&writer);
}

static enum parse challenge_whole(const uint8_t *bytes, size_t size)
{
    struct ntlm_challenge out;
    struct fault fault;
    return ntlm_challenge_parse(slice_of(bytes, size), &out, &fault);
}

static enum parse negotiate_whole(const uint8_t *bytes, size_t size)
{
    struct ntlm_negotiate out;
    struct fault fault;
    return ntlm_negotiate_parse(slice_of(bytes, size), &out, &fault);
}

static void our_first_message_is_exactly_this(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(ntlm_negotiate_write(&writer));
    assert_int_equal(writer_size(&writer), NTLM_NEGOTIATE_SIZE);
    assert_int_equal(sizeof NEGOTIATE, NTLM_NEGOTIATE_SIZE);
    assert_memory_equal(bytes, NEGOTIATE, sizeof NEGOTIATE);
    struct ntlm_negotiate out;
    assert_int_equal(ntlm_negotiate_parse(slice_of(bytes, 40), &out, NULL), PARSE_DONE);
    assert_int_equal(out.flags, NTLM_FLAGS_OURS);
    assert_int_equal(out.version.build, 19041);
    every_truncation_is_not_done(negotiate_whole, NEGOTIATE, sizeof NEGOTIATE);
    every_mutation_is_survived(negotiate_whole, NEGOTIATE, sizeof NEGOTIATE);
}

static void same(struct slice a, struct slice b)
{
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, b.size);
}

static void a_challenge_comes_back_whole(void **state)
{
    (void)state;
    uint8_t bytes[512];
    size_t size = write_full(bytes, sizeof bytes);
    struct ntlm_challenge out;
    struct ntlm_challenge in = full_challenge();
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, size), &out, NULL), PARSE_DONE);
    assert_int_equal(out.flags, 0x62890235 | NTLM_TARGET_INFO | NTLM_VERSION);
    assert_memory_equal(out.challenge, in.challenge, NTLM_CHALLENGE_SIZE);
    assert_true(out.version.seen);
    assert_int_equal(out.version.major, 10);
    assert_int_equal(out.version.minor, 0);
    assert_int_equal(out.version.build, 20348);
    same(out.target_name, in.target_name);
    same(out.netbios_domain, in.netbios_domain);
    same(out.netbios_computer, in.netbios_computer);
    same(out.dns_domain, in.dns_domain);
    same(out.dns_computer, in.dns_computer);
    same(out.dns_forest, in.dns_forest);
    assert_true(out.has_timestamp);
    assert_int_equal(ntlm_time_us(out.timestamp), 0);
    assert_false(out.has_av_flags);
    assert_int_equal(out.av_count, 6);
    every_truncation_is_not_done(challenge_whole, bytes, size);
    every_mutation_is_survived(challenge_whole, bytes, size);
}

static void an_old_challenge_has_no_version(void **state)
{
    (void)state;
    uint8_t bytes[128];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(ntlm_challenge_write(&writer, &(struct ntlm_challenge){ .flags = 1 }));
    struct ntlm_challenge out;
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, 32), &out, NULL), PARSE_DONE);
    assert_false(out.version.seen);
    assert_false(out.has_timestamp);
    assert_null(out.netbios_computer.bytes);
    assert_null(out.target_name.bytes);
    assert_int_equal(out.flags, 1);
}

static void a_version_needs_no_target_info(void **state)
{
    (void)state;
    uint8_t bytes[128];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(ntlm_challenge_write(
        &writer, &(struct ntlm_challenge){ .flags = 1, .version = { .seen = true, .major = 6, .build = 7601 } }));
    struct ntlm_challenge out;
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, writer_size(&writer)), &out, NULL), PARSE_DONE);
    assert_int_equal(out.flags, 1 | NTLM_VERSION);
    assert_true(out.version.seen);
    assert_int_equal(out.version.build, 7601);
}

static void flags_and_service_are_read(void **state)
{
    (void)state;
    uint8_t bytes[128];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct ntlm_challenge in = { .flags = 1, .has_av_flags = true, .av_flags = 2, .service = WIDE("TERMSRV/x") };
    assert_true(ntlm_challenge_write(&writer, &in));
    struct ntlm_challenge out;
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, writer_size(&writer)), &out, NULL), PARSE_DONE);
    assert_true(out.has_av_flags);
    assert_int_equal(out.av_flags, 2);
    assert_int_equal(out.service.size, 18);
    assert_memory_equal(out.service.bytes, in.service.bytes, 18);
    /* A pair of another length is a lie. */
    size_t flags_length = 56 + 4 + 18 + 2;
    struct fault fault = { 0 };
    bytes[flags_length] = 3;
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, writer_size(&writer)), &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "MsvAvFlags is not four bytes long");
    bytes[flags_length - 2] = NTLM_AV_TIMESTAMP;
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, writer_size(&writer)), &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "MsvAvTimestamp is not eight bytes long");
}

static void only_the_whole_signature_is_recognised(void **state)
{
    (void)state;
    assert_true(ntlm_recognise(slice_of("NTLMSSP", 8)));
    assert_false(ntlm_recognise(slice_of("NTLMSSP", 7)));
    assert_false(ntlm_recognise(slice_of("NTLMSSPx", 8)));
    assert_false(ntlm_recognise(slice_of(NULL, 0)));
}

static void what_a_descriptor_cannot_say_is_not_written(void **state)
{
    (void)state;
    static uint8_t name[UINT16_MAX + 1];
    static uint8_t bytes[2 * UINT16_MAX];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(ntlm_challenge_write(&writer, &(struct ntlm_challenge){ .target_name = { name, UINT16_MAX } }));
    writer = writer_of(bytes, sizeof bytes);
    assert_false(ntlm_challenge_write(&writer, &(struct ntlm_challenge){ .target_name = { name, UINT16_MAX + 1 } }));
    writer = writer_of(bytes, sizeof bytes);
    assert_false(ntlm_challenge_write(&writer, &(struct ntlm_challenge){ .dns_domain = { name, UINT16_MAX + 1 } }));
}

static void a_value_may_end_where_the_message_ends(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(ntlm_challenge_write(&writer, &(struct ntlm_challenge){ .flags = 1, .target_name = WIDE("AB") }));
    struct ntlm_challenge out;
    assert_int_equal(writer_size(&writer), 60);
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, 60), &out, NULL), PARSE_DONE);
    assert_int_equal(out.target_name.size, 4);
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, 59), &out, NULL), PARSE_BAD);
}

static void lies_are_found(void **state)
{
    (void)state;
    uint8_t good[512];
    size_t size = write_full(good, sizeof good);
    static const struct {
        size_t at;
        uint8_t value;
        const char *why;
    } cases[] = {
        { 0, 'n', "the NTLM signature is missing" },
        { 8, 3, "the NTLM message is of another type" },
        { 17, 0xff, "a descriptor points outside the message" }, /* offset of the target name */
        { 13, 0xff, "a descriptor points outside the message" }, /* its length */
        { 44, 0xf0, "a descriptor points outside the message" },
        { 40, 4, "the AV pairs have no end" },
        { 66, 0xff, "the AV pairs have no end" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t bytes[512];
        memcpy(bytes, good, size);
        bytes[cases[i].at] = cases[i].value;
        struct ntlm_challenge out = { .flags = 77 };
        struct fault fault = { 0 };
        assert_int_equal(ntlm_challenge_parse(slice_of(bytes, size), &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(out.flags, 77);
    }
}

static void endless_pairs_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[56 + 4 * (NTLM_AV_MAX + 2)] = { 0 };
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(ntlm_challenge_write(&writer, &(struct ntlm_challenge){ .flags = 1 }));
    bytes[22] = 0x80; /* TARGET_INFO */
    bytes[40] = (uint8_t)((4 * (NTLM_AV_MAX + 2)) & 0xff);
    bytes[41] = (uint8_t)((4 * (NTLM_AV_MAX + 2)) >> 8);
    bytes[44] = 56;
    for (size_t i = 0; i <= NTLM_AV_MAX; i++) {
        bytes[56 + 4 * i] = 200; /* an id that nobody has, empty */
    }
    struct fault fault = { 0 };
    struct ntlm_challenge out;
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, sizeof bytes), &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "more AV pairs than anyone sends");
    memset(bytes + 56 + 4 * NTLM_AV_MAX, 0, 8);
    assert_int_equal(ntlm_challenge_parse(slice_of(bytes, sizeof bytes), &out, &fault), PARSE_DONE);
    assert_int_equal(out.av_count, NTLM_AV_MAX);
}

static void time_goes_there_and_back(void **state)
{
    (void)state;
    int64_t us;
    assert_true(clock_parse("2026-11-22T16:30:00.000001Z", &us));
    assert_int_equal(ntlm_time_us(ntlm_time_from_us(us)), us);
    assert_int_equal(ntlm_time_from_us(us), UINT64_C(134398386000000010));
    assert_int_equal(ntlm_time_us(0), INT64_C(-11644473600000000));
    assert_int_equal(ntlm_time_from_us(INT64_MIN), 0);
    assert_int_equal(ntlm_time_from_us(INT64_C(-11644473600000000)), 0);
    assert_int_equal(ntlm_time_from_us(INT64_C(-11644473599999999)), 10);
    assert_int_equal(ntlm_time_from_us(INT64_MAX), 0);
    assert_true(clock_parse("9999-12-31T23:59:59.999999Z", &us));
    assert_int_equal(ntlm_time_us(UINT64_MAX), us);
    assert_int_equal(ntlm_time_us(ntlm_time_from_us(us)), us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_first_message_is_exactly_this),
        cmocka_unit_test(a_challenge_comes_back_whole),
        cmocka_unit_test(an_old_challenge_has_no_version),
        cmocka_unit_test(a_version_needs_no_target_info),
        cmocka_unit_test(lies_are_found),
        cmocka_unit_test(flags_and_service_are_read),
        cmocka_unit_test(only_the_whole_signature_is_recognised),
        cmocka_unit_test(what_a_descriptor_cannot_say_is_not_written),
        cmocka_unit_test(a_value_may_end_where_the_message_ends),
        cmocka_unit_test(endless_pairs_are_refused),
        cmocka_unit_test(time_goes_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

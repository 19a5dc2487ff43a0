#include "unit/cmocka_all.h"

#include "unit/guard_page.h"
#include "wire/spnego.h"

/* A NegTokenResp with accept-incomplete, NTLM and a token of three bytes, as Windows answers. */
static const uint8_t RESPONSE[] = { 0xa1, 0x1a, 0x30, 0x18, 0xa0, 0x03, 0x0a, 0x01, 0x01, 0xa1, 0x0c, 0x06, 0x0a, 0x2b,
                                    0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a, 0xa2, 0x03, 0x04, 0x01, 'x' };
static const uint8_t INIT[] = { 0x60, 0x25, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0x1b, 0x30,
                                0x19, 0xa0, 0x0e, 0x30, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82,
                                0x37, 0x02, 0x02, 0x0a, 0xa2, 0x07, 0x04, 0x05, 'a',  'b',  'c',  'd',  'e' };

static enum parse whole(const uint8_t *bytes, size_t size)
{
    struct spnego out;
    struct fault fault;
    return spnego_parse(slice_of(bytes, size), &out, &fault);
}

static void a_response_gives_its_token(void **state)
{
    (void)state;
    struct spnego out;
    assert_int_equal(spnego_parse(slice_of(RESPONSE, sizeof RESPONSE), &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, SPNEGO_RESPONSE);
    assert_int_equal(out.state, SPNEGO_INCOMPLETE);
    assert_true(out.offers_ntlm);
    assert_int_equal(out.token.size, 1);
    assert_int_equal(out.token.bytes[0], 'x');
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(spnego_write(&writer, &out));
    assert_int_equal(writer_size(&writer), sizeof RESPONSE);
    assert_memory_equal(bytes, RESPONSE, sizeof RESPONSE);
}

static void an_init_wraps_a_token(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(spnego_write(&writer, &(struct spnego){ .kind = SPNEGO_INIT, .token = slice_of_text("abcde") }));
    assert_int_equal(writer_size(&writer), sizeof INIT);
    assert_memory_equal(bytes, INIT, sizeof INIT);
    struct spnego out;
    assert_int_equal(spnego_parse(slice_of(INIT, sizeof INIT), &out, NULL), PARSE_DONE);
    assert_int_equal(out.kind, SPNEGO_INIT);
    assert_int_equal(out.state, SPNEGO_NO_STATE);
    assert_true(out.offers_ntlm);
    assert_int_equal(out.token.size, 5);
}

static void a_refusal_has_no_token(void **state)
{
    (void)state;
    static const uint8_t refused[] = { 0xa1, 0x07, 0x30, 0x05, 0xa0, 0x03, 0x0a, 0x01, 0x02 };
    struct spnego out;
    assert_int_equal(spnego_parse(slice_of(refused, sizeof refused), &out, NULL), PARSE_DONE);
    assert_int_equal(out.state, SPNEGO_REJECTED);
    assert_null(out.token.bytes);
    assert_false(out.offers_ntlm);
}

static void damage_is_survived(void **state)
{
    (void)state;
    every_truncation_is_not_done(whole, RESPONSE, sizeof RESPONSE);
    every_truncation_is_not_done(whole, INIT, sizeof INIT);
    every_mutation_is_survived(whole, RESPONSE, sizeof RESPONSE);
    every_mutation_is_survived(whole, INIT, sizeof INIT);
}

static void others_are_not_taken_for_it(void **state)
{
    (void)state;
    struct spnego out = { .state = 77 };
    struct fault fault = { 0 };
    assert_false(spnego_recognise(slice_of_text("NTLMSSP")));
    assert_false(spnego_recognise(slice_of_text("")));
    assert_int_equal(spnego_parse(slice_of_text("NTLMSSP"), &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "the token is not SPNEGO");
    static const uint8_t kerberos[] = { 0x60, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
    assert_int_equal(spnego_parse(slice_of(kerberos, sizeof kerberos), &out, &fault), PARSE_BAD);
    assert_string_equal(fault.why, "the token is not SPNEGO");
    assert_int_equal(out.state, 77);
}

static void bad_tokens_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *why;
    } cases[] = {
        { "\xa1\x07\x30\x05\xa0\x03\x0a\x01\x04", 9, "the negotiation state is unknown" },
        { "\xa1\x07\x30\x05\xa0\x03\x0a\x01\xff", 9, "the negotiation state is unknown" },
        { "\xa1\x07\x30\x05\xa0\x03\x02\x01\x01", 9, "another tag was due here" },
        { "\xa1\x07\x30\x05\xa1\x03\x0a\x01\x01", 9, "another tag was due here" },
        { "\xa1\x07\x30\x05\xa2\x03\x0a\x01\x01", 9, "another tag was due here" },
        { "\xa1\x07\x30\x05\xa3\x03\x0a\x01\x01", 9, "another tag was due here" },
        { "\xa1\x07\x31\x05\xa0\x03\x0a\x01\x01", 9, "another tag was due here" },
        { "\xa1\x07\x30\x05\xa5\x03\x0a\x01\x01", 9, "the field is unknown, out of order or twice" },
        { "\xa1\x07\x30\x05\x80\x03\x0a\x01\x01", 9, "the field is unknown, out of order or twice" },
        { "\xa1\x0c\x30\x0a\xa0\x03\x0a\x01\x01\xa0\x03\x0a\x01\x01", 14,
          "the field is unknown, out of order or twice" },
        { "\xa1\x07\x30\x05\xa0\x03\x0a\x01\x01x", 10, "bytes are left over" },
        { "\xa1\x08\x30\x05\xa0\x03\x0a\x01\x01x", 10, "bytes are left over" },
        { "\x60\x0b\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x01\x30", 13, "the item reaches past the one around it" },
        { "\x60\x0c\x06\x06\x2b\x06\x01\x05\x05\x02\xa1\x02\x30\x00", 14, "another tag was due here" },
        { "\x60\x0d\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x02\x30\x00x", 15, "bytes are left over" },
        { "\x60\x08\x06\x06\x2b\x06\x01\x05\x05\x03", 10, "the token is not SPNEGO" },
        { "\x60\x10\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x06\x30\x04\xa0\x02\x31\x00", 18, "another tag was due here" },
        { "\x60\x12\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x08\x30\x06\xa0\x04\x30\x02\x04\x00", 20,
          "another tag was due here" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct spnego out = { .state = 77 };
        struct fault fault = { 0 };
        assert_int_equal(spnego_parse(slice_of(cases[i].bytes, cases[i].size), &out, &fault), PARSE_BAD);
        assert_string_equal(fault.why, cases[i].why);
        assert_int_equal(out.state, 77);
    }
}

static void mechanisms_are_gone_through_and_limited(void **state)
{
    (void)state;
    uint8_t bytes[64] = { 0x60, 0, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0, 0x30, 0, 0xa0, 0, 0x30, 0 };
    for (uint8_t count = 1; count <= SPNEGO_MECHS_MAX + 1; count++) {
        memcpy(bytes + 18 + 2 * (count - 1), "\x06\x00", 2);
        bytes[17] = (uint8_t)(2 * count);
        bytes[15] = (uint8_t)(bytes[17] + 2);
        bytes[13] = (uint8_t)(bytes[15] + 2);
        bytes[11] = (uint8_t)(bytes[13] + 2);
        bytes[1] = (uint8_t)(bytes[11] + 10);
        struct spnego out;
        struct fault fault = { 0 };
        enum parse parsed = spnego_parse(slice_of(bytes, (size_t)bytes[1] + 2), &out, &fault);
        assert_int_equal(parsed, count <= SPNEGO_MECHS_MAX ? PARSE_DONE : PARSE_BAD);
        if (parsed == PARSE_DONE) {
            assert_false(out.offers_ntlm);
            assert_int_equal(out.mech.size, 0);
        } else {
            assert_string_equal(fault.why, "more mechanisms than anyone offers");
        }
    }
}

static void ntlm_is_found_behind_another_mechanism(void **state)
{
    (void)state;
    static const uint8_t two[] = { 0x60, 0x21, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0x17,
                                   0x30, 0x15, 0xa0, 0x11, 0x30, 0x0f, 0x06, 0x01, 0x2a, 0x06, 0x0a, 0x2b,
                                   0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a, 0xa4, 0x00 };
    struct spnego out;
    assert_int_equal(spnego_parse(slice_of(two, sizeof two), &out, NULL), PARSE_DONE);
    assert_true(out.offers_ntlm);
    assert_int_equal(out.mech.size, 1);
    assert_int_equal(out.mech.bytes[0], 0x2a); /* the first */
    uint8_t other[sizeof two];
    memcpy(other, two, sizeof two);
    other[32] = 0x0b; /* as long as NTLM's, another */
    assert_int_equal(spnego_parse(slice_of(other, sizeof other), &out, NULL), PARSE_DONE);
    assert_false(out.offers_ntlm);
}

static void what_is_absent_is_not_written(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(spnego_write(&writer, &(struct spnego){ .kind = SPNEGO_RESPONSE, .state = SPNEGO_NO_STATE }));
    assert_int_equal(writer_size(&writer), 4);
    assert_memory_equal(bytes, "\xa1\x02\x30\x00", 4);
    writer = writer_of(bytes, 3);
    assert_false(spnego_write(&writer, &(struct spnego){ .kind = SPNEGO_RESPONSE, .state = SPNEGO_NO_STATE }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_response_gives_its_token),
        cmocka_unit_test(an_init_wraps_a_token),
        cmocka_unit_test(a_refusal_has_no_token),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(others_are_not_taken_for_it),
        cmocka_unit_test(bad_tokens_say_why),
        cmocka_unit_test(mechanisms_are_gone_through_and_limited),
        cmocka_unit_test(ntlm_is_found_behind_another_mechanism),
        cmocka_unit_test(what_is_absent_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

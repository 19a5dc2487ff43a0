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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_response_gives_its_token),  cmocka_unit_test(an_init_wraps_a_token),
        cmocka_unit_test(a_refusal_has_no_token),      cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(others_are_not_taken_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

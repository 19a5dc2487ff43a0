#include "unit/cmocka_all.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "unit/guard_page.h"
#include "x509/certificate.h"

/* Certificates are made here and now by OpenSSL; the keys are made once. */
static EVP_PKEY *rsa_key;
static EVP_PKEY *ec_key;

static int make_keys(void **state)
{
    (void)state;
    rsa_key = EVP_RSA_gen(1024);
    ec_key = EVP_EC_gen("P-256");
    return rsa_key == NULL || ec_key == NULL;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(rsa_key);
    EVP_PKEY_free(ec_key);
    return 0;
}

static X509 *start_certificate(EVP_PKEY *key, const char *cn, int cn_size)
{
    X509 *x509 = X509_new();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 0x1abc);
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(x509), "20260101000000Z"), 1);
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(x509), "20260703120000Z"), 1);
    X509_NAME *name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Example", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, cn_size, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_set_pubkey(x509, key);
    return x509;
}

static void add_extension(X509 *x509, int nid, const void *der, size_t size)
{
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, der, (int)size);
    X509_EXTENSION *extension = X509_EXTENSION_create_by_NID(NULL, nid, 0, value);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
}

/* Signs, encodes and frees the certificate. */
static uint8_t *finish_certificate(X509 *x509, EVP_PKEY *key, size_t *size)
{
    assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
    uint8_t *der = NULL;
    int length = i2d_X509(x509, &der);
    assert_true(length > 0);
    *size = (size_t)length;
    X509_free(x509);
    return der;
}

static struct x509_certificate *read_certificate(const uint8_t *der, size_t size)
{
    struct guard_page guard = guard_page_new(size);
    struct error error = { 0 };
    struct x509_certificate *certificate = x509_certificate_new(guard_page_place(&guard, der, size), size, &error);
    assert_non_null(certificate);
    guard_page_free(&guard);
    return certificate;
}

static void text_is(const struct x509_text *text, const char *expected, size_t size)
{
    assert_int_equal(text->size, size);
    assert_memory_equal(text->bytes, expected, size);
}

static void an_ordinary_certificate_is_read_whole(void **state)
{
    (void)state;
    static const uint8_t san[] = { 0x30, 0x22, 0x82, 0x03, 's', 'r', 'v', 0x82, 0x05, 's',  'r', 'v',
                                   '.',  'x',  0x87, 0x04, 192, 0,   2,   7,    0x87, 0x0e, 0,   0,
                                   0,    0,    0,    0,    0,   0,   0,   0,    0,    0,    0,   0 };
    static const uint8_t eku[] = { 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 };
    X509 *x509 = start_certificate(rsa_key, "srv", 3);
    add_extension(x509, NID_subject_alt_name, san, sizeof san);
    add_extension(x509, NID_ext_key_usage, eku, sizeof eku);
    size_t size;
    uint8_t *der = finish_certificate(x509, rsa_key, &size);
    struct x509_certificate *seen = read_certificate(der, size);
    text_is(&seen->subject, "CN=srv,O=Example", 16);
    text_is(&seen->issuer, "CN=srv,O=Example", 16);
    text_is(&seen->common_name, "srv", 3);
    assert_int_equal(seen->san_count, 4);
    assert_int_equal(seen->san_kept, 4);
    text_is(&seen->san[0], "srv", 3);
    text_is(&seen->san[1], "srv.x", 5);
    text_is(&seen->san[2], "192.0.2.7", 9);
    assert_int_equal(seen->san[3].size, 14); /* an address of no known length stays bytes */
    int64_t us;
    assert_true(clock_parse("2026-01-01T00:00:00Z", &us));
    assert_true(seen->has_not_before);
    assert_int_equal(seen->not_before_us, us);
    assert_true(clock_parse("2026-07-03T12:00:00Z", &us));
    assert_true(seen->has_not_after);
    assert_int_equal(seen->not_after_us, us);
    assert_true(seen->has_key);
    assert_int_equal(seen->key, X509_KEY_RSA);
    assert_int_equal(seen->key_bits, 1024);
    assert_string_equal(seen->signature, "sha256WithRSAEncryption");
    assert_string_equal(seen->serial, "1abc");
    assert_int_equal(seen->eku_count, 1);
    assert_string_equal(seen->eku[0], "1.3.6.1.5.5.7.3.1");
    assert_true(seen->signature_checked);
    assert_true(seen->signed_by_itself);
    assert_null(seen->problem);
    uint8_t digest[32];
    assert_int_equal(EVP_Digest(der, size, digest, NULL, EVP_sha256(), NULL), 1);
    char start[9];
    snprintf(start, sizeof start, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    assert_memory_equal(seen->sha256, start, 8);
    assert_int_equal(strlen(seen->sha256), 64);
    x509_certificate_free(seen);
    OPENSSL_free(der);
}

static void another_ones_signature_is_not_its_own(void **state)
{
    (void)state;
    size_t size;
    uint8_t *der = finish_certificate(start_certificate(ec_key, "srv", 3), rsa_key, &size);
    struct x509_certificate *seen = read_certificate(der, size);
    assert_int_equal(seen->key, X509_KEY_EC);
    assert_int_equal(seen->key_bits, 256);
    assert_false(seen->signed_by_itself);
    x509_certificate_free(seen);
    OPENSSL_free(der);
    der = finish_certificate(start_certificate(ec_key, "srv", 3), ec_key, &size);
    seen = read_certificate(der, size);
    assert_true(seen->signed_by_itself);
    assert_string_equal(seen->signature, "ecdsa-with-SHA256");
    x509_certificate_free(seen);
    der[size - 1] ^= 1;
    seen = read_certificate(der, size);
    assert_false(seen->signed_by_itself);
    x509_certificate_free(seen);
    OPENSSL_free(der);
}

static void names_pass_as_bytes_and_odd_ones_in_quotes(void **state)
{
    (void)state;
    static const struct {
        const char *cn;
        int size;
        const char *subject;
        size_t subject_size;
    } cases[] = {
        { "a\0b", 3, "CN=a\0b,O=Example", 16 },
        { "\x1b[2J", 4, "CN=\x1b[2J,O=Example", 17 },
        { "x,O=Microsoft", 13, "CN=\"x,O=Microsoft\",O=Example", 28 },
        { "say \"hi\\\"", 9, "CN=\"say \\\"hi\\\\\\\"\",O=Example", 27 },
        { " a", 2, "CN=\" a\",O=Example", 17 },
        { "d\xc3\xa9j\xc3\xa0", 6, "CN=d\xc3\xa9j\xc3\xa0,O=Example", 19 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t size;
        uint8_t *der = finish_certificate(start_certificate(ec_key, cases[i].cn, cases[i].size), ec_key, &size);
        struct x509_certificate *seen = read_certificate(der, size);
        text_is(&seen->subject, cases[i].subject, cases[i].subject_size);
        text_is(&seen->common_name, cases[i].cn, (size_t)cases[i].size);
        x509_certificate_free(seen);
        OPENSSL_free(der);
    }
}

static void impossible_dates_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        const char *parsed; /* NULL: none */
    } cases[] = {
        { "99991231235959Z", "9999-12-31T23:59:59Z" }, { "00000101000000Z", NULL }, { "15991231235959Z", NULL },
        { "16000101000000Z", "1600-01-01T00:00:00Z" }, { "20261301000000Z", NULL }, { "20260230000000Z", NULL },
        { "123456789012345678901234567890Z", NULL },   { "never", NULL },           { "", NULL },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        X509 *x509 = start_certificate(ec_key, "srv", 3);
        ASN1_STRING_set(X509_getm_notAfter(x509), cases[i].date, -1);
        X509_getm_notAfter(x509)->type = V_ASN1_GENERALIZEDTIME;
        size_t size;
        uint8_t *der = finish_certificate(x509, ec_key, &size);
        struct x509_certificate *seen = read_certificate(der, size);
        if (cases[i].parsed != NULL) {
            int64_t us;
            assert_true(clock_parse(cases[i].parsed, &us));
            assert_int_equal(seen->not_after_us, us);
            assert_null(seen->problem);
        } else {
            assert_false(seen->has_not_after);
            assert_string_equal(seen->problem, "the last day of validity is no date");
        }
        assert_true(seen->has_not_before);
        x509_certificate_free(seen);
        OPENSSL_free(der);
    }
}

/* DER lengths of three bytes throughout, to fill by hand. */
static void put_header(uint8_t *at, uint8_t tag, size_t size)
{
    at[0] = tag;
    at[1] = 0x83;
    at[2] = (uint8_t)(size >> 16);
    at[3] = (uint8_t)(size >> 8);
    at[4] = (uint8_t)size;
}

static void a_hundred_thousand_names_are_counted(void **state)
{
    (void)state;
    enum { COUNT = 100000, ITEM = 9 };
    uint8_t *san = alloc_array(1, 5 + COUNT * ITEM);
    put_header(san, 0x30, COUNT * ITEM);
    for (size_t i = 0; i < COUNT; i++) {
        uint8_t *at = san + 5 + i * ITEM;
        char name[ITEM];
        snprintf(name, sizeof name, "h%06u", (unsigned)i);
        at[0] = 0x82;
        at[1] = 7;
        memcpy(at + 2, name, 7);
    }
    X509 *x509 = start_certificate(ec_key, "srv", 3);
    add_extension(x509, NID_subject_alt_name, san, 5 + COUNT * ITEM);
    size_t size;
    uint8_t *der = finish_certificate(x509, ec_key, &size);
    assert_true(size < X509_DER_MAX);
    struct x509_certificate *seen = read_certificate(der, size);
    assert_int_equal(seen->san_count, COUNT);
    assert_int_equal(seen->san_kept, X509_SAN_KEPT);
    text_is(&seen->san[99], "h000099", 7);
    assert_null(seen->problem);
    x509_certificate_free(seen);
    OPENSSL_free(der);
    alloc_free(san);
}

static void broken_extensions_are_named(void **state)
{
    (void)state;
    static const struct {
        int nid;
        const char *der;
        size_t size;
        const char *problem;
        size_t san_count;
    } cases[] = {
        { NID_subject_alt_name, "\x30\x05\x82\x01x\x82\x7f", 7, "the subject's alternative names cannot be read whole",
          1 },
        { NID_subject_alt_name, "\x04\x00", 2, "the subject's alternative names cannot be read whole", 0 },
        { NID_subject_alt_name, "", 0, "the subject's alternative names cannot be read whole", 0 },
        { NID_subject_alt_name, "\x30\x80\x82\x01x\x00\x00", 7, "the subject's alternative names cannot be read whole",
          0 },
        { NID_ext_key_usage, "\x30\x02\x04\x00", 4, "the extended key usage cannot be read whole", 0 },
        { NID_ext_key_usage, "\x30\x04\x06\x7f\x2b\x06", 6, "the extended key usage cannot be read whole", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        X509 *x509 = start_certificate(ec_key, "srv", 3);
        add_extension(x509, cases[i].nid, cases[i].der, cases[i].size);
        size_t size;
        uint8_t *der = finish_certificate(x509, ec_key, &size);
        struct x509_certificate *seen = read_certificate(der, size);
        assert_string_equal(seen->problem, cases[i].problem);
        assert_int_equal(seen->san_count, cases[i].san_count);
        assert_int_equal(seen->eku_count, 0);
        x509_certificate_free(seen);
        OPENSSL_free(der);
    }
}

static void deep_nesting_costs_nothing(void **state)
{
    (void)state;
    enum { DEPTH = 10000 };
    size_t size = 5 * DEPTH;
    uint8_t *der = alloc_array(1, size);
    for (size_t i = 0; i < DEPTH; i++) {
        put_header(der + 5 * i, 0x30, size - 5 * (i + 1));
    }
    struct x509_certificate *seen = read_certificate(der, size);
    assert_string_equal(seen->problem, "the bytes are no X.509 certificate");
    assert_int_equal(strlen(seen->sha256), 64);
    assert_null(seen->subject.bytes);
    assert_false(seen->has_key);
    x509_certificate_free(seen);
    X509 *x509 = start_certificate(ec_key, "srv", 3);
    add_extension(x509, NID_subject_alt_name, der, size);
    size_t whole;
    uint8_t *around = finish_certificate(x509, ec_key, &whole);
    seen = read_certificate(around, whole);
    text_is(&seen->common_name, "srv", 3);
    assert_int_equal(seen->san_count, 0);
    x509_certificate_free(seen);
    OPENSSL_free(around);
    memset(der, 0x30, size);
    for (size_t i = 1; i < size; i += 2) {
        der[i] = 0x80; /* indefinite, all the way down */
    }
    x509_certificate_free(read_certificate(der, size));
    alloc_free(der);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    uint8_t *der = alloc_array(1, X509_DER_MAX + 1);
    struct error error = { 0 };
    assert_null(x509_certificate_new(der, X509_DER_MAX + 1, &error));
    assert_int_equal(error.kind, ERROR_DATA);
    assert_string_equal(error.text, "a certificate of 1048577 bytes is not read: the limit is 1048576");
    struct x509_certificate *seen = x509_certificate_new(der, X509_DER_MAX, &error);
    assert_non_null(seen);
    assert_string_equal(seen->problem, "the bytes are no X.509 certificate");
    x509_certificate_free(seen);
    alloc_free(der);
    x509_certificate_free(NULL);
}

static void a_huge_name_is_cut(void **state)
{
    (void)state;
    size_t cn_size = 500000;
    char *cn = alloc_array(1, cn_size);
    memset(cn, 'x', cn_size);
    X509 *x509 = start_certificate(ec_key, "srv", 3);
    X509_NAME *name = X509_NAME_new();
    X509_NAME_ENTRY *entry =
        X509_NAME_ENTRY_create_by_NID(NULL, NID_commonName, V_ASN1_UTF8STRING, (const unsigned char *)cn, 100);
    ASN1_STRING_set(X509_NAME_ENTRY_get_data(entry), cn, (int)cn_size);
    X509_NAME_add_entry(name, entry, -1, 0);
    X509_set_subject_name(x509, name);
    X509_NAME_ENTRY_free(entry);
    X509_NAME_free(name);
    size_t size;
    uint8_t *der = finish_certificate(x509, ec_key, &size);
    struct x509_certificate *seen = read_certificate(der, size);
    assert_int_equal(seen->subject.size, X509_NAME_TEXT_MAX);
    assert_memory_equal(seen->subject.bytes, "CN=xxx", 6);
    assert_int_equal(seen->common_name.size, X509_NAME_TEXT_MAX);
    x509_certificate_free(seen);
    OPENSSL_free(der);
    alloc_free(cn);
}

static void damage_is_survived(void **state)
{
    (void)state;
    static const uint8_t san[] = { 0x30, 0x0b, 0x82, 0x03, 's', 'r', 'v', 0x87, 0x04, 192, 0, 2, 7 };
    X509 *x509 = start_certificate(ec_key, "srv", 3);
    add_extension(x509, NID_subject_alt_name, san, sizeof san);
    size_t size;
    uint8_t *der = finish_certificate(x509, ec_key, &size);
    struct error error = { 0 };
    struct guard_page guard = guard_page_new(size);
    for (size_t n = 0; n < size; n++) {
        struct x509_certificate *seen = x509_certificate_new(guard_page_place(&guard, der, n), n, &error);
        assert_string_equal(seen->problem, "the bytes are no X.509 certificate");
        x509_certificate_free(seen);
    }
    uint8_t *place = guard_page_place(&guard, der, size);
    static const uint8_t flips[] = { 0x01, 0x20, 0x80, 0xff };
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < COUNT_OF(flips); j++) {
            place[i] ^= flips[j];
            struct x509_certificate *seen = x509_certificate_new(place, size, &error);
            assert_non_null(seen);
            x509_certificate_free(seen);
            place[i] ^= flips[j];
        }
    }
    guard_page_free(&guard);
    uint8_t *longer = alloc_array(1, size + 1);
    memcpy(longer, der, size);
    struct x509_certificate *seen = read_certificate(longer, size + 1);
    assert_string_equal(seen->problem, "bytes follow the certificate");
    text_is(&seen->common_name, "srv", 3);
    x509_certificate_free(seen);
    alloc_free(longer);
    OPENSSL_free(der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_certificate_is_read_whole),
        cmocka_unit_test(another_ones_signature_is_not_its_own),
        cmocka_unit_test(names_pass_as_bytes_and_odd_ones_in_quotes),
        cmocka_unit_test(impossible_dates_are_named),
        cmocka_unit_test(a_hundred_thousand_names_are_counted),
        cmocka_unit_test(broken_extensions_are_named),
        cmocka_unit_test(deep_nesting_costs_nothing),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_huge_name_is_cut),
        cmocka_unit_test(damage_is_survived),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}

/* net/tls: client against server, in memory. */
#include "unit/cmocka_all.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/tls.h"

enum { CAP = 1 << 20 };

struct pair {
    struct net_tls *client;
    struct net_tls *server;
    enum net_tls_state client_state;
    enum net_tls_state server_state;
    struct buffer hello;
};

struct identity {
    char *certificate;
    char *key;
    uint8_t *der;
    int der_size;
};

static char *text_of(BIO *bio)
{
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    char *text = alloc_text_n(bytes, (size_t)size);
    assert_non_null(text);
    BIO_free(bio);
    return text;
}

static void identity_init(struct identity *identity, EVP_PKEY *key, const EVP_MD *digest)
{
    assert_non_null(key);
    X509 *certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"srv", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, digest) > 0);
    identity->der = NULL;
    identity->der_size = i2d_X509(certificate, &identity->der);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
    identity->certificate = text_of(bio);
    bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    identity->key = text_of(bio);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void identity_release(struct identity *identity)
{
    alloc_free(identity->certificate);
    alloc_free(identity->key);
    OPENSSL_free(identity->der);
}

static int group_setup(void **state)
{
    static struct identity identity;
    identity_init(&identity, EVP_RSA_gen(2048), EVP_sha256());
    *state = &identity;
    return 0;
}

static int group_teardown(void **state)
{
    identity_release(*state);
    return 0;
}

static void carry(struct net_tls *from, struct net_tls *to, enum net_tls_state *state, struct buffer *copy)
{
    struct buffer bytes;
    buffer_init(&bytes, CAP);
    assert_true(net_tls_take(from, &bytes));
    if (copy != NULL && copy->size == 0) {
        assert_true(buffer_add(copy, bytes.bytes, bytes.size));
    }
    if (bytes.size > 0) {
        *state = net_tls_step(to, bytes.bytes, bytes.size);
    }
    buffer_release(&bytes);
}

static void shake(struct pair *pair, const struct net_tls_options *client, const struct net_tls_server_options *server)
{
    *pair = (struct pair){ 0 };
    buffer_init(&pair->hello, CAP);
    struct error error = { 0 };
    pair->client = net_tls_client(client, &error);
    assert_string_equal(error.text, "");
    pair->server = net_tls_server(server, &error);
    assert_string_equal(error.text, "");
    pair->client_state = net_tls_step(pair->client, NULL, 0);
    assert_int_equal(pair->client_state, NET_TLS_WANT);
    for (int i = 0; i < 6; i++) {
        carry(pair->client, pair->server, &pair->server_state, &pair->hello);
        carry(pair->server, pair->client, &pair->client_state, NULL);
    }
}

static void pair_release(struct pair *pair)
{
    net_tls_free(pair->client);
    net_tls_free(pair->server);
    buffer_release(&pair->hello);
}

static void say(struct net_tls *from, struct net_tls *to, const char *text)
{
    struct buffer wire;
    struct buffer got;
    bool closed;
    buffer_init(&wire, CAP);
    buffer_init(&got, CAP);
    assert_true(net_tls_write(from, text, strlen(text), NULL));
    assert_true(net_tls_take(from, &wire));
    /* One record: type 23, and its length covers the rest. */
    assert_int_equal(wire.bytes[0], 23);
    assert_int_equal(wire.bytes[3] * 256 + wire.bytes[4] + 5, wire.size);
    assert_int_equal(net_tls_step(to, wire.bytes, wire.size), NET_TLS_UP);
    assert_true(net_tls_read(to, &got, &closed));
    assert_false(closed);
    assert_int_equal(got.size, strlen(text));
    assert_memory_equal(got.bytes, text, got.size);
    buffer_release(&wire);
    buffer_release(&got);
}

static void every_version(void **state)
{
    const struct identity *identity = *state;
    static const enum net_tls_protocol versions[] = { NET_TLS_1_0, NET_TLS_1_1, NET_TLS_1_2, NET_TLS_1_3 };
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        for (int shaped = 0; shaped < 2; shaped++) {
            struct net_tls_options client = { .schannel_shape = shaped };
            struct net_tls_server_options server = { .certificate_pem = identity->certificate,
                                                     .key_pem = identity->key,
                                                     .lowest = versions[i],
                                                     .highest = versions[i] };
            struct pair pair;
            shake(&pair, &client, &server);
            assert_int_equal(pair.client_state, NET_TLS_UP);
            assert_int_equal(pair.server_state, NET_TLS_UP);
            assert_int_equal(net_tls_version(pair.client), versions[i]);
            assert_true(net_tls_server_hello(pair.client));
            assert_false(net_tls_server_hello(pair.server));
            assert_int_equal(net_tls_alert(pair.client), -1);
            assert_non_null(net_tls_cipher(pair.client));
            assert_null(net_tls_problem(pair.client));
            assert_int_equal(net_tls_chain_count(pair.client), 1);
            struct buffer der;
            buffer_init(&der, CAP);
            assert_true(net_tls_chain_der(pair.client, 0, &der));
            assert_false(net_tls_chain_der(pair.client, 1, &der));
            assert_int_equal(der.size, identity->der_size);
            assert_memory_equal(der.bytes, identity->der, der.size);
            buffer_release(&der);
            say(pair.client, pair.server, "to the server");
            say(pair.server, pair.client, "and back");
            say(pair.server, pair.client, "again");
            pair_release(&pair);
        }
    }
}

static bool has_extension(const struct buffer *hello, unsigned wanted)
{
    /* record 5, handshake 4, version 2, random 32 */
    size_t at = 43;
    at += 1u + hello->bytes[at];
    at += 2u + hello->bytes[at] * 256u + hello->bytes[at + 1];
    at += 1u + hello->bytes[at];
    at += 2;
    while (at + 4 <= hello->size) {
        unsigned type = hello->bytes[at] * 256u + hello->bytes[at + 1];
        if (type == wanted) {
            return true;
        }
        at += 4u + hello->bytes[at + 2] * 256u + hello->bytes[at + 3];
    }
    assert_int_equal(at, hello->size);
    return false;
}

static void schannel_shape(void **state)
{
    const struct identity *identity = *state;
    char name[254];
    memset(name, 'a', sizeof(name));
    name[63] = name[127] = name[191] = '.';
    name[253] = '\0';
    struct net_tls_options client = { .server_name = name, .schannel_shape = true };
    struct net_tls_server_options server = { .certificate_pem = identity->certificate, .key_pem = identity->key };
    struct pair pair;
    shake(&pair, &client, &server);
    assert_int_equal(pair.client_state, NET_TLS_UP);
    assert_int_equal(net_tls_version(pair.client), NET_TLS_1_3);
    assert_string_equal(net_tls_cipher(pair.client), "TLS_AES_256_GCM_SHA384");
    assert_true(pair.hello.size > 400 && pair.hello.size < 512); /* with the longest name there is */
    assert_true(has_extension(&pair.hello, 0));                  /* server_name */
    assert_true(has_extension(&pair.hello, 43));                 /* supported_versions */
    assert_false(has_extension(&pair.hello, 22));                /* encrypt_then_mac */
    assert_false(has_extension(&pair.hello, 35));                /* session_ticket */
    pair_release(&pair);
    client.server_name = NULL;
    shake(&pair, &client, &server);
    assert_false(has_extension(&pair.hello, 0));
    pair_release(&pair);
}

static void no_common_version_is_alert_70(void **state)
{
    const struct identity *identity = *state;
    struct net_tls_options client = { .highest = NET_TLS_1_2, .schannel_shape = true };
    struct net_tls_server_options server = { .certificate_pem = identity->certificate,
                                             .key_pem = identity->key,
                                             .lowest = NET_TLS_1_3 };
    struct pair pair;
    shake(&pair, &client, &server);
    assert_int_equal(pair.client_state, NET_TLS_FAILED);
    assert_int_equal(pair.server_state, NET_TLS_FAILED);
    assert_int_equal(net_tls_alert(pair.client), 70);
    assert_false(net_tls_server_hello(pair.client));
    assert_int_equal(net_tls_version(pair.client), NET_TLS_ANY);
    assert_int_equal(net_tls_chain_count(pair.client), 0);
    assert_non_null(net_tls_problem(pair.client));
    pair_release(&pair);
}

static void no_common_cipher_is_alert_40(void **state)
{
    const struct identity *identity = *state;
    struct net_tls_options client = { .schannel_shape = true };
    struct net_tls_server_options server = { .certificate_pem = identity->certificate,
                                             .key_pem = identity->key,
                                             .highest = NET_TLS_1_2,
                                             .ciphers = "CAMELLIA256-SHA:@SECLEVEL=0" };
    struct pair pair;
    shake(&pair, &client, &server);
    assert_int_equal(pair.client_state, NET_TLS_FAILED);
    assert_int_equal(net_tls_alert(pair.client), 40);
    assert_false(net_tls_server_hello(pair.client));
    pair_release(&pair);
    client.schannel_shape = false; /* the wide one has it */
    shake(&pair, &client, &server);
    assert_int_equal(pair.client_state, NET_TLS_UP);
    assert_string_equal(net_tls_cipher(pair.client), "CAMELLIA256-SHA");
    pair_release(&pair);
}

static void weak_key_and_digest_still_shake(void **state)
{
    (void)state;
    struct identity identity;
    identity_init(&identity, EVP_RSA_gen(1024), EVP_sha1());
    struct net_tls_options client = { .schannel_shape = true };
    struct net_tls_server_options server = { .certificate_pem = identity.certificate,
                                             .key_pem = identity.key,
                                             .highest = NET_TLS_1_2 };
    struct pair pair;
    shake(&pair, &client, &server);
    assert_int_equal(pair.client_state, NET_TLS_UP);
    pair_release(&pair);
    identity_release(&identity);
}

static void closed_and_broken(void **state)
{
    const struct identity *identity = *state;
    struct net_tls_options client = { .schannel_shape = true };
    struct net_tls_server_options server = { .certificate_pem = identity->certificate, .key_pem = identity->key };
    struct pair pair;
    shake(&pair, &client, &server);
    struct buffer got;
    buffer_init(&got, CAP);
    bool closed = true;
    assert_true(net_tls_read(pair.client, &got, &closed)); /* only session tickets so far */
    assert_false(closed);
    assert_int_equal(got.size, 0);
    static const uint8_t bad[] = { 23, 3,  3,  0,  20, 1,  2,  3,  4,  5,  6,  7, 8,
                                   9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 };
    assert_int_equal(net_tls_step(pair.client, bad, sizeof(bad)), NET_TLS_UP);
    assert_false(net_tls_read(pair.client, &got, &closed));
    assert_non_null(net_tls_problem(pair.client));
    assert_int_equal(net_tls_step(pair.client, NULL, 0), NET_TLS_FAILED);
    /* Our own alert about it goes out, and the other side hears it. */
    struct buffer wire;
    buffer_init(&wire, CAP);
    assert_true(net_tls_take(pair.client, &wire));
    assert_true(wire.size > 0);
    (void)net_tls_step(pair.server, wire.bytes, wire.size);
    assert_false(net_tls_read(pair.server, &got, &closed));
    assert_int_equal(net_tls_alert(pair.server), 20); /* bad_record_mac */
    buffer_release(&wire);
    buffer_release(&got);
    pair_release(&pair);
}

/* A certificate that OpenSSL cannot read is still evidence. */
static void unreadable_certificate_is_kept(void **state)
{
    (void)state;
    struct net_tls_options options = { .schannel_shape = true };
    struct net_tls *tls = net_tls_client(&options, NULL);
    assert_non_null(tls);
    assert_int_equal(net_tls_step(tls, NULL, 0), NET_TLS_WANT);
    static const uint8_t
        flight
            [] = {
                22, 3,  3,  0,  42, 2,  0,    0,    38, 3,  3,  1,  2,  3,  4,  5,    6,    7,    8,
                9,  10, 11, 12, 13, 14, 15,   16,   17, 18, 19, 20, 21, 22, 23, 24,   25,   26,   27,
                28, 29, 30, 31, 32, 0,  0xc0, 0x2f, 0, /* ServerHello, TLS 1.2, ECDHE-RSA-AES128-GCM-SHA256 */
                22, 3,  3,  0,  14, 11, 0,    0,    10, 0,  0,  7,  0,  0,  4,  0xde, 0xad, 0xbe, 0xef,
            };
    assert_int_equal(net_tls_step(tls, flight, sizeof(flight)), NET_TLS_FAILED);
    assert_true(net_tls_server_hello(tls));
    assert_int_equal(net_tls_version(tls), NET_TLS_1_2);
    assert_int_equal(net_tls_alert(tls), -1);
    assert_non_null(net_tls_problem(tls));
    assert_int_equal(net_tls_chain_count(tls), 1);
    struct buffer der;
    buffer_init(&der, CAP);
    assert_true(net_tls_chain_der(tls, 0, &der));
    assert_int_equal(der.size, 4);
    assert_memory_equal(der.bytes, "\xde\xad\xbe\xef", 4);
    const char *words = NULL;
    assert_int_equal(net_tls_verify(tls, NULL, &words), X509_V_ERR_UNSPECIFIED);
    buffer_release(&der);
    net_tls_free(tls);
}

static void close_notify_during_the_handshake(void **state)
{
    (void)state;
    static const uint8_t notify[] = { 21, 3, 3, 0, 2, 1, 0 };
    struct net_tls_options options = { .schannel_shape = true };
    struct net_tls *tls = net_tls_client(&options, NULL);
    assert_int_equal(net_tls_step(tls, NULL, 0), NET_TLS_WANT);
    assert_int_equal(net_tls_step(tls, notify, sizeof(notify)), NET_TLS_FAILED);
    assert_int_equal(net_tls_alert(tls), 0);
    net_tls_free(tls);
}

static void trust_is_asked_separately(void **state)
{
    const struct identity *identity = *state;
    struct net_tls_options client = { .schannel_shape = true };
    struct net_tls_server_options server = { .certificate_pem = identity->certificate, .key_pem = identity->key };
    struct pair pair;
    const char *words = NULL;
    shake(&pair, &client, &server);
    assert_int_equal(net_tls_verify(pair.client, NULL, &words), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    assert_non_null(words);
    char path[] = "/tmp/rdpwhy-store-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, identity->certificate, strlen(identity->certificate)),
                     (ssize_t)strlen(identity->certificate));
    close(fd);
    setenv("SSL_CERT_FILE", path, 1);
    assert_int_equal(net_tls_verify(pair.client, NULL, &words), X509_V_OK);
    assert_int_equal(net_tls_verify(pair.client, "srv", &words), X509_V_OK);
    assert_int_equal(net_tls_verify(pair.client, "other", &words), X509_V_ERR_HOSTNAME_MISMATCH);
    assert_int_equal(net_tls_verify(pair.client, "192.0.2.1", &words), X509_V_ERR_IP_ADDRESS_MISMATCH);
    unsetenv("SSL_CERT_FILE");
    unlink(path);
    pair_release(&pair);
}

static void bad_identity_is_an_error(void **state)
{
    const struct identity *identity = *state;
    struct net_tls_server_options server = { .certificate_pem = "nothing", .key_pem = identity->key };
    struct error error = { 0 };
    assert_null(net_tls_server(&server, &error));
    assert_int_equal(error.kind, ERROR_INTERNAL);
    net_tls_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version),
        cmocka_unit_test(schannel_shape),
        cmocka_unit_test(no_common_version_is_alert_70),
        cmocka_unit_test(no_common_cipher_is_alert_40),
        cmocka_unit_test(weak_key_and_digest_still_shake),
        cmocka_unit_test(closed_and_broken),
        cmocka_unit_test(unreadable_certificate_is_kept),
        cmocka_unit_test(close_notify_during_the_handshake),
        cmocka_unit_test(trust_is_asked_separately),
        cmocka_unit_test(bad_identity_is_an_error),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

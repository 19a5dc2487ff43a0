/* Standard RDP security's ciphers: client against server over both ways, the key of MS-RDPBCGR's time, licensing. */
#include "unit/cmocka_all.h"

#include <string.h>

#include "net/rdp_cipher.h"

static const uint8_t CLIENT[RDP_RANDOM] = "client client client client clie";
static const uint8_t SERVER[RDP_RANDOM] = "server server server server serv";

/* 5000 packets each way: past the key update at 4096. */
static void both_ends_understand_each_other(void **state)
{
    (void)state;
    static const enum rdp_method methods[] = { RDP_METHOD_40, RDP_METHOD_56, RDP_METHOD_128, RDP_METHOD_FIPS };
    struct error error;
    struct rdp_library *library = rdp_library_new(&error);
    assert_non_null(library);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        if (rdp_library_lacks(library, methods[i]) != NULL) {
            print_message("skipped: method %d: %s\n", methods[i], rdp_library_lacks(library, methods[i]));
            continue;
        }
        struct rdp_cipher *client = rdp_cipher_new(library, methods[i], CLIENT, SERVER, false, &error);
        struct rdp_cipher *server = rdp_cipher_new(library, methods[i], CLIENT, SERVER, true, &error);
        assert_non_null(client);
        assert_non_null(server);
        for (unsigned packet = 0; packet < 5000; packet++) {
            uint8_t bytes[64] = "what is said";
            uint8_t mac[RDP_MAC];
            bool good = false;
            const bool salted = packet % 3 == 0;
            struct rdp_cipher *from = packet % 2 == 0 ? client : server;
            struct rdp_cipher *to = packet % 2 == 0 ? server : client;
            const size_t padding = rdp_cipher_padding(from, 13);
            assert_int_equal(padding, methods[i] == RDP_METHOD_FIPS ? 3 : 0);
            assert_true(rdp_cipher_seal(from, bytes, 13, salted, mac));
            assert_int_not_equal(memcmp(bytes, "what is said", 13), 0);
            assert_true(rdp_cipher_open(to, bytes, 13 + padding, padding, salted, mac, &good));
            assert_true(good);
            assert_string_equal((const char *)bytes, "what is said");
        }
        uint8_t bytes[64] = "what is said";
        uint8_t mac[RDP_MAC];
        bool good = true;
        assert_true(rdp_cipher_seal(client, bytes, 16, false, mac));
        mac[0] ^= 1;
        assert_true(rdp_cipher_open(server, bytes, 16, 0, false, mac, &good));
        assert_false(good);
        rdp_cipher_free(client);
        rdp_cipher_free(server);
    }
    rdp_library_free(library);
}

static void rsa_there_and_back(void **state)
{
    (void)state;
    struct error error;
    struct rdp_rsa key;
    uint8_t cipher[RDP_MODULUS_MAX];
    uint8_t plain[RDP_MODULUS_MAX];
    struct rdp_rsa_private *own = rdp_rsa_private_new(&key, &error);
    assert_non_null(own);
    assert_int_equal(key.size, 64);
    assert_true(rdp_rsa_encrypt(&key, CLIENT, RDP_RANDOM, cipher));
    assert_true(rdp_rsa_decrypt(own, cipher, key.size, plain));
    assert_memory_equal(plain, CLIENT, RDP_RANDOM);
    /* an even modulus, or one below what is to be encrypted, is no key */
    key.modulus[0] &= 0xfe;
    assert_false(rdp_rsa_encrypt(&key, CLIENT, RDP_RANDOM, cipher));
    struct rdp_rsa tiny = { .size = 1, .modulus = { 3 }, .exponent = 3 };
    assert_false(rdp_rsa_encrypt(&tiny, CLIENT, RDP_RANDOM, cipher));
    assert_false(rdp_rsa_of_certificate(CLIENT, RDP_RANDOM, &key));
    rdp_rsa_private_free(own);
}

static void licence_keys(void **state)
{
    (void)state;
    uint8_t premaster[RDP_PREMASTER] = { 1, 2, 3 };
    struct rdp_licence_keys a;
    struct rdp_licence_keys b;
    uint8_t mac[RDP_LICENCE_MAC];
    uint8_t again[RDP_LICENCE_MAC];
    assert_true(rdp_licence_keys_make(premaster, CLIENT, SERVER, &a));
    assert_true(rdp_licence_keys_make(premaster, CLIENT, SERVER, &b));
    assert_memory_equal(&a, &b, sizeof(a));
    assert_true(rdp_licence_mac(&a, CLIENT, 20, mac));
    assert_true(rdp_licence_mac(&a, CLIENT, 21, again));
    assert_int_not_equal(memcmp(mac, again, sizeof(mac)), 0);
    premaster[47] = 1;
    assert_true(rdp_licence_keys_make(premaster, CLIENT, SERVER, &b));
    assert_int_not_equal(memcmp(&a, &b, sizeof(a)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_understand_each_other),
        cmocka_unit_test(rsa_there_and_back),
        cmocka_unit_test(licence_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The lab's end of a logon, against GSSAPI's own client: the mechanisms, the seals, the proof of the key. */
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <string.h>

#include "base/foreign.h"
#include "lab/acceptor.h"
#include "lab/certificate.h"
#include "lab/proof.h"
#include "lab/scenario.h"
#include "unit/cmocka_all.h"

static uint8_t ntlm_oid[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10 };
static uint8_t spnego_oid[] = { 0x2b, 6, 1, 5, 5, 2 };

struct client {
    gss_ctx_id_t context;
    gss_cred_id_t credentials;
    gss_name_t target;
    gss_OID_desc mechanism;
};

static gss_buffer_desc text_buffer(char *text)
{
    return (gss_buffer_desc){ strlen(text), text };
}

static bool ntlm_is_there(void)
{
    gss_OID_set all = GSS_C_NO_OID_SET;
    gss_OID_desc ntlm = { sizeof(ntlm_oid), ntlm_oid };
    OM_uint32 minor;
    int present = 0;
    gss_indicate_mechs(&minor, &all);
    gss_test_oid_set_member(&minor, &ntlm, all, &present);
    gss_release_oid_set(&minor, &all);
    return present != 0;
}

static void client_init(struct client *client, bool spnego, const char *user, const char *password)
{
    char who[64];
    char secret[64];
    char where[] = "TERMSRV@srv-lab";
    gss_OID_desc ntlm = { sizeof(ntlm_oid), ntlm_oid };
    gss_OID_set_desc inside = { 1, &ntlm };
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    snprintf(who, sizeof(who), "%s", user);
    snprintf(secret, sizeof(secret), "%s", password);
    gss_buffer_desc who_text = text_buffer(who);
    gss_buffer_desc secret_text = text_buffer(secret);
    gss_buffer_desc where_text = text_buffer(where);
    *client = (struct client){ .mechanism = { sizeof(ntlm_oid), ntlm_oid } };
    if (spnego) {
        client->mechanism = (gss_OID_desc){ sizeof(spnego_oid), spnego_oid };
    }
    gss_OID_set_desc set = { 1, &client->mechanism };
    assert_int_equal(gss_import_name(&minor, &who_text, GSS_C_NT_USER_NAME, &name), GSS_S_COMPLETE);
    foreign_begin(); /* the hash of the password, by OpenSSL's legacy provider */
    assert_int_equal(gss_acquire_cred_with_password(&minor, name, &secret_text, GSS_C_INDEFINITE, &set, GSS_C_INITIATE,
                                                    &client->credentials, NULL, NULL),
                     GSS_S_COMPLETE);
    foreign_end();
    if (spnego) {
        assert_int_equal(gss_set_neg_mechs(&minor, client->credentials, &inside), GSS_S_COMPLETE);
    }
    assert_int_equal(gss_import_name(&minor, &where_text, GSS_C_NT_HOSTBASED_SERVICE, &client->target), GSS_S_COMPLETE);
    gss_release_name(&minor, &name);
}

static void client_release(struct client *client)
{
    OM_uint32 minor;
    gss_delete_sec_context(&minor, &client->context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &client->credentials);
    gss_release_name(&minor, &client->target);
}

/* Carries tokens until one side is done or fails. */
static enum lab_accepted exchange(struct client *client, struct lab_acceptor *acceptor)
{
    enum lab_accepted accepted = LAB_ACCEPT_MORE;
    struct buffer answer;
    OM_uint32 minor;
    OM_uint32 ours = GSS_S_CONTINUE_NEEDED;
    buffer_init(&answer, 1 << 16);
    for (int round = 0; round < 8 && ours == GSS_S_CONTINUE_NEEDED && accepted != LAB_ACCEPT_FAILED; round++) {
        gss_buffer_desc in = { answer.size, answer.bytes };
        gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
        foreign_begin();
        ours = gss_init_sec_context(&minor, client->credentials, &client->context, client->target, &client->mechanism,
                                    GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_MUTUAL_FLAG, 0,
                                    GSS_C_NO_CHANNEL_BINDINGS, &in, NULL, &out, NULL, NULL);
        foreign_end();
        assert_false(GSS_ERROR(ours));
        buffer_clear(&answer);
        if (out.length > 0) {
            accepted = lab_acceptor_step(acceptor, slice_of(out.value, out.length), &answer);
        }
        gss_release_buffer(&minor, &out);
    }
    buffer_release(&answer);
    return accepted;
}

static void seals_travel(struct client *client, struct lab_acceptor *acceptor)
{
    char words[] = "sealed by the client";
    gss_buffer_desc in = text_buffer(words);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc back = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    struct buffer bytes;
    buffer_init(&bytes, 1024);
    foreign_begin();
    assert_int_equal(gss_wrap(&minor, client->context, 1, GSS_C_QOP_DEFAULT, &in, NULL, &out), GSS_S_COMPLETE);
    foreign_end();
    assert_true(lab_acceptor_open(acceptor, slice_of(out.value, out.length), &bytes));
    assert_int_equal(bytes.size, sizeof(words) - 1);
    assert_memory_equal(bytes.bytes, words, sizeof(words) - 1);
    buffer_clear(&bytes);
    assert_true(lab_acceptor_seal(acceptor, slice_of_text("by the server"), &bytes));
    gss_buffer_desc sealed = { bytes.size, bytes.bytes };
    foreign_begin();
    assert_int_equal(gss_unwrap(&minor, client->context, &sealed, &back, NULL, NULL), GSS_S_COMPLETE);
    foreign_end();
    assert_int_equal(back.length, 13);
    assert_memory_equal(back.value, "by the server", 13);
    gss_release_buffer(&minor, &out);
    gss_release_buffer(&minor, &back);
    buffer_release(&bytes);
}

static void logon(bool spnego, const char *user, const char *password, enum lab_accepted wanted, const char *words)
{
    static const struct lab_logon account = { .user = "alice", .password = LAB_PASSWORD };
    struct lab_accounts accounts;
    struct client client;
    struct error error;
    if (!ntlm_is_there()) {
        print_message("gss-ntlmssp is not installed\n");
        skip();
    }
    assert_true(lab_accounts_open(&account, NULL, &accounts, &error));
    struct lab_acceptor *acceptor = lab_acceptor_new();
    assert_non_null(acceptor);
    client_init(&client, spnego, user, password);
    assert_int_equal(exchange(&client, acceptor), wanted);
    if (wanted == LAB_ACCEPT_DONE) {
        assert_string_equal(lab_acceptor_words(acceptor), words);
        seals_travel(&client, acceptor);
    }
    client_release(&client);
    lab_acceptor_free(acceptor);
    lab_accounts_release(&accounts);
}

static void raw_ntlm_lets_in(void **state)
{
    (void)state;
    logon(false, "CORP\\alice", LAB_PASSWORD, LAB_ACCEPT_DONE, "CORP\\\\alice by NTLM");
}

static void ntlm_in_spnego_lets_in(void **state)
{
    (void)state;
    logon(true, "CORP\\alice", LAB_PASSWORD, LAB_ACCEPT_DONE, "CORP\\\\alice by NTLM");
}

static void a_wrong_password_does_not(void **state)
{
    (void)state;
    logon(false, "CORP\\alice", "another one", LAB_ACCEPT_FAILED, NULL);
    logon(true, "CORP\\alice", "another one", LAB_ACCEPT_FAILED, NULL);
}

static void nor_does_an_unknown_user(void **state)
{
    (void)state;
    logon(false, "CORP\\bob", LAB_PASSWORD, LAB_ACCEPT_FAILED, NULL);
    logon(false, "ELSEWHERE\\alice", LAB_PASSWORD, LAB_ACCEPT_FAILED, NULL);
}

static void nor_does_noise(void **state)
{
    (void)state;
    struct buffer answer;
    struct lab_acceptor *acceptor = lab_acceptor_new();
    buffer_init(&answer, 1 << 16);
    assert_int_equal(lab_acceptor_step(acceptor, slice_of_text("what is this"), &answer), LAB_ACCEPT_FAILED);
    assert_int_equal(answer.size, 0);
    buffer_release(&answer);
    lab_acceptor_free(acceptor);
}

/* The magics as MS-CSSP 3.1.5 spells them; the hash was made with Python's hashlib. */
static void the_proof_is_as_specified(void **state)
{
    (void)state;
    static const uint8_t hashed[] = { 0xf4, 0x4d, 0xd7, 0x08, 0xa4, 0xe1, 0x54, 0xff, 0xb8, 0x3a, 0x3d,
                                      0xeb, 0xe3, 0xba, 0xed, 0x99, 0xe2, 0x35, 0xd1, 0x76, 0x8a, 0x91,
                                      0xb7, 0xb2, 0x2a, 0xba, 0x6b, 0x3f, 0x50, 0xd1, 0x71, 0x7f };
    uint8_t nonce[32];
    struct buffer proof;
    memset(nonce, 7, sizeof(nonce));
    buffer_init(&proof, 1024);
    const struct slice key = slice_of_text("0the key");
    assert_true(lab_proof_write(LAB_FROM_CLIENT, 6, key, slice_of(nonce, 32), &proof));
    assert_int_equal(proof.size, 32);
    assert_memory_equal(proof.bytes, hashed, 32);
    buffer_clear(&proof);
    assert_true(lab_proof_write(LAB_FROM_CLIENT, 4, key, slice_of(NULL, 0), &proof));
    assert_true(lab_proof_write(LAB_FROM_SERVER, 4, key, slice_of(NULL, 0), &proof));
    assert_int_equal(proof.size, 16);
    assert_memory_equal(proof.bytes, "0the key1the key", 16);
    buffer_release(&proof);
}

static void the_key_of_a_certificate_is_its_bit_string(void **state)
{
    (void)state;
    static const struct lab_certificate wanted = { .key = LAB_EC_P256 };
    struct lab_pem pem = { 0 };
    struct error error;
    struct buffer key;
    char fingerprint[LAB_FINGERPRINT_SIZE];
    buffer_init(&key, 4096);
    assert_true(lab_certificate_make(&wanted, &pem, &error));
    assert_true(lab_public_key(&pem, &key));
    assert_int_equal(key.size, 65); /* an uncompressed point */
    assert_int_equal(key.bytes[0], 4);
    assert_true(lab_fingerprint(&pem, fingerprint));
    assert_int_equal(strlen(fingerprint), 64);
    buffer_release(&key);
    lab_pem_release(&pem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_ntlm_lets_in),
        cmocka_unit_test(ntlm_in_spnego_lets_in),
        cmocka_unit_test(a_wrong_password_does_not),
        cmocka_unit_test(nor_does_an_unknown_user),
        cmocka_unit_test(nor_does_noise),
        cmocka_unit_test(the_proof_is_as_specified),
        cmocka_unit_test(the_key_of_a_certificate_is_its_bit_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

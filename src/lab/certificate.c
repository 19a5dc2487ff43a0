#include "lab/certificate.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define DEFAULT_NAME "SRV-LAB.corp.example"

enum { DAY_S = 86400, DEFAULT_FROM = -30, DEFAULT_TO = 150, SERIAL_BITS = 120 };

struct maker {
    const struct lab_certificate *wanted;
    EVP_PKEY *key;
    EVP_PKEY *ca_key;
    X509 *certificate;
    X509 *ca;
};

static bool failed(struct error *error, const char *what)
{
    char words[128];
    ERR_error_string_n(ERR_get_error(), words, sizeof(words));
    return error_set(error, ERROR_INTERNAL, "cannot make the lab's certificate: %s: %s", what, words);
}

static EVP_PKEY *key_make(enum lab_key kind)
{
    switch (kind) {
    case LAB_RSA_1024:
        return EVP_RSA_gen(1024);
    case LAB_EC_P256:
        return EVP_EC_gen("P-256");
    case LAB_RSA_2048:
    default:
        return EVP_RSA_gen(2048);
    }
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    const bool done = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

/* Bytes as they are: what the program reads back must be made harmless there, not here. */
static bool add_raw(X509 *certificate, const char *oid, const void *bytes, size_t size)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    bool done = object != NULL && value != NULL && ASN1_OCTET_STRING_set(value, bytes, (int)size) == 1;
    X509_EXTENSION *extension = done ? X509_EXTENSION_create_by_OBJ(NULL, object, 0, value) : NULL;
    done = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
    return done;
}

static bool add_names(X509 *certificate, unsigned count)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool done = names != NULL;
    for (unsigned i = 0; done && i < count; i++) {
        char text[64];
        snprintf(text, sizeof(text), "host-%06u.example", i);
        GENERAL_NAME *name = GENERAL_NAME_new();
        ASN1_IA5STRING *value = ASN1_IA5STRING_new();
        done = name != NULL && value != NULL && ASN1_STRING_set(value, text, -1) == 1;
        if (done) {
            GENERAL_NAME_set0_value(name, GEN_DNS, value);
            value = NULL;
            done = sk_GENERAL_NAME_push(names, name) > 0;
        }
        ASN1_IA5STRING_free(value);
        if (!done) {
            GENERAL_NAME_free(name);
        }
    }
    done = done && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    GENERAL_NAMES_free(names);
    return done;
}

/* SEQUENCE in SEQUENCE, `depth` times, written from the inside out; lengths of 5 bytes (84 nn nn nn nn). */
static bool add_nested(X509 *certificate, unsigned depth)
{
    enum { HEADER = 6 };
    const size_t size = (size_t)depth * HEADER;
    uint8_t *bytes = alloc_new(size);
    if (bytes == NULL) {
        return false;
    }
    for (size_t i = 0; i < depth; i++) {
        const size_t left = size - (i + 1) * HEADER;
        uint8_t *at = bytes + i * HEADER;
        at[0] = 0x30;
        at[1] = 0x84;
        at[2] = (uint8_t)(left >> 24);
        at[3] = (uint8_t)(left >> 16);
        at[4] = (uint8_t)(left >> 8);
        at[5] = (uint8_t)left;
    }
    const bool done = add_raw(certificate, "2.5.29.17", bytes, size); /* as a subject alternative name */
    alloc_free(bytes);
    return done;
}

static bool add_padding(X509 *certificate, size_t size)
{
    uint8_t *bytes = alloc_new(size);
    if (bytes == NULL) {
        return false;
    }
    memset(bytes, 0x41, size);
    const bool done = add_raw(certificate, "1.3.6.1.4.1.99999.1", bytes, size);
    alloc_free(bytes);
    return done;
}

static X509 *frame_make(EVP_PKEY *key, const char *name, int from_days, int to_days)
{
    X509 *certificate = X509_new();
    BIGNUM *serial = BN_new();
    X509_NAME *subject = certificate != NULL ? X509_get_subject_name(certificate) : NULL;
    const bool done = subject != NULL && serial != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                      BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                      BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != NULL &&
                      X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING,
                                                 (const unsigned char *)name, -1, -1, 0) == 1 &&
                      X509_gmtime_adj(X509_getm_notBefore(certificate), (long)from_days * DAY_S) != NULL &&
                      X509_gmtime_adj(X509_getm_notAfter(certificate), (long)to_days * DAY_S) != NULL &&
                      X509_set_pubkey(certificate, key) == 1;
    BN_free(serial);
    if (!done) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

static bool ca_make(struct maker *maker, struct error *error)
{
    maker->ca_key = EVP_RSA_gen(2048);
    maker->ca = maker->ca_key != NULL ? frame_make(maker->ca_key, maker->wanted->issuer, -1000, 2000) : NULL;
    if (maker->ca == NULL || X509_set_issuer_name(maker->ca, X509_get_subject_name(maker->ca)) != 1 ||
        !add_extension(maker->ca, maker->ca, NID_basic_constraints, "critical,CA:TRUE") ||
        X509_sign(maker->ca, maker->ca_key, EVP_sha256()) == 0) {
        return failed(error, "the CA");
    }
    return true;
}

/* As Windows makes its own: key usage, the one extended usage, no alternative name (unless asked for). */
static bool leaf_extensions(X509 *leaf, X509 *issuer, const struct lab_certificate *wanted)
{
    return add_extension(leaf, issuer, NID_key_usage, "keyEncipherment,dataEncipherment,digitalSignature") &&
           add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth") &&
           (wanted->san == NULL || add_extension(leaf, issuer, NID_subject_alt_name, wanted->san)) &&
           (wanted->san_count == 0 || add_names(leaf, wanted->san_count)) &&
           (wanted->nesting == 0 || add_nested(leaf, wanted->nesting)) &&
           (wanted->padding == 0 || add_padding(leaf, wanted->padding));
}

static bool leaf_make(struct maker *maker, struct error *error)
{
    const struct lab_certificate *wanted = maker->wanted;
    const bool dated = wanted->from_days != 0 || wanted->to_days != 0;
    maker->key = key_make(wanted->key);
    if (maker->key == NULL) {
        return failed(error, "the key");
    }
    maker->certificate = frame_make(maker->key, wanted->name != NULL ? wanted->name : DEFAULT_NAME,
                                    dated ? wanted->from_days : DEFAULT_FROM, dated ? wanted->to_days : DEFAULT_TO);
    if (maker->certificate == NULL) {
        return failed(error, "the certificate");
    }
    X509 *issuer = maker->ca != NULL ? maker->ca : maker->certificate;
    const EVP_MD *digest = EVP_get_digestbyname(wanted->digest != NULL ? wanted->digest : "SHA256");
    if (digest == NULL || X509_set_issuer_name(maker->certificate, X509_get_subject_name(issuer)) != 1 ||
        !leaf_extensions(maker->certificate, issuer, wanted) ||
        X509_sign(maker->certificate, maker->ca != NULL ? maker->ca_key : maker->key, digest) == 0) {
        return failed(error, "extensions or signature");
    }
    return true;
}

static char *text_of(BIO *bio)
{
    char *bytes = NULL;
    const long size = BIO_get_mem_data(bio, &bytes);
    return size > 0 ? alloc_text_n(bytes, (size_t)size) : NULL;
}

static bool add_chain(BIO *chain, const struct maker *maker)
{
    const unsigned copies = maker->wanted->chain != 0 ? maker->wanted->chain : 1;
    bool done = true;
    for (unsigned i = 0; done && maker->ca != NULL && i < copies; i++) {
        done = PEM_write_bio_X509(chain, maker->ca) == 1;
    }
    return done;
}

static bool write_pem(const struct maker *maker, struct lab_pem *pem, struct error *error)
{
    BIO *chain = BIO_new(BIO_s_mem());
    BIO *key = BIO_new(BIO_s_mem());
    bool done = chain != NULL && key != NULL && PEM_write_bio_X509(chain, maker->certificate) == 1 &&
                add_chain(chain, maker) && PEM_write_bio_PrivateKey(key, maker->key, NULL, NULL, 0, NULL, NULL) == 1;
    if (!done) {
        failed(error, "writing");
    } else {
        struct lab_pem made = { .certificate = text_of(chain), .key = text_of(key) };
        done = made.certificate != NULL && made.key != NULL;
        if (done) {
            *pem = made;
        } else {
            lab_pem_release(&made);
            error_no_memory(error);
        }
    }
    BIO_free(chain);
    BIO_free(key);
    return done;
}

bool lab_certificate_make(const struct lab_certificate *wanted, struct lab_pem *pem, struct error *error)
{
    struct maker maker = { .wanted = wanted };
    const bool done =
        (wanted->issuer == NULL || ca_make(&maker, error)) && leaf_make(&maker, error) && write_pem(&maker, pem, error);
    X509_free(maker.certificate);
    X509_free(maker.ca);
    EVP_PKEY_free(maker.key);
    EVP_PKEY_free(maker.ca_key);
    return done;
}

void lab_pem_release(struct lab_pem *pem)
{
    alloc_free(pem->certificate);
    if (pem->key != NULL) {
        OPENSSL_cleanse(pem->key, strlen(pem->key));
    }
    alloc_free(pem->key);
    *pem = (struct lab_pem){ 0 };
}

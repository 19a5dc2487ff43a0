#include "x509/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "x509/names.h"

enum { KEY_BITS_MAX = 16384 }; /* beyond it a signature check could cost seconds */
enum { YEAR_MIN = 1600 };      /* base/clock.h reads none before; OpenSSL lets the year 0 pass */

static bool read_time(const ASN1_TIME *time, int64_t *wall_us)
{
    struct tm tm = { 0 };
    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1 || tm.tm_year + 1900 < YEAR_MIN) {
        return false;
    }
    *wall_us =
        clock_seconds_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec) * 1000000;
    return true;
}

static void read_times(const X509 *x509, struct x509_certificate *certificate)
{
    certificate->has_not_before = read_time(X509_get0_notBefore(x509), &certificate->not_before_us);
    certificate->has_not_after = read_time(X509_get0_notAfter(x509), &certificate->not_after_us);
    if (!certificate->has_not_before) {
        x509_problem(certificate, "the first day of validity is no date");
    }
    if (!certificate->has_not_after) {
        x509_problem(certificate, "the last day of validity is no date");
    }
}

static enum x509_key key_of(const EVP_PKEY *key)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        return X509_KEY_RSA;
    case EVP_PKEY_EC:
        return X509_KEY_EC;
    case EVP_PKEY_ED25519:
        return X509_KEY_ED25519;
    case EVP_PKEY_DSA:
        return X509_KEY_DSA;
    default:
        return X509_KEY_OTHER;
    }
}

static void read_key(X509 *x509, struct x509_certificate *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(x509);
    if (key == NULL) {
        x509_problem(certificate, "the public key cannot be read");
        return;
    }
    certificate->has_key = true;
    certificate->key = key_of(key);
    certificate->key_bits = EVP_PKEY_get_bits(key);
    if (certificate->key == X509_KEY_OTHER || certificate->key_bits > KEY_BITS_MAX) {
        return;
    }
    int verified = X509_verify(x509, key);
    certificate->signature_checked = verified >= 0;
    certificate->signed_by_itself = verified == 1;
}

static void read_signature(const X509 *x509, struct x509_certificate *certificate)
{
    const X509_ALGOR *algorithm = X509_get0_tbs_sigalg(x509);
    const ASN1_OBJECT *object = NULL;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    if (object == NULL || OBJ_obj2txt(certificate->signature, sizeof certificate->signature, object, 0) <= 0) {
        certificate->signature[0] = '\0';
        x509_problem(certificate, "the signature algorithm cannot be read");
    }
}

static void hex_into(char *hex, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *hex++ = digits[bytes[i] >> 4];
        *hex++ = digits[bytes[i] & 15];
    }
    *hex = '\0';
}

static void read_serial(const X509 *x509, struct x509_certificate *certificate)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    int size = ASN1_STRING_length(serial);
    if (size <= 0) {
        x509_problem(certificate, "the serial number is empty");
        return;
    }
    if (size > X509_SERIAL_BYTES_MAX) {
        x509_problem(certificate, "the serial number is longer than any should be");
        size = X509_SERIAL_BYTES_MAX;
    }
    char *hex = certificate->serial;
    if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) {
        *hex++ = '-';
    }
    hex_into(hex, ASN1_STRING_get0_data(serial), (size_t)size);
}

static bool read_all(X509 *x509, struct x509_certificate *certificate)
{
    read_times(x509, certificate);
    read_signature(x509, certificate);
    read_serial(x509, certificate);
    read_key(x509, certificate);
    return x509_name_text(X509_get_subject_name(x509), &certificate->subject) &&
           x509_name_text(X509_get_issuer_name(x509), &certificate->issuer) &&
           x509_name_common(X509_get_subject_name(x509), &certificate->common_name) &&
           x509_read_san(x509, certificate) && x509_read_eku(x509, certificate);
}

static bool read_sha256(const void *der, size_t size, struct x509_certificate *certificate)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest(der, size, digest, NULL, EVP_sha256(), NULL) != 1) {
        return false;
    }
    hex_into(certificate->sha256, digest, X509_SHA256_SIZE);
    return true;
}

struct x509_certificate *x509_certificate_new(const void *der, size_t size, struct error *error)
{
    if (size > X509_DER_MAX) {
        error_set(error, ERROR_DATA, "a certificate of %zu bytes is not read: the limit is %d", size, X509_DER_MAX);
        return NULL;
    }
    struct x509_certificate *certificate = alloc_new(sizeof *certificate);
    if (certificate == NULL || !read_sha256(der, size, certificate)) {
        x509_certificate_free(certificate);
        error_no_memory(error);
        return NULL;
    }
    const unsigned char *at = der;
    X509 *x509 = d2i_X509(NULL, &at, (long)size);
    bool ok = true;
    if (x509 == NULL) {
        x509_problem(certificate, "the bytes are no X.509 certificate");
    } else {
        ok = read_all(x509, certificate);
        if (at != (const unsigned char *)der + size) {
            x509_problem(certificate, "bytes follow the certificate");
        }
    }
    X509_free(x509);
    ERR_clear_error();
    if (!ok) {
        x509_certificate_free(certificate);
        error_no_memory(error);
        return NULL;
    }
    return certificate;
}

void x509_certificate_free(struct x509_certificate *certificate)
{
    if (certificate == NULL) {
        return;
    }
    alloc_free(certificate->subject.bytes);
    alloc_free(certificate->issuer.bytes);
    alloc_free(certificate->common_name.bytes);
    for (size_t i = 0; i < certificate->san_kept; i++) {
        alloc_free(certificate->san[i].bytes);
    }
    alloc_free(certificate->san);
    alloc_free(certificate->eku);
    alloc_free(certificate);
}

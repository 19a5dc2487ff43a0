#include "wire/security.h"

static const char SECTION_CERTIFICATE[] = "MS-RDPBCGR 2.2.1.4.3.1";
static const char SECTION_X509[] = "MS-RDPELE 2.2.1.4.2";
static const char SECTION_HEADER[] = "MS-RDPBCGR 2.2.8.1.1.2";
static const char SECTION_EXCHANGE[] = "MS-RDPBCGR 2.2.1.10";

enum {
    ALGORITHM_RSA = 1,
    BLOB_KEY = 6,
    BLOB_SIGNATURE = 8,
    RSA1_MAGIC = 0x31415352,
    RSA1_HEADER = 20,
    MODULUS_PADDING = 8,
    SIGNATURE_MAX = 256,
    FIPS_HEADER_LENGTH = 0x10,
    FIPS_VERSION = 1,
    EXCHANGE_MAX = SECURITY_MODULUS_MAX + SECURITY_EXCHANGE_PADDING,
};

static enum parse key_parse(struct cursor *blob, struct security_certificate *seen, struct fault *fault)
{
    uint32_t magic;
    uint32_t key_size;
    uint32_t bits;
    uint32_t data_size;
    const uint8_t *modulus;
    if (!cursor_u32le(blob, &magic) || !cursor_u32le(blob, &key_size) || !cursor_u32le(blob, &bits) ||
        !cursor_u32le(blob, &data_size) || !cursor_u32le(blob, &seen->exponent) || magic != RSA1_MAGIC) {
        return parse_bad(fault, blob, SECTION_CERTIFICATE, "the public key is no RSA1 key, or cut short");
    }
    if (key_size < SECURITY_MODULUS_MIN + MODULUS_PADDING || key_size > SECURITY_MODULUS_MAX + MODULUS_PADDING ||
        !cursor_bytes(blob, key_size, &modulus)) {
        return parse_bad(fault, blob, SECTION_CERTIFICATE, "the modulus is too small, too big, or cut short");
    }
    seen->modulus = slice_of(modulus, key_size - MODULUS_PADDING);
    return PARSE_DONE;
}

static enum parse proprietary_parse(struct cursor *at, struct security_certificate *seen, struct fault *fault)
{
    uint32_t signing;
    uint32_t key;
    uint16_t type;
    uint16_t size;
    struct cursor blob;
    const uint8_t *signature;
    if (!cursor_u32le(at, &signing) || !cursor_u32le(at, &key) || signing != ALGORITHM_RSA || key != ALGORITHM_RSA) {
        return parse_bad(fault, at, SECTION_CERTIFICATE, "the algorithms are not RSA");
    }
    if (!cursor_u16le(at, &type) || !cursor_u16le(at, &size) || type != BLOB_KEY || !cursor_block(at, size, &blob)) {
        return parse_bad(fault, at, SECTION_CERTIFICATE, "the key blob is of another type, or reaches past the end");
    }
    if (key_parse(&blob, seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    if (!cursor_u16le(at, &type) || !cursor_u16le(at, &size) || type != BLOB_SIGNATURE || size > SIGNATURE_MAX ||
        !cursor_bytes(at, size, &signature)) {
        return parse_bad(fault, at, SECTION_CERTIFICATE, "the signature is missing, too long, or cut short");
    }
    seen->signature = slice_of(signature, size);
    return PARSE_DONE;
}

static enum parse x509_parse(struct cursor *at, struct security_certificate *seen, struct fault *fault)
{
    if (!cursor_u32le(at, &seen->chain_count) || seen->chain_count == 0 || seen->chain_count > SECURITY_CHAIN_MAX) {
        return parse_bad(fault, at, SECTION_X509, "the chain is empty, or longer than 200 certificates");
    }
    for (uint32_t i = 0; i < seen->chain_count; i++) {
        uint32_t size;
        const uint8_t *der;
        if (!cursor_u32le(at, &size) || !cursor_bytes(at, size, &der)) {
            return parse_bad(fault, at, SECTION_X509, "a certificate of the chain reaches past the end");
        }
        seen->last = slice_of(der, size);
    }
    return PARSE_DONE;
}

enum parse security_certificate_parse(struct slice bytes, struct security_certificate *certificate, struct fault *fault)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct security_certificate seen = { 0 };
    uint32_t version;
    if (!cursor_u32le(&at, &version)) {
        return parse_bad(fault, &at, SECTION_CERTIFICATE, "the certificate is cut short");
    }
    seen.temporary = version >> 31 != 0;
    version &= UINT32_C(0x7fffffff);
    if (version != SECURITY_PROPRIETARY && version != SECURITY_X509) {
        return parse_bad(fault, &at, SECTION_CERTIFICATE, "the certificate is neither proprietary nor X.509");
    }
    seen.kind = (enum security_certificate_kind)version;
    /* both may be followed by padding */
    if ((version == SECURITY_PROPRIETARY ? proprietary_parse : x509_parse)(&at, &seen, fault) != PARSE_DONE) {
        return PARSE_BAD;
    }
    *certificate = seen;
    return PARSE_DONE;
}

void security_certificate_write(struct writer *writer, uint32_t exponent, struct slice modulus, struct slice signature)
{
    const size_t key_size = modulus.size + MODULUS_PADDING;
    writer_u32le(writer, SECURITY_PROPRIETARY);
    writer_u32le(writer, ALGORITHM_RSA);
    writer_u32le(writer, ALGORITHM_RSA);
    writer_u16le(writer, BLOB_KEY);
    writer_u16le(writer, (uint16_t)(RSA1_HEADER + key_size));
    writer_u32le(writer, RSA1_MAGIC);
    writer_u32le(writer, (uint32_t)key_size);
    writer_u32le(writer, (uint32_t)modulus.size * 8);
    writer_u32le(writer, (uint32_t)modulus.size - 1);
    writer_u32le(writer, exponent);
    writer_bytes(writer, modulus.bytes, modulus.size);
    writer_zeros(writer, MODULUS_PADDING);
    writer_u16le(writer, BLOB_SIGNATURE);
    writer_u16le(writer, (uint16_t)(signature.size + MODULUS_PADDING));
    writer_bytes(writer, signature.bytes, signature.size);
    writer_zeros(writer, MODULUS_PADDING);
}

enum parse security_header_parse(struct cursor *cursor, bool fips, struct security_header *header, struct fault *fault)
{
    struct cursor at = *cursor;
    struct security_header seen = { .fips = fips };
    const uint8_t *mac;
    uint16_t length;
    uint8_t version;
    if (!cursor_u16le(&at, &seen.flags) || !cursor_u16le(&at, &seen.flags_high)) {
        return parse_bad(fault, &at, SECTION_HEADER, "the security header is cut short");
    }
    if ((seen.flags & SEC_ENCRYPT) != 0) {
        if (fips && (!cursor_u16le(&at, &length) || !cursor_u8(&at, &version) || !cursor_u8(&at, &seen.padding) ||
                     length != FIPS_HEADER_LENGTH)) {
            return parse_bad(fault, &at, SECTION_HEADER, "the FIPS header is cut short or has another length");
        }
        if (!cursor_bytes(&at, SECURITY_MAC_SIZE, &mac)) {
            return parse_bad(fault, &at, SECTION_HEADER, "the security header ends inside its MAC");
        }
        memcpy(seen.mac, mac, SECURITY_MAC_SIZE);
    }
    *header = seen;
    *cursor = at;
    return PARSE_DONE;
}

void security_header_write(struct writer *writer, const struct security_header *header)
{
    writer_u16le(writer, header->flags);
    writer_u16le(writer, header->flags_high);
    if ((header->flags & SEC_ENCRYPT) == 0) {
        return;
    }
    if (header->fips) {
        writer_u16le(writer, FIPS_HEADER_LENGTH);
        writer_u8(writer, FIPS_VERSION);
        writer_u8(writer, header->padding);
    }
    writer_bytes(writer, header->mac, SECURITY_MAC_SIZE);
}

enum parse security_exchange_parse(struct cursor *cursor, struct slice *encrypted, struct fault *fault)
{
    struct cursor at = *cursor;
    uint32_t size;
    const uint8_t *bytes;
    if (!cursor_u32le(&at, &size) || size <= SECURITY_EXCHANGE_PADDING || size > EXCHANGE_MAX ||
        !cursor_bytes(&at, size, &bytes) || cursor_left(&at) > 0) {
        return parse_bad(fault, &at, SECTION_EXCHANGE, "the encrypted random is cut short, or of no size it can have");
    }
    *encrypted = slice_of(bytes, size - SECURITY_EXCHANGE_PADDING);
    *cursor = at;
    return PARSE_DONE;
}

void security_exchange_write(struct writer *writer, struct slice encrypted)
{
    writer_u32le(writer, (uint32_t)(encrypted.size + SECURITY_EXCHANGE_PADDING));
    writer_bytes(writer, encrypted.bytes, encrypted.size);
    writer_zeros(writer, SECURITY_EXCHANGE_PADDING);
}

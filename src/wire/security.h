/* Standard RDP security on the wire (MS-RDPBCGR 2.2.1.4.3, 2.2.1.10, 2.2.8.1.1.2): the server's certificate, the
 * Security Exchange, and the security headers in front of what is sent. No cipher is here: see net/rdp_cipher.h.
 *
 *   flags(2)  flagsHi(2)                                          basic
 *   flags(2)  flagsHi(2)  MAC(8)                                  encrypted
 *   flags(2)  flagsHi(2)  10 00  version 1  padding  MAC(8)       FIPS
 */
#ifndef RDPWHY_WIRE_SECURITY_H
#define RDPWHY_WIRE_SECURITY_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum {
    SEC_EXCHANGE_PKT = 0x0001,
    SEC_TRANSPORT_REQ = 0x0002,
    SEC_ENCRYPT = 0x0008,
    SEC_INFO_PKT = 0x0040,
    SEC_LICENSE_PKT = 0x0080,
    SEC_LICENSE_ENCRYPT_CS = 0x0200,
    SEC_REDIRECTION_PKT = 0x0400,
    SEC_SECURE_CHECKSUM = 0x0800,
    SEC_AUTODETECT_REQ = 0x1000,
    SEC_AUTODETECT_RSP = 0x2000,
    SEC_HEARTBEAT = 0x4000,
};
enum { SECURITY_MAC_SIZE = 8, SECURITY_RANDOM_SIZE = 32, SECURITY_EXCHANGE_PADDING = 8 };

/* Modulus bytes that are taken: 512 bits are Windows 2000's, 4096 more than any server's. */
enum { SECURITY_MODULUS_MIN = 32, SECURITY_MODULUS_MAX = 512, SECURITY_CHAIN_MAX = 200 };

enum security_certificate_kind { SECURITY_PROPRIETARY = 1, SECURITY_X509 = 2 };

struct security_certificate {
    enum security_certificate_kind kind;
    bool temporary;         /* the top bit of the version */
    uint32_t exponent;      /* proprietary */
    struct slice modulus;   /* proprietary: little endian, without its padding */
    struct slice signature; /* proprietary; made with a key that everybody knows: it proves nothing */
    uint32_t chain_count;   /* X.509 */
    struct slice last;      /* X.509: DER of the server's own, the last one */
};

/* The ServerCertificate field, whole. */
enum parse security_certificate_parse(struct slice bytes, struct security_certificate *certificate,
                                      struct fault *fault) MUST_USE;
/* A proprietary one; modulus little endian, signature 64 bytes of the caller's. */
void security_certificate_write(struct writer *writer, uint32_t exponent, struct slice modulus, struct slice signature);

struct security_header {
    uint16_t flags;
    uint16_t flags_high;
    bool fips;
    uint8_t padding;                /* FIPS: bytes of it behind the data */
    uint8_t mac[SECURITY_MAC_SIZE]; /* with SEC_ENCRYPT */
};

/* Reads the header in front of what was sent; `fips` is how an encrypted one looks. The cursor then stands at the data,
 * encrypted or not. */
enum parse security_header_parse(struct cursor *cursor, bool fips, struct security_header *header,
                                 struct fault *fault) MUST_USE;
void security_header_write(struct writer *writer, const struct security_header *header);

/* Security Exchange: the client's random, encrypted to the modulus' size plus 8 zeros. Behind the basic header. */
enum parse security_exchange_parse(struct cursor *cursor, struct slice *encrypted, struct fault *fault) MUST_USE;
void security_exchange_write(struct writer *writer, struct slice encrypted);

#endif

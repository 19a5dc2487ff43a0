/* NTLM messages 1 and 2 (MS-NLMP 2.2.1.1, 2.2.1.2, 2.2.2.1), all little-endian.
 *
 *   1  0 "NTLMSSP\0"  8 type 1  12 flags  16 domain  24 workstation  32 VERSION            (40 bytes when empty)
 *   2  0 "NTLMSSP\0"  8 type 2  12 target name  20 flags  24 challenge[8]  32 zero[8]  40 target info
 *      48 VERSION  56 payload: names and AV pairs, found by descriptors
 *
 *   descriptor: length(2) room(2, ignored) offset(4, from the start of the message)
 *   AV pair:    id(2) length(2) value; the list ends with 0, 0
 *
 * At most 64 KiB and 64 AV pairs. NT and 2000 leave VERSION out. Names stay raw UTF-16LE (base/text.h makes them
 * harmless). A token comes whole, so a short one is bad, never "more". */
#ifndef RDPWHY_WIRE_NTLM_H
#define RDPWHY_WIRE_NTLM_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum {
    NTLM_UNICODE = 0x00000001,
    NTLM_OEM = 0x00000002,
    NTLM_REQUEST_TARGET = 0x00000004,
    NTLM_TARGET_DOMAIN = 0x00010000, /* the server is joined to a domain */
    NTLM_TARGET_SERVER = 0x00020000,
    NTLM_TARGET_INFO = 0x00800000,
    NTLM_VERSION = 0x02000000,
};
/* What Windows sends in its first message. */
#define NTLM_FLAGS_OURS UINT32_C(0xe20882b7)

enum { NTLM_NEGOTIATE_SIZE = 40, NTLM_CHALLENGE_SIZE = 8, NTLM_MESSAGE_MAX = 65536, NTLM_AV_MAX = 64 };

enum ntlm_av { /* 2.2.2.1 */
               NTLM_AV_END = 0,
               NTLM_AV_NETBIOS_COMPUTER = 1,
               NTLM_AV_NETBIOS_DOMAIN = 2,
               NTLM_AV_DNS_COMPUTER = 3,
               NTLM_AV_DNS_DOMAIN = 4,
               NTLM_AV_DNS_FOREST = 5,
               NTLM_AV_FLAGS = 6,
               NTLM_AV_TIMESTAMP = 7,
               NTLM_AV_SINGLE_HOST = 8,
               NTLM_AV_TARGET_NAME = 9,
               NTLM_AV_CHANNEL_BINDING = 10,
};

struct ntlm_version {
    bool seen;
    uint8_t major;
    uint8_t minor;
    uint16_t build;
};

struct ntlm_negotiate {
    uint32_t flags;
    struct ntlm_version version;
};

struct ntlm_challenge {
    uint32_t flags;
    uint8_t challenge[NTLM_CHALLENGE_SIZE];
    struct ntlm_version version;
    struct slice target_name; /* UTF-16LE, or OEM without NTLM_UNICODE */
    struct slice netbios_computer;
    struct slice netbios_domain;
    struct slice dns_computer;
    struct slice dns_domain;
    struct slice dns_forest;
    struct slice service; /* NTLM_AV_TARGET_NAME */
    bool has_av_flags;
    uint32_t av_flags;
    bool has_timestamp; /* absent: XP, 2003, or not Windows */
    uint64_t timestamp; /* FILETIME */
    size_t av_count;    /* read side only */
};

/* True when the token begins with NTLMSSP\0. */
bool ntlm_recognise(struct slice token);
/* Message 1, empty names, NTLM_FLAGS_OURS, VERSION 10.0.19041: 40 bytes. */
bool ntlm_negotiate_write(struct writer *writer) MUST_USE;
enum parse ntlm_negotiate_parse(struct slice token, struct ntlm_negotiate *negotiate, struct fault *fault) MUST_USE;
/* Message 2. Flags are written as given, TARGET_INFO and VERSION added when there is something behind them. */
bool ntlm_challenge_write(struct writer *writer, const struct ntlm_challenge *challenge) MUST_USE;
enum parse ntlm_challenge_parse(struct slice token, struct ntlm_challenge *challenge, struct fault *fault) MUST_USE;

/* FILETIME (100 ns since 1601) to microseconds since 1970, the year 9999 at most; and back, 0 when before 1601. */
int64_t ntlm_time_us(uint64_t filetime);
uint64_t ntlm_time_from_us(int64_t wall_us);

#endif

#include "wire/banner.h"

#include <stdbool.h>
#include <string.h>

#include "base/attributes.h"

static const struct {
    enum banner banner;
    const char *start;
    size_t size;
} starts[] = {
    { BANNER_SSH, "SSH-", 4 },  { BANNER_HTTP, "HTTP/", 5 }, { BANNER_VNC, "RFB ", 4 },       { BANNER_POP3, "+OK", 3 },
    { BANNER_IMAP, "* OK", 4 }, { BANNER_IMAP, "* BYE", 5 }, { BANNER_IMAP, "* PREAUTH", 9 }, { BANNER_FTP, "530 ", 4 },
};

static bool starts_with(const uint8_t *bytes, size_t size, const char *start, size_t length)
{
    return size >= length && memcmp(bytes, start, length) == 0;
}

static char upper(uint8_t c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static bool contains(const uint8_t *bytes, size_t size, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= size; i++) {
        size_t same = 0;
        while (same < length && upper(bytes[i + same]) == word[same]) {
            same++;
        }
        if (same == length) {
            return true;
        }
    }
    return false;
}

static enum banner greeting(const uint8_t *bytes, size_t size)
{
    if (!starts_with(bytes, size, "220 ", 4) && !starts_with(bytes, size, "220-", 4) &&
        !starts_with(bytes, size, "421 ", 4) && !starts_with(bytes, size, "554 ", 4)) {
        return BANNER_UNKNOWN;
    }
    if (contains(bytes, size, "SMTP")) {
        return BANNER_SMTP;
    }
    return contains(bytes, size, "FTP") ? BANNER_FTP : BANNER_UNKNOWN;
}

/* RFC 8446 5.1: type 21 or 22, version 3.x, a length that can be. */
static bool tls_record(const uint8_t *bytes, size_t size)
{
    return size >= 5 && (bytes[0] == 21 || bytes[0] == 22) && bytes[1] == 3 && bytes[2] <= 4 &&
           (bytes[3] != 0 || bytes[4] != 0) && bytes[3] <= 0x40;
}

static bool rdp(const uint8_t *bytes, size_t size)
{
    return size >= 6 && bytes[0] == 3 && bytes[1] == 0 && (bytes[5] == 0xd0 || bytes[5] == 0x80);
}

/* RFC 854: IAC and a WILL, WONT, DO or DONT. */
static bool telnet(const uint8_t *bytes, size_t size)
{
    return size >= 3 && bytes[0] == 0xff && bytes[1] >= 0xfb && bytes[1] <= 0xfe;
}

/* NetBIOS session message (MS-SMB2 2.1) around FF or FE "SMB". */
static bool smb(const uint8_t *bytes, size_t size)
{
    return size >= 8 && bytes[0] == 0 && (bytes[4] == 0xff || bytes[4] == 0xfe) && memcmp(bytes + 5, "SMB", 3) == 0;
}

/* Packet length(3) sequence 0, then the greeting of protocol 10 with its version in digits, or an error packet. */
static bool mysql(const uint8_t *bytes, size_t size)
{
    if (size < 7 || bytes[3] != 0 || bytes[2] != 0) {
        return false;
    }
    return (bytes[4] == 0x0a && bytes[5] >= '0' && bytes[5] <= '9' && memchr(bytes + 5, '.', size - 5) != NULL) ||
           (bytes[4] == 0xff && contains(bytes, size, "HOST "));
}

enum banner banner_of(const uint8_t *bytes, size_t size)
{
    size = size < BANNER_ENOUGH ? size : BANNER_ENOUGH;
    if (size == 0) {
        return BANNER_UNKNOWN;
    }
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        if (starts_with(bytes, size, starts[i].start, starts[i].size)) {
            return starts[i].banner;
        }
    }
    if (rdp(bytes, size)) {
        return BANNER_RDP;
    }
    if (tls_record(bytes, size)) {
        return BANNER_TLS;
    }
    if (telnet(bytes, size)) {
        return BANNER_TELNET;
    }
    if (smb(bytes, size)) {
        return BANNER_SMB;
    }
    if (mysql(bytes, size)) {
        return BANNER_MYSQL;
    }
    return greeting(bytes, size);
}

#include "unit/cmocka_all.h"

#include "base/attributes.h"
#include "unit/guard_page.h"
#include "wire/banner.h"

static const struct {
    const char *bytes;
    size_t size;
    enum banner banner;
} cases[] = {
    { "SSH-2.0-OpenSSH_9.2p1\r\n", 23, BANNER_SSH },
    { "HTTP/1.1 400 Bad Request\r\n", 26, BANNER_HTTP },
    { "RFB 003.008\n", 12, BANNER_VNC },
    { "\x15\x03\x01\x00\x02\x02\x46", 7, BANNER_TLS },
    { "\x16\x03\x03\x00\x5a\x02", 6, BANNER_TLS },
    { "\x16\x03\x03\x00\x00", 5, BANNER_UNKNOWN },
    { "220 mail.example ESMTP Postfix\r\n", 32, BANNER_SMTP },
    { "220 (vsFTPd 3.0.3)\r\n", 20, BANNER_FTP },
    { "220-FileZilla ftp server\r\n", 26, BANNER_FTP },
    { "220 hello\r\n", 11, BANNER_UNKNOWN },
    { "\xff\xfd\x18\xff\xfd\x20", 6, BANNER_TELNET },
    { "\x00\x00\x00\x55\xffSMBr", 9, BANNER_SMB },
    { "\x00\x00\x00\x55\xfeSMB@", 9, BANNER_SMB },
    { "\x4a\x00\x00\x00\x0a"
      "8.0.36\x00",
      12, BANNER_MYSQL },
    { "\x45\x00\x00\x00\xff\x6a\x04Host 'x' is not allowed", 30, BANNER_MYSQL },
    { "+OK Dovecot ready.\r\n", 20, BANNER_POP3 },
    { "* OK [CAPABILITY IMAP4rev1]\r\n", 29, BANNER_IMAP },
    { "\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00", 11, BANNER_RDP },
    { "\x03\x00\x00\x0b\x06", 5, BANNER_UNKNOWN },
    /* the shortest of each, and its neighbours */
    { "SSH-", 4, BANNER_SSH },
    { "SSH", 3, BANNER_UNKNOWN },
    { "+OK", 3, BANNER_POP3 },
    { "\xff\xfb\x01", 3, BANNER_TELNET },
    { "\xff\xfe\x01", 3, BANNER_TELNET },
    { "\xff\xfa\x01", 3, BANNER_UNKNOWN },
    { "\xff\xff\x01", 3, BANNER_UNKNOWN },
    { "\x00\x00\x00\x00\xffSMB", 8, BANNER_SMB },
    { "\x00\x00\x00\x00\xfdSMB", 8, BANNER_UNKNOWN },
    { "\x00\x00\x00\x00\xffSMC", 8, BANNER_UNKNOWN },
    { "\x01\x00\x00\x00\xffSMB", 8, BANNER_UNKNOWN },
    { "\x15\x03\x04\x00\x02", 5, BANNER_TLS },
    { "\x15\x03\x05\x00\x02", 5, BANNER_UNKNOWN },
    { "\x15\x02\x00\x00\x02", 5, BANNER_UNKNOWN },
    { "\x17\x03\x03\x00\x02", 5, BANNER_UNKNOWN },
    { "\x16\x03\x03\x40\x00", 5, BANNER_TLS },
    { "\x16\x03\x03\x41\x00", 5, BANNER_UNKNOWN },
    { "\x03\x00\x00\x0b\x06\xd0", 6, BANNER_RDP },
    { "\x03\x00\x00\x0b\x06\x80", 6, BANNER_RDP },
    { "\x03\x00\x00\x0b\x06\xe0", 6, BANNER_UNKNOWN },
    { "\x10\x00\x00\x00\x0a"
      "9.",
      7, BANNER_MYSQL },
    { "\x10\x00\x00\x00\x0a"
      "0.",
      7, BANNER_MYSQL },
    { "\x10\x00\x00\x00\x0a"
      "9x",
      7, BANNER_UNKNOWN },
    { "\x10\x00\x00\x00\x0a"
      "x.",
      7, BANNER_UNKNOWN },
    { "\x10\x00\x00\x00\x0a"
      "/.",
      7, BANNER_UNKNOWN },
    { "\x10\x00\x00\x00\x0b"
      "9.",
      7, BANNER_UNKNOWN },
    { "\x10\x00\x00\x01\x0a"
      "9.",
      7, BANNER_UNKNOWN },
    { "\x10\x00\x01\x00\x0a"
      "9.",
      7, BANNER_UNKNOWN },
    { "\x10\x00\x00\x00\xff\x00\x00HOST z", 13, BANNER_MYSQL },
    { "\x10\x00\x00\x00\xfe\x00\x00HOST z", 13, BANNER_UNKNOWN },
    { "220 aZ smtp", 11, BANNER_SMTP },
    { "220 aZ smtq", 11, BANNER_UNKNOWN },
    { "421 x ftp", 9, BANNER_FTP },
    { "554 x smtp", 10, BANNER_SMTP },
    { "221 x smtp", 10, BANNER_UNKNOWN },
    { "", 0, BANNER_UNKNOWN },
    { "\x00\x00\x00", 3, BANNER_UNKNOWN },
    { "what?", 5, BANNER_UNKNOWN },
};

static void each_protocol_is_known_by_its_first_bytes(void **state)
{
    (void)state;
    struct guard_page guard = guard_page_new(64);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const uint8_t *place = guard_page_place(&guard, cases[i].bytes, cases[i].size);
        assert_int_equal(banner_of(place, cases[i].size), cases[i].banner);
    }
    guard_page_free(&guard);
}

static enum parse whole(const uint8_t *bytes, size_t size)
{
    return (unsigned)banner_of(bytes, size) <= BANNER_IMAP ? PARSE_DONE : PARSE_BAD;
}

static void damage_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        every_mutation_is_survived(whole, cases[i].bytes, cases[i].size);
        struct guard_page guard = guard_page_new(64);
        for (size_t n = 0; n < cases[i].size; n++) {
            assert_int_equal(whole(guard_page_place(&guard, cases[i].bytes, n), n), PARSE_DONE);
        }
        guard_page_free(&guard);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_protocol_is_known_by_its_first_bytes),
        cmocka_unit_test(damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

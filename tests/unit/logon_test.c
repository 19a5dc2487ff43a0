/* The pieces of a logon that need no server: names, messages, frames, the memory of refusals. */
#include "unit/cmocka_all.h"

#include <stdlib.h>
#include <unistd.h>

#include "net/auth_frame.h"
#include "probe/logon_log.h"
#include "probe/logon_name.h"
#include "unit/guard_page.h"
#include "wire/credssp.h"
#include "wire/kerberos_error.h"

/* --- names --- */

static void a_short_name_has_the_realm_that_krb5_conf_says(void **state)
{
    (void)state;
    static const char text[] =
        "[libdefaults]\ndefault_realm = MAIN.EXAMPLE\n[realms]\nELSE.EXAMPLE = {\n kdc = ::1\n}\n"
        "[domain_realm]\n .fin.example = CORP.EXAMPLE\n hr.example = PEOPLE.EXAMPLE\n"
        "srv.odd.example = Odd.Example\n plain.example = PLAIN\n";
    static const struct {
        const char *domain, *host, *realm;
    } rows[] = {
        { "CORP", "srv.fin.example", "CORP.EXAMPLE" },
        { "corp", "a.b.FIN.example", "CORP.EXAMPLE" },
        { "PEOPLE", "srv.hr.example", "PEOPLE.EXAMPLE" },
        { "ODD", "SRV.odd.example", "Odd.Example" },
        { "CORP", "srv.hr.example", NULL },
        { "MAIN", "anything", "MAIN.EXAMPLE" },
        { "MAI", "anything", NULL },
        { "PLAIN", "srv.plain.example", NULL },
        { "ELSE", "srv.else.example", NULL }, /* that it exists does not say that it is meant */
        { "CORP", "srv..fin.example.", NULL },
    };
    char path[] = "/tmp/rdpwhy-krb5-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    setenv("KRB5_CONFIG", path, 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char realm[NET_AUTH_NAME_SIZE] = "";
        assert_int_equal(net_auth_realm(rows[i].domain, rows[i].host, realm), rows[i].realm != NULL);
        assert_string_equal(realm, rows[i].realm != NULL ? rows[i].realm : "");
    }
    setenv("KRB5_CONFIG", "/nonexistent", 1);
    char realm[NET_AUTH_NAME_SIZE];
    assert_false(net_auth_realm("MAIN", "anything", realm));
    unsetenv("KRB5_CONFIG");
    unlink(path);
}

static void a_server_of_the_same_domain_names_its_realm(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *netbios, *dns, *realm;
    } rows[] = {
        { "CORP\\alice", "Corp", "ad.corp.example", "AD.CORP.EXAMPLE" },
        { "CORP\\alice", "OTHER", "ad.corp.example", "" },
        { "CORP\\alice", "CORP", NULL, "" },
        { "CORP\\alice", NULL, "ad.corp.example", "" },
        { "SRV\\alice", "SRV", "srv.home.example", "" }, /* in no domain: it names itself */
        { "alice", "CORP", "ad.corp.example", "" },
        { ".\\alice", ".", "ad.corp.example", "" },
        { "alice@my.example", "CORP", "ad.corp.example", "MY.EXAMPLE" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct logon_name name;
        assert_true(logon_name_read(rows[i].typed, NULL, "srv.far.example", &name, NULL));
        logon_name_heed_server(&name, "SRV", rows[i].netbios, rows[i].dns);
        assert_string_equal(name.realm, rows[i].realm);
        assert_int_equal(name.why == NULL, rows[i].realm[0] != '\0');
    }
}

static void accounts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *domain, *host;
        enum logon_form form;
        const char *user, *of, *realm;
    } rows[] = {
        { "alice", NULL, "srv.corp.example", LOGON_PLAIN, "alice", "", "" },
        { "alice", "CORP", "srv.corp.example", LOGON_DOMAIN, "alice", "CORP", "CORP.EXAMPLE" },
        { "CORP\\alice", NULL, "srv.other.example", LOGON_DOMAIN, "alice", "CORP", "" },
        { "corp\\alice", NULL, "a.b.corp.example", LOGON_DOMAIN, "alice", "corp", "CORP.EXAMPLE" },
        { "corp.example\\alice", NULL, "srv", LOGON_DOMAIN, "alice", "corp.example", "CORP.EXAMPLE" },
        { "alice@corp.example", NULL, "srv", LOGON_UPN, "alice@corp.example", "", "CORP.EXAMPLE" },
        { "alice@corp.example", NULL, "10.0.0.1", LOGON_UPN, "alice@corp.example", "", "" },
        { "a@b@c.d", NULL, "srv", LOGON_UPN, "a@b@c.d", "", "C.D" },
        { ".\\alice", NULL, "srv.corp.example", LOGON_LOCAL, "alice", ".", "" },
        { "azuread\\alice@corp.example", NULL, "srv", LOGON_ENTRA, "alice@corp.example", "azuread", "" },
        { "SRV\\alice", NULL, "::1", LOGON_DOMAIN, "alice", "SRV", "" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct logon_name name;
        struct error error = { 0 };
        assert_true(logon_name_read(rows[i].typed, rows[i].domain, rows[i].host, &name, &error));
        assert_int_equal(name.form, rows[i].form);
        assert_string_equal(name.user, rows[i].user);
        assert_string_equal(name.domain, rows[i].of);
        assert_string_equal(name.realm, rows[i].realm);
        assert_int_equal(name.why == NULL, rows[i].realm[0] != '\0');
    }
}

static void accounts_are_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = { { "", NULL },        { "\\alice", NULL }, { "CORP\\", NULL },
                                           { "a\\b\\c", NULL }, { "@corp", NULL },   { "alice@", NULL },
                                           { "A\\b", "C" } };
    char longest[NET_AUTH_NAME_SIZE + 1];
    struct logon_name name;
    struct error error = { 0 };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_false(logon_name_read(rows[i][0], rows[i][1], "srv", &name, &error));
        assert_int_equal(error.kind, ERROR_USAGE);
    }
    memset(longest, 'a', sizeof longest);
    longest[NET_AUTH_NAME_SIZE] = '\0';
    assert_false(logon_name_read(longest, NULL, "srv", &name, &error));
    longest[NET_AUTH_NAME_SIZE - 1] = '\0';
    assert_true(logon_name_read(longest, NULL, "srv", &name, &error));
}

/* --- the sealed password --- */

static void password_credentials_are_der(void **state)
{
    (void)state;
    static const uint8_t wanted[] = {
        0x30, 0x29, 0xa0, 0x03, 0x02, 0x01, 0x01, 0xa1, 0x22, 0x04, 0x20, 0x30, 0x1e, 0xa0, 0x04,
        0x04, 0x02, 'D',  0x00, 0xa1, 0x06, 0x04, 0x04, 'b',  0x00, 'o',  0x00, 0xa2, 0x0e, 0x04,
        0x0c, 'x',  0x00, 0xe4, 0x00, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde, 'y',  0x00,
    };
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    /* x, a-umlaut, the euro sign, a face beyond the first plane, y */
    assert_true(credssp_password_write(&writer, slice_of_text("D"), slice_of_text("bo"),
                                       slice_of_text("x\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80y")));
    assert_int_equal(writer_size(&writer), sizeof wanted);
    assert_memory_equal(bytes, wanted, sizeof wanted);
    struct writer narrow = writer_of(bytes, sizeof wanted - 1);
    assert_false(credssp_password_write(&narrow, slice_of_text("D"), slice_of_text("bo"),
                                        slice_of_text("x\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80y")));
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "\x80", "\xc3",     "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                       "\xff", "a\xe2\x82" };
    uint8_t bytes[64];
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct writer writer = writer_of(bytes, sizeof bytes);
        assert_false(credssp_password_write(&writer, slice_of_text(""), slice_of_text("u"), slice_of_text(bad[i])));
    }
}

/* --- the KDC's data --- */

static enum parse status_of(const void *bytes, size_t size, uint32_t *status)
{
    return kerberos_error_parse(slice_of(bytes, size), status, NULL);
}

static void a_windows_kdc_says_its_status(void **state)
{
    (void)state;
    static const uint8_t data[] = { 0x30, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04, 0x0c, 0x34,
                                    0x02, 0x00, 0xc0, 0,    0,    0,    0,    1,    0,    0,    0 };
    uint8_t method[2 + sizeof data] = { 0x30, sizeof data };
    uint32_t status = 0;
    memcpy(method + 2, data, sizeof data);
    assert_int_equal(status_of(data, sizeof data, &status), PARSE_DONE);
    assert_int_equal(status, 0xC0000234);
    status = 0;
    assert_int_equal(status_of(method, sizeof method, &status), PARSE_DONE);
    assert_int_equal(status, 0xC0000234);
    for (size_t size = 0; size < sizeof method; size++) {
        assert_int_equal(status_of(method, size, &status), PARSE_BAD);
    }
    assert_int_equal(status_of(NULL, 0, &status), PARSE_BAD);
    method[8] = 2; /* another type */
    assert_int_equal(status_of(method, sizeof method, &status), PARSE_BAD);
}

/* --- frames --- */

static void a_start_travels(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct secret *password = secret_new(8, NULL);
    memcpy(secret_bytes(password), "pass", 4);
    secret_set_size(password, 4);
    struct net_auth_options options = { .user = "u", .domain = "D", .realm = "R", .host = "h", .password = password };
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(auth_start_write(&writer, &options));
    struct cursor cursor = cursor_of(bytes, writer_size(&writer));
    struct auth_start start;
    assert_int_equal(auth_start_parse(&cursor, &start, NULL), PARSE_DONE);
    assert_int_equal(start.flags, AUTH_START_KERBEROS);
    assert_string_equal(start.user, "u");
    assert_string_equal(start.domain, "D");
    assert_string_equal(start.realm, "R");
    assert_string_equal(start.host, "h");
    assert_int_equal(start.password_size, 4);
    assert_memory_equal(start.password, "pass", 4);
    for (size_t size = 0; size < writer_size(&writer); size++) {
        struct cursor cut = cursor_of(bytes, size);
        assert_int_equal(auth_start_parse(&cut, &start, NULL), PARSE_BAD);
    }
    secret_free(password);
}

static void an_answer_travels(void **state)
{
    (void)state;
    uint8_t bytes[512];
    char words[NET_AUTH_WORDS_SIZE];
    const struct net_auth_answer said = {
        .result = NET_AUTH_REFUSED,
        .package = NET_AUTH_KERBEROS,
        .kerberos = NET_KERBEROS_REVOKED,
        .kerberos_code = 18,
        .kerberos_proof = true,
        .kdc_asked = 2,
        .major = 3,
        .minor = 4,
        .words = "LOCKED_OUT",
        .kdc_data = (const uint8_t *)"xy",
        .kdc_data_size = 2,
        .bytes = (const uint8_t *)"token",
        .size = 5,
    };
    struct writer writer = writer_of(bytes, sizeof bytes);
    struct net_auth_answer heard;
    assert_true(auth_answer_write(&writer, &said));
    struct cursor cursor = cursor_of(bytes, writer_size(&writer));
    assert_int_equal(auth_answer_parse(&cursor, &heard, words, NULL), PARSE_DONE);
    assert_int_equal(heard.result, said.result);
    assert_int_equal(heard.package, said.package);
    assert_false(heard.complete);
    assert_int_equal(heard.kerberos, said.kerberos);
    assert_int_equal(heard.kerberos_code, 18);
    assert_true(heard.kerberos_proof);
    assert_int_equal(heard.kdc_asked, 2);
    assert_int_equal(heard.major, 3);
    assert_int_equal(heard.minor, 4);
    assert_string_equal(heard.words, "LOCKED_OUT");
    assert_memory_equal(heard.kdc_data, "xy", 2);
    assert_int_equal(heard.size, 5);
    assert_memory_equal(heard.bytes, "token", 5);
    bytes[0] = NET_AUTH_NO_MEMORY;
    cursor = cursor_of(bytes, writer_size(&writer));
    assert_int_equal(auth_answer_parse(&cursor, &heard, words, NULL), PARSE_DONE);
    assert_int_equal(heard.result, NET_AUTH_NO_MEMORY);
    bytes[0] = NET_AUTH_NO_MEMORY + 1;
    cursor = cursor_of(bytes, writer_size(&writer));
    assert_int_equal(auth_answer_parse(&cursor, &heard, words, NULL), PARSE_BAD);
}

static void headers_have_limits(void **state)
{
    (void)state;
    uint8_t bytes[AUTH_HEADER];
    enum auth_kind kind;
    size_t body = 0;
    static const struct {
        size_t body;
        int kind;
        enum parse parse;
    } rows[] = { { 0, AUTH_PROOF, PARSE_DONE },
                 { AUTH_BODY_MAX, AUTH_ANSWER, PARSE_DONE },
                 { AUTH_BODY_MAX + 1, AUTH_ANSWER, PARSE_BAD },
                 { 0, AUTH_ANSWER + 1, PARSE_BAD },
                 { (size_t)-1, AUTH_STEP, PARSE_BAD } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct writer writer = writer_of(bytes, sizeof bytes);
        auth_header_write(&writer, (enum auth_kind)rows[i].kind, rows[i].body);
        struct cursor cursor = cursor_of(bytes, sizeof bytes);
        assert_int_equal(auth_header_parse(&cursor, &kind, &body, NULL), rows[i].parse);
        cursor = cursor_of(bytes, sizeof bytes - 1);
        assert_int_equal(auth_header_parse(&cursor, &kind, &body, NULL), PARSE_MORE);
    }
}

/* --- what was turned down before --- */

static void refusals_are_remembered(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1800000000) * 1000000;
    const uint64_t alice = logon_log_account("srv", 3389, "CORP", "alice");
    const uint64_t bob = logon_log_account("srv", 3389, "CORP", "bob");
    struct buffer text;
    struct buffer again;
    buffer_init(&text, 4096);
    buffer_init(&again, 4096);
    assert_true(alice != bob && alice != logon_log_account("srv", 3390, "CORP", "alice"));
    assert_int_equal(logon_log_last_s("", 0, alice, now), -1);
    assert_true(logon_log_rewrite("rubbish\n99999999999999999999999 1\n", 34, alice, true, now, &text));
    assert_int_equal(logon_log_last_s((char *)text.bytes, text.size, alice, now + 5000000), 5);
    assert_int_equal(logon_log_last_s((char *)text.bytes, text.size, bob, now), -1);
    assert_int_equal(logon_log_last_s((char *)text.bytes, text.size, alice, now + INT64_C(1800) * 1000000), -1);
    assert_int_equal(logon_log_last_s((char *)text.bytes, text.size, alice, now - 1), -1);
    /* a logon that was taken wipes the slate */
    assert_true(logon_log_rewrite((char *)text.bytes, text.size, alice, false, now + 1, &again));
    assert_int_equal(again.size, 0);
    buffer_release(&text);
    buffer_release(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_name_has_the_realm_that_krb5_conf_says),
        cmocka_unit_test(a_server_of_the_same_domain_names_its_realm),
        cmocka_unit_test(accounts_are_read),
        cmocka_unit_test(accounts_are_refused),
        cmocka_unit_test(password_credentials_are_der),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(a_windows_kdc_says_its_status),
        cmocka_unit_test(a_start_travels),
        cmocka_unit_test(an_answer_travels),
        cmocka_unit_test(headers_have_limits),
        cmocka_unit_test(refusals_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

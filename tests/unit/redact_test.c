#include "unit/cmocka_all.h"

#include "base/address.h"
#include "base/alloc.h"
#include "base/text.h"
#include "evidence/redact.h"
#include "facts/interceptors.h"
#include "unit/sample.h"
#include "json/document.h"

static struct evidence *redact(const struct evidence *evidence)
{
    struct error error = { 0 };
    struct evidence *redacted = evidence_redact(evidence, interceptor_fragment_at, &error);
    assert_string_equal(error.text, "");
    assert_non_null(redacted);
    return redacted;
}

/* One name, redacted as the host of a document. */
static void becomes(const char *name, const char *token)
{
    struct evidence *evidence = evidence_new(NULL);
    sample_text(&evidence->target.host, name);
    struct evidence *redacted = redact(evidence);
    assert_string_equal(redacted->target.host.v, token);
    evidence_free(redacted);
    evidence_free(evidence);
}

static void names_go_label_by_label(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "srv-fin-02.corp.example", "n1.n2.n3" },
        { "srv.SRV.Srv", "n1.n1.n1" },
        { "*.corp.example", "*.n1.n2" },
        { "srv.corp.example.", "n1.n2.n3." },
        { "srv:3390", "n1:3390" },
        { "localhost", "localhost" },
        { "CN=srv.corp,OU=IT Dept,O=Acme\\, Inc.,C=DE", "CN=n1.n2,OU=n3 n4,O=n5\\\\, n6.,C=n7" },
        { "2.5.4.45=x+CN=y", "2.5.4.45=n1+CN=n2" },
        { "CN=FortiGate CA,O=Acme", "CN=FortiGate CA,O=n1" },
        { "CN=AcmeZscalerRoot", "CN=n1Zscalern2" },
        { "m\xc3\xbcller.example", "n1.n2" },
        { "\xe4\xb8\xad.example", "n1.n2" },
        { "a_b-c", "n1" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        becomes(cases[i][0], cases[i][1]);
    }
}

static void addresses_stay_in_their_class(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "10.20.4.17", "10.0.0.1" },
        { "192.168.1.1", "10.0.0.1" },
        { "100.100.3.4", "100.64.0.1" },
        { "198.19.0.7", "198.18.0.1" },
        { "169.254.9.9", "169.254.0.1" },
        { "203.0.113.9", "203.0.113.1" },
        { "8.8.4.4", "240.0.0.1" },
        { "127.0.0.1", "127.0.0.1" },
        { "::1", "::1" },
        { "fd12:3456::9", "fd00::1" },
        { "fe80::dead:beef%3", "fe80::1" },
        { "2a00:1450::1", "4000::1" },
        { "2001:db8:5::7", "2001:db8::1" },
        { "[2a00:1450::1]:3390", "[4000::1]:3390" },
        { "10.1.2.3:3390", "10.0.0.1:3390" },
        { "CN=10.1.2.3", "CN=10.0.0.1" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        becomes(cases[i][0], cases[i][1]);
        struct address before, after;
        if (address_parse(cases[i][0], &before)) {
            assert_true(address_parse(cases[i][1], &after));
            assert_int_equal(address_class_of(&before), address_class_of(&after));
            assert_int_equal(before.family, after.family);
        }
    }
}

/* NetBIOS keeps 15 characters: whoever compares the cut name with the beginning of the long one must still see it. */
static void a_cut_name_fits_its_long_form(void **state)
{
    (void)state;
    struct evidence *evidence = evidence_new(NULL);
    sample_text(&evidence->target.host, "accounting-terminal-07.corp.example");
    sample_text(&evidence->nla.target.netbios_computer, "ACCOUNTING-TERM");
    sample_text(&evidence->nla.target.dns_computer, "accounting-terminal-08.corp.example");
    sample_text(&evidence->nla.target.netbios_domain, "CORP");
    struct evidence *redacted = redact(evidence);
    assert_string_equal(redacted->nla.target.netbios_computer.v, "n1xxxxxxxxxxxxx");
    assert_string_equal(redacted->target.host.v, "n1xxxxxxxxxxxxx2.n3.n4");
    assert_string_equal(redacted->nla.target.dns_computer.v, "n1xxxxxxxxxxxxx5.n3.n4");
    assert_string_equal(redacted->nla.target.netbios_domain.v, "n3");
    evidence_free(redacted);
    evidence_free(evidence);
}

static void everything_that_tells_is_gone(void **state)
{
    (void)state;
    struct evidence *evidence = sample_evidence();
    sample_text(&evidence->certificate.subject, "CN=srv-fin-02.corp.example,O=Secret GmbH");
    sample_text(&evidence->certificate.issuer, "CN=secret-root");
    sample_text(&evidence->certificate.sha256, "aa11");
    sample_text(&evidence->certificate.serial, "5ec7e7");
    sample_text(&evidence->client_said.text, "cannot connect to SECRET-PC");
    sample_text(&evidence->checks[CHECK_NLA].why, "srv-fin-02 at 10.20.4.17 and 8.8.8.8 did not speak TLS");
    sample_text(&evidence->certificate.problem, "TLS 1.2: bad time at 4:31");
    assert_true(ev_set_bytes(&evidence->certificate.der, SOURCE_PROBE, "secret", 6, NULL));
    assert_true(ev_set_bytes(&evidence->negotiation.banner, SOURCE_PROBE, "SSH-secret", 10, NULL));
    struct ev_connection *odd = sample_item(&evidence->connections, &connection_table);
    assert_true(ev_set_bytes(&odd->confirm_hex, SOURCE_PROBE, "220 secret.example", 18, NULL));
    struct evidence *redacted = redact(evidence);
    char *text = document_text(redacted, NULL, NULL);
    static const char *const secrets[] = { "secret", "Secret", "SECRET", "srv-fin", "corp",    "10.20.4",
                                           "10.8.0", "aa11",   "5ec7e7", "8.8.8",   "73656372" /* "secr" in hex */ };
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        assert_null(strstr(text, secrets[i]));
    }
    assert_string_equal(redacted->checks[CHECK_NLA].why.v, "n1 at 10.0.0.1 and 240.0.0.1 did not speak TLS");
    assert_string_equal(redacted->certificate.problem.v, "TLS 1.2: bad time at 4:31");
    const struct ev_connection *first = redacted->connections.items;
    assert_int_equal(first->confirm_hex.size, 19); /* a Confirm is numbers only */
    assert_true(redacted->redacted.v);
    alloc_free(text);
    evidence_free(redacted);
    evidence_free(evidence);
}

/* Equal before, equal after, and the other way round; twice is once; saved and loaded is the same. */
static void relations_are_kept(void **state)
{
    (void)state;
    static const char *const names[] = { "srv.corp.example",  "SRV.corp.example", "srv",      "corp.example",
                                         "srv2.corp.example", "*.corp.example",   "10.1.2.3", "10.1.2.4",
                                         "fd00::9",           "other.example" };
    struct evidence *evidence = sample_evidence();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct ev_name_item *item = sample_item(&evidence->certificate.san, &name_item_table);
        sample_text(&item->name, names[i]);
    }
    struct evidence *redacted = redact(evidence);
    const struct ev_name_item *tokens = redacted->certificate.san.items;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            assert_int_equal(text_equal_nocase(names[i], names[k]),
                             text_equal_nocase(tokens[i].name.v, tokens[k].name.v));
        }
    }
    struct evidence *twice = redact(redacted);
    assert_true(evidence_equal(redacted, twice));
    char *text = document_text(redacted, NULL, NULL);
    struct evidence *back = document_load(text, strlen(text), NULL);
    assert_true(evidence_equal(redacted, back));
    alloc_free(text);
    evidence_free(back);
    evidence_free(twice);
    evidence_free(redacted);
    evidence_free(evidence);
}

/* Whatever else a row holds: a text field with a class must not come out as it went in. */
static void every_classed_text_changes(void **state)
{
    (void)state;
    for (int id = 0; id < CHECK_COUNT; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        for (size_t i = 0; group != NULL && i < group->count; i++) {
            const struct field *row = &group->fields[i];
            if (row->kind != FIELD_TEXT || row->privacy == PRIVACY_NONE || row->privacy == PRIVACY_WORDS) {
                continue;
            }
            struct evidence *evidence = evidence_new(NULL);
            sample_text((struct ev_text *)((char *)evidence_group_of(evidence, (enum check_id)id) + row->offset),
                        "Secret");
            struct evidence *redacted = redact(evidence);
            const struct ev_text *after =
                (const struct ev_text *)((const char *)evidence_group_in(redacted, (enum check_id)id) + row->offset);
            assert_true(after->v == NULL || strcmp(after->v, "Secret") != 0);
            evidence_free(redacted);
            evidence_free(evidence);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_label_by_label),
        cmocka_unit_test(addresses_stay_in_their_class),
        cmocka_unit_test(a_cut_name_fits_its_long_form),
        cmocka_unit_test(everything_that_tells_is_gone),
        cmocka_unit_test(relations_are_kept),
        cmocka_unit_test(every_classed_text_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

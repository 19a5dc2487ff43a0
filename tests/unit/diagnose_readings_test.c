/* What is computed from the evidence, per check. */
#include "unit/diagnose_help.h"

#include "diagnose/compute.h"
#include "diagnose/name_match.h"

static void names_match_as_clients_match_them(void **state)
{
    static const struct {
        const char *pattern;
        const char *host;
        bool matches;
    } cases[] = {
        { "srv.corp.example", "srv.corp.example", true },
        { "SRV.Corp.Example", "srv.corp.example", true },
        { "srv.corp.example.", "srv.corp.example", true },
        { "srv.corp.example", "srv.corp.example.", true },
        { "srv.corp.example", "srv", true },
        { "srv2.corp.example", "srv", false },
        { "srv", "srv.corp.example", false },
        { "*.corp.example", "srv.corp.example", true },
        { "*.corp.example", "a.srv.corp.example", false },
        { "*.corp.example", "corp.example", false },
        { "*.example", "corp.example", false },
        { "*", "srv", false },
        { "*.corp.example", ".corp.example", false },
        { "s*.corp.example", "srv.corp.example", false },
        { "10.20.4.17", "10.20.4.17", true },
        { "2001:DB8:0::17", "2001:db8::17", true },
        { "10.20.4.18", "10.20.4.17", false },
        { "*.20.4.17", "10.20.4.17", false },
        { "averylongcomputername.corp.example", "averylongcomput", true },
        { "averylongcomputername", "averylongcompute", false },
        { "averylongcomputer", "averylongcomput", true },
        { "averylongcomput", "averylongcomputer", false },
        { "", "srv", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (name_matches(cases[i].pattern, cases[i].host) != cases[i].matches) {
            fail_msg("%s against %s", cases[i].pattern, cases[i].host);
        }
    }
}

static void add_san(struct evidence *e, const char *name)
{
    struct ev_name_item *item = ev_list_add(&e->certificate.san, SOURCE_PROBE, &name_item_table, 100, &help_error);
    put_text(&item->name, name);
}

static void alternative_names_go_before_the_common_name(void **state)
{
    (void)state;
    struct evidence *e = begin();
    certificate(e, "srv.corp.example", NULL, -1, 100);
    assert_true(certificate_matches(&e->certificate, "srv.corp.example", false));
    add_san(e, "mail.corp.example");
    assert_false(certificate_matches(&e->certificate, "srv.corp.example", false));
    add_san(e, "*.corp.example");
    assert_true(certificate_matches(&e->certificate, "srv.corp.example", false));
    evidence_free(e);
}

static void days_are_whole_and_an_ended_day_is_past(void **state)
{
    static const struct {
        int64_t seconds;
        int64_t days;
    } cases[] = {
        { DAY, 1 }, { DAY - 1, 0 }, { 0, 0 }, { -1, -1 }, { -DAY, -1 }, { -DAY - 1, -2 }, { 150 * DAY, 150 }
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evidence *e = begin();
        struct readings readings = { 0 };
        ev_set_int(&e->certificate.not_after, SOURCE_PROBE, NOW_US + cases[i].seconds * 1000000);
        assert_true(readings_compute(e, &readings, &help_error));
        assert_int_equal(readings.certificate.days_left.v, cases[i].days);
        readings_release(&readings);
        evidence_free(e);
    }
}

static void the_flags_tell_of_logons_without_a_password(void **state)
{
    static const struct {
        uint8_t flags;
        bool restricted_admin, credential_guard;
    } cases[] = { { 0x07, false, false }, { 0x0f, true, false }, { 0x17, false, true }, { 0x1f, true, true } };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evidence *e = begin();
        struct readings readings = { 0 };
        chose(e, 11, 8, cases[i].flags, 0x1234, PURPOSE_FIRST);
        assert_true(readings_compute(e, &readings, &help_error));
        const struct reading_supported *supported = &readings.negotiation.supported;
        assert_int_not_equal(supported->restricted_admin.source, SOURCE_NONE);
        assert_int_equal(supported->restricted_admin.v, cases[i].restricted_admin);
        assert_int_equal(supported->credential_guard.v, cases[i].credential_guard);
        readings_release(&readings);
        evidence_free(e);
    }
}

/* The answers of real servers to requestedProtocols 11, 1 and 0; 16 + n: failure n; -1: not asked. */
static void several_answers_tell_what_is_supported(void **state)
{
    static const struct {
        const char *server;
        int all, tls, rdp;
        int s_rdp, s_tls, s_nla, s_ext; /* 1, 0, -1: not known */
        const char *required;
    } cases[] = {
        { "Windows, NLA required", 8, 16 + 5, 16 + 5, 0, 0, 1, 1, "nla" },
        { "Windows, NLA optional", 8, 1, 0, 1, 1, 1, 1, "rdp" },
        { "xrdp negotiate", 1, -1, 0, 1, 1, 0, 0, "rdp" },
        { "xrdp tls", 1, -1, 16 + 1, 0, 1, 0, 0, "tls" },
        { "xrdp rdp", 0, -1, -1, 1, 0, 0, 0, "rdp" },
        { "shadow /sec:nla", 2, 16 + 5, 16 + 5, 0, 0, 1, 0, "nla" },
        { "shadow +sec-nla", 2, 1, 0, 1, 1, 1, 0, "rdp" },
        { "shadow /sec:rdp", 16 + 2, 16 + 2, 0, 1, 0, 0, -1, "rdp" },
        { "only the first answer", 8, -1, -1, -1, -1, 1, 1, NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const int answers[] = { cases[i].all, cases[i].tls, cases[i].rdp };
        static const int asked[] = { 11, 1, 0 };
        static const enum purpose purposes[] = { PURPOSE_FIRST, PURPOSE_OFFER_TLS, PURPOSE_OFFER_RDP };
        struct evidence *e = begin();
        struct readings readings = { 0 };
        for (size_t a = 0; a < COUNT_OF(answers); a++) {
            if (answers[a] >= 16) {
                refuses(e, asked[a], answers[a] - 16, 0x1234, purposes[a]);
            } else if (answers[a] >= 0) {
                chose(e, asked[a], answers[a], 0, 0x1234, purposes[a]);
            }
        }
        assert_true(readings_compute(e, &readings, &help_error));
        const struct reading_supported *supported = &readings.negotiation.supported;
        const struct ev_bool *const fields[] = { &supported->rdp, &supported->tls, &supported->nla,
                                                 &supported->nla_ext };
        const int wanted[] = { cases[i].s_rdp, cases[i].s_tls, cases[i].s_nla, cases[i].s_ext };
        for (size_t f = 0; f < COUNT_OF(fields); f++) {
            int saw = fields[f]->source == SOURCE_NONE ? -1 : fields[f]->v;
            if (saw != wanted[f]) {
                fail_msg("%s: field %zu is %d", cases[i].server, f, saw);
            }
        }
        if (cases[i].required == NULL) {
            assert_null(readings.negotiation.required.v);
        } else {
            assert_string_equal(readings.negotiation.required.v, cases[i].required);
        }
        readings_release(&readings);
        evidence_free(e);
    }
}

static void a_refused_reduced_offer_is_no_failure(void **state)
{
    (void)state;
    struct evidence *e = begin();
    healthy_windows(e);
    refuses(e, 1, 5, 0x1234, PURPOSE_OFFER_TLS);
    refuses(e, 0, 5, 0x1234, PURPOSE_OFFER_RDP);
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->status, VERDICT_OK);
    assert_int_equal(verdict->finding_count, 0);
    assert_null(verdict->readings.negotiation.failure_name.v);
    assert_string_equal(verdict->checks[CHECK_NEGOTIATION].summary, "the server chose NLA, and insists on it");
    verdict_free(verdict);
    evidence_free(e);
}

static void resolvers_are_compared_by_what_they_share(void **state)
{
    (void)state;
    struct evidence *e = begin();
    struct readings readings = { 0 };
    resolves(e, "10.20.4.17");
    resolves(e, "10.20.4.18");
    resolver(e, "10.0.0.53", NAME_OK, "10.20.4.18"); /* round robin */
    resolver(e, "10.0.0.54", NAME_SILENT, NULL);     /* says nothing about the name */
    assert_true(readings_compute(e, &readings, &help_error));
    assert_true(readings.name.agrees.v);
    assert_false(readings.name.fake_ip.v);
    readings_release(&readings);
    resolver(e, "10.0.0.55", NAME_OK, "203.0.113.9");
    assert_true(readings_compute(e, &readings, &help_error));
    assert_false(readings.name.agrees.v);
    readings_release(&readings);
    resolves(e, "198.19.0.1");
    assert_true(readings_compute(e, &readings, &help_error));
    assert_true(readings.name.fake_ip.v);
    readings_release(&readings);
    evidence_free(e);
}

static void servers_are_told_by_their_habits(void **state)
{
    static const struct {
        void (*build)(struct evidence *);
        const char *kind;
        const char *product;
    } cases[] = { { healthy_windows, "Windows", "Windows Server 2022" },
                  { healthy_xrdp, "xrdp", NULL },
                  { healthy_freerdp, "a FreeRDP-based server", NULL } };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct evidence *e = begin();
        struct readings readings = { 0 };
        cases[i].build(e);
        assert_string_equal(kind_name(kind_of(e)), cases[i].kind);
        assert_true(readings_compute(e, &readings, &help_error));
        if (cases[i].product != NULL) {
            assert_string_equal(readings.nla.product.v, cases[i].product);
        } else {
            assert_null(readings.nla.product.v); /* winpr's "6.1.7601" is no Windows 7 */
        }
        readings_release(&readings);
        evidence_free(e);
    }
}

static void the_matrix_says_fits_does_not_or_cannot_tell(void **state)
{
    (void)state;
    struct evidence *e = begin();
    healthy_windows(e); /* TLS 1.2 */
    refuses(e, 1, 5, 0x1234, PURPOSE_OFFER_TLS);
    put_text(&e->client.profile, "all");
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->status, VERDICT_OK); /* "all" accuses nobody */
    int told[3] = { 0, 0, 0 };
    ev_each (row, const struct reading_fit, &verdict->readings.client.profiles) {
        int fits = row->fits.source == SOURCE_NONE ? 2 : row->fits.v;
        told[fits]++;
        if (ev_text_is(&row->profile, "mstsc-win11")) {
            assert_int_equal(fits, 1);
            assert_null(row->why.v);
        } else if (ev_text_is(&row->profile, "freerdp-sec-tls")) {
            assert_int_equal(fits, 0);
            assert_string_equal(row->why.v, "the server insists on NLA, and this client has none");
        } else if (ev_text_is(&row->profile, "thin-client-old")) {
            assert_int_equal(fits, 2); /* TLS 1.0 was not tried by itself */
        }
    }
    assert_true(told[0] > 0 && told[1] > 0 && told[2] > 0);
    verdict_free(verdict);
    evidence_free(e);
}

static void an_old_server_keeps_out_only_those_that_refuse_it(void **state)
{
    (void)state;
    struct evidence *e = begin();
    healthy_windows(e);
    ev_set_int(&e->nla.credssp_version, SOURCE_PROBE, 3);
    put_text(&e->client.profile, "freerdp2");
    struct verdict *verdict = judged(e);
    assert_int_equal(verdict->checks[CHECK_CLIENT].status, STATUS_PASS);
    assert_int_equal(verdict->status, VERDICT_DEGRADED);
    verdict_free(verdict);
    put_text(&e->client.profile, "mstsc-win11");
    verdict = judged(e);
    assert_int_equal(verdict->checks[CHECK_CLIENT].status, STATUS_FAIL);
    assert_int_equal(verdict->status, VERDICT_BLOCKED);
    assert_int_equal(verdict->stopped_at, CHECK_CLIENT);
    assert_int_equal(verdict->cause, CAUSE_CREDSSP_MISMATCH);
    verdict_free(verdict);
    evidence_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_match_as_clients_match_them),
        cmocka_unit_test(alternative_names_go_before_the_common_name),
        cmocka_unit_test(days_are_whole_and_an_ended_day_is_past),
        cmocka_unit_test(the_flags_tell_of_logons_without_a_password),
        cmocka_unit_test(several_answers_tell_what_is_supported),
        cmocka_unit_test(a_refused_reduced_offer_is_no_failure),
        cmocka_unit_test(resolvers_are_compared_by_what_they_share),
        cmocka_unit_test(servers_are_told_by_their_habits),
        cmocka_unit_test(an_old_server_keeps_out_only_those_that_refuse_it),
        cmocka_unit_test(the_matrix_says_fits_does_not_or_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

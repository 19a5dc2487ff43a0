#include "unit/diagnose_help.h"

static struct ev_rdp_file *file_of(struct evidence *e)
{
    put_text(&e->client.rdp_file.full_address, "srv.corp.example");
    return &e->client.rdp_file;
}

/* A server that takes NLA only, and a file that switches it off; each of the two alone accuses nobody. */
static void nla_off_matters_only_where_nla_is_demanded(void **state)
{
    (void)state;
    for (int demanded = 0; demanded < 2; demanded++) {
        for (int off = 0; off < 2; off++) {
            struct evidence *e = begin();
            healthy_windows(e);
            if (demanded) {
                refuses(e, 1, 5, 0, PURPOSE_OFFER_TLS);
            } else {
                chose(e, 1, 1, 0x1f, 0, PURPOSE_OFFER_TLS);
            }
            ev_set_int(&file_of(e)->credssp, SOURCE_FILE, off ? 0 : 1);
            struct verdict *verdict = judged(e);
            const bool blocks = demanded && off;
            assert_int_equal(verdict->cause, blocks ? CAUSE_CLIENT_RDP_FILE_BAD : CAUSE_NONE);
            assert_int_equal(verdict->status, blocks ? VERDICT_BLOCKED : VERDICT_OK);
            assert_int_equal(certainty_of(verdict, CAUSE_CLIENT_RDP_FILE_BAD),
                             blocks ? CERTAINTY_LIKELY : CERTAINTY_NONE);
            verdict_free(verdict);
            evidence_free(e);
        }
    }
}

static enum verdict_status status_with(void (*change)(struct ev_rdp_file *file), bool closed, const char *words)
{
    struct evidence *e = begin();
    if (closed) {
        resolves(e, "10.20.4.17");
        tcp(e, "10.20.4.17", TCP_SILENT, -1);
    } else {
        healthy_windows(e);
    }
    change(file_of(e));
    struct verdict *verdict = judged(e);
    const enum verdict_status status = verdict->status;
    const struct finding *finding = found(verdict, CAUSE_CLIENT_RDP_FILE_BAD);
    assert_int_equal(finding != NULL, words != NULL);
    if (words != NULL) {
        assert_int_equal(finding->certainty, CERTAINTY_POSSIBLE);
        assert_string_equal(finding->because.items[0], words);
    }
    verdict_free(verdict);
    evidence_free(e);
    return status;
}

static void nothing(struct ev_rdp_file *file)
{
    ev_set_int(&file->authentication_level, SOURCE_FILE, 2);
}
static void two_ports(struct ev_rdp_file *file)
{
    ev_set_int(&file->server_port, SOURCE_FILE, 3390);
    put_text(&file->full_address, "srv.corp.example:3391");
}
static void same_port_twice(struct ev_rdp_file *file)
{
    ev_set_int(&file->server_port, SOURCE_FILE, 3391);
    put_text(&file->full_address, "srv.corp.example:3391");
}
static void no_port_in_an_ipv6_address(struct ev_rdp_file *file)
{
    ev_set_int(&file->server_port, SOURCE_FILE, 3390);
    put_text(&file->full_address, "2001:db8::17");
}
static void two_addresses(struct ev_rdp_file *file)
{
    put_text(&file->alternate_address, "10.20.4.18");
}
static void gateway_without_a_name(struct ev_rdp_file *file)
{
    ev_set_int(&file->gateway_usage, SOURCE_FILE, 1);
}
static void gateway_when_needed(struct ev_rdp_file *file)
{
    ev_set_int(&file->gateway_usage, SOURCE_FILE, 2);
    put_text(&file->gateway, "gw.example");
}
static void gateway_of_the_administrator(struct ev_rdp_file *file)
{
    gateway_without_a_name(file);
    ev_set_int(&file->gateway_profile, SOURCE_FILE, 0);
}

static void what_is_odd_is_said_and_blocks_nothing(void **state)
{
    (void)state;
    assert_int_equal(status_with(nothing, false, NULL), VERDICT_OK);
    assert_int_equal(status_with(same_port_twice, false, NULL), VERDICT_OK);
    assert_int_equal(status_with(no_port_in_an_ipv6_address, false, NULL), VERDICT_OK);
    assert_int_equal(status_with(gateway_of_the_administrator, false, NULL), VERDICT_OK);
    assert_int_equal(status_with(gateway_when_needed, false, NULL), VERDICT_OK);
    assert_int_equal(status_with(two_ports, false, "two ports: 3391 in \"full address\", 3390 in \"server port\""),
                     VERDICT_DEGRADED);
    assert_int_equal(status_with(two_addresses, false,
                                 "two addresses: \"full address\" is srv.corp.example, \"alternate full address\" is "
                                 "10.20.4.18"),
                     VERDICT_DEGRADED);
    assert_int_equal(
        status_with(gateway_without_a_name, false, "it asks for a gateway (gatewayusagemethod 1) and names none"),
        VERDICT_DEGRADED);
    assert_int_equal(status_with(gateway_when_needed, true,
                                 "when the host cannot be reached directly it goes through the gateway gw.example, "
                                 "which this run did not use"),
                     VERDICT_BLOCKED);
}

/* A certificate that nobody vouches for ends a connection only where the file demands a known server. */
static void level_one_needs_a_certificate_that_verifies(void **state)
{
    (void)state;
    for (int64_t level = 0; level <= 3; level++) {
        struct evidence *e = begin();
        healthy_windows(e);
        ev_set_int(&e->certificate.verify, SOURCE_PROBE, 18);
        ev_set_int(&file_of(e)->authentication_level, SOURCE_FILE, level);
        struct verdict *verdict = judged(e);
        assert_int_equal(certainty_of(verdict, CAUSE_CLIENT_RDP_FILE_BAD),
                         level == 1 ? CERTAINTY_POSSIBLE : CERTAINTY_NONE);
        verdict_free(verdict);
        evidence_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nla_off_matters_only_where_nla_is_demanded),
        cmocka_unit_test(what_is_odd_is_said_and_blocks_nothing),
        cmocka_unit_test(level_one_needs_a_certificate_that_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

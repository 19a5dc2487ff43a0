/* The order that a verdict gives the ways, row by row; names from evidence; whether another place is the same machine.
 */
#include "unit/diagnose_help.h"

#include "ways/likely.h"
#include "ways/names.h"

/* --- the order --- */

static struct recipe of_kind(enum way_kind kind)
{
    static const enum recipe_from from[WAY_KINDS] = { [WAY_ANSWER] = RECIPE_ANSWER,
                                                      [WAY_RESOLVER] = RECIPE_RESOLVER,
                                                      [WAY_NAME] = RECIPE_NAME,
                                                      [WAY_PORT] = RECIPE_PORT };
    struct recipe recipe = { .port = 3389, .from = from[kind] };
    assert_true(address_parse("10.20.4.17", &recipe.address));
    recipe.transport = kind == WAY_SMALL ? RECIPE_SMALL : RECIPE_TCP;
    recipe.wide_tls = kind == WAY_WIDE;
    recipe.security = kind == WAY_TLS ? RECIPE_TLS : kind == WAY_RDP ? RECIPE_RDP : RECIPE_NLA;
    assert_int_equal(way_kind_of(&recipe), kind);
    return recipe;
}

/* One letter per kind. */
static void order_is(const struct verdict *verdict, const char *wanted)
{
    static const enum way_kind before[] = { WAY_SMALL, WAY_ANSWER, WAY_RESOLVER, WAY_NAME, WAY_PORT, WAY_TLS, WAY_RDP };
    static const char letters[WAY_KINDS] = "-arnpswtd";
    struct recipe recipes[COUNT_OF(before)];
    char got[WAY_KINDS + 1] = "";
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        recipes[i] = of_kind(before[i]);
    }
    const struct recipe plain = of_kind(WAY_NONE);
    const size_t count = likely_sort(verdict, &plain, recipes, COUNT_OF(before));
    for (size_t i = 0; i < count; i++) {
        got[i] = letters[way_kind_of(&recipes[i])];
    }
    assert_string_equal(got, wanted);
}

/* More of TLS: first where nothing is in common, behind all that is safe where its suite is an odd one, and not at all
 * where no TLS can help. */
static void more_of_tls_has_its_place(void **state)
{
    (void)state;
    struct finding finding = { .cause = CAUSE_TLS_NO_COMMON, .certainty = CERTAINTY_LIKELY, .blocks = true };
    const struct verdict verdict = { .findings = &finding, .finding_count = 1 };
    const struct recipe plain = of_kind(WAY_NONE);
    struct recipe recipes[] = { of_kind(WAY_TLS), of_kind(WAY_ANSWER), of_kind(WAY_WIDE) };
    assert_int_equal(likely_sort(&verdict, &plain, recipes, 3), 3);
    assert_true(recipes[0].wide_tls);
    recipes[0].odd_suite = true;
    assert_int_equal(likely_sort(&verdict, &plain, recipes, 3), 3);
    assert_int_equal(way_kind_of(&recipes[0]), WAY_ANSWER);
    assert_true(recipes[1].wide_tls);
    finding = (struct finding){ .cause = CAUSE_CERT_MISSING, .certainty = CERTAINTY_PROVED, .blocks = true };
    assert_int_equal(likely_sort(&verdict, &plain, recipes, 3), 1);
    assert_int_equal(way_kind_of(&recipes[0]), WAY_ANSWER);
}

/* a: another answer, r: of one resolver, n: name, p: port, s: small segments, t: TLS without NLA, d: standard security.
 */
static void each_cause_has_its_order(void **state)
{
    (void)state;
    static const struct {
        enum cause cause;
        const char *likely;
        const char *proved; /* NULL: it never is */
    } rows[] = {
        { CAUSE_NONE, "sarnptd", NULL },
        { CAUSE_NAME_NOT_RESOLVED, "rnsaptd", "rnsaptd" },
        { CAUSE_NAME_SPLIT_DNS, "rnasptd", NULL },
        { CAUSE_NAME_STALE_ADDRESS, "rnasptd", NULL },
        { CAUSE_NAME_IPV6_FIRST, "arnsptd", NULL },
        { CAUSE_ROUTE_WRONG_INTERFACE, "arnsptd", NULL },
        { CAUSE_HOST_DOWN, "rnasptd", NULL },
        { CAUSE_FIREWALL_BLOCKS, "parnstd", NULL },
        { CAUSE_TERMSERVICE_STOPPED, "prnastd", NULL },
        { CAUSE_PORT_TAKEN, "prnastd", "prnas" },
        { CAUSE_WRONG_PROTOCOL, "prnastd", "prnas" },
        { CAUSE_FORWARD_DEAD_BACKEND, "arnpstd", NULL },
        { CAUSE_BAN_TOOL_BLOCKS_CLIENT, "arnsptd", NULL },
        { CAUSE_IPS_DROPS, "parnstd", NULL },
        { CAUSE_TLS_INTERCEPTION, "arnps", NULL },
        { CAUSE_CERT_MISSING, "arnpstd", "arnpd" },
        { CAUSE_TLS_NO_COMMON, "arnpstd", "arnpd" },
        { CAUSE_RDP_KEY_UNREADABLE, "arnpstd", NULL },
        { CAUSE_SECURITY_LAYER_MISMATCH, "arnpstd", "arnptd" },
        { CAUSE_MTU_BLACK_HOLE, "sarnptd", "sarnptd" },
        { CAUSE_NTLM_BLOCKED, "nrpsatd", NULL },
        { CAUSE_NLA_NO_DC, "nrpsatd", NULL },
        { CAUSE_CREDSSP_MISMATCH, "nrpsatd", "nrptd" },
        { CAUSE_CLOCK_SKEW, "nrpsatd", "nrptd" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct verdict verdict = { .status = VERDICT_BLOCKED, .cause = rows[i].cause, .certainty = CERTAINTY_LIKELY };
        order_is(&verdict, rows[i].likely);
        verdict.certainty = CERTAINTY_PROVED;
        if (rows[i].proved != NULL) {
            order_is(&verdict, rows[i].proved);
        }
    }
    order_is(NULL, "sarnptd");
}

static void what_is_only_possible_orders_and_cuts_nothing(void **state)
{
    (void)state;
    struct finding findings[] = {
        { .cause = CAUSE_CERT_EXPIRED, .certainty = CERTAINTY_LIKELY, .blocks = false },
        { .cause = CAUSE_TLS_INTERCEPTION, .certainty = CERTAINTY_POSSIBLE, .blocks = true }
    };
    struct verdict verdict = { .cause = CAUSE_NONE, .findings = findings, .finding_count = 2 };
    enum certainty certainty;
    assert_int_equal(likely_cause(&verdict, &certainty), CAUSE_TLS_INTERCEPTION);
    assert_int_equal(certainty, CERTAINTY_POSSIBLE);
    order_is(&verdict, "arnpstd");
}

static void what_the_machine_cannot_do_another_may(void **state)
{
    (void)state;
    const struct verdict verdict = { .cause = CAUSE_TLS_NO_COMMON, .certainty = CERTAINTY_PROVED };
    const struct recipe plain = of_kind(WAY_NONE);
    struct recipe recipe = of_kind(WAY_TLS);
    assert_int_equal(likely_sort(&verdict, &plain, &recipe, 1), 0);
    assert_true(address_parse("10.20.9.9", &recipe.address));
    assert_int_equal(likely_sort(&verdict, &plain, &recipe, 1), 1);
}

/* --- names --- */

static void san(struct evidence *e, const char *name)
{
    struct ev_name_item *item = ev_list_add(&e->certificate.san, SOURCE_PROBE, &name_item_table, 0, &help_error);
    put_text(&item->name, name);
}

static void names_are(const struct evidence *e, const char *wanted)
{
    struct ways_name names[WAYS_NAMES_MAX];
    char got[2048] = "";
    const size_t count = ways_names_of(e, names);
    for (size_t i = 0; i < count; i++) {
        static const char letters[] = "-hcds";
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%c:%s", i > 0 ? " " : "", letters[names[i].named],
                 names[i].name);
    }
    assert_string_equal(got, wanted);
}

static void names_come_from_the_challenge_the_certificate_and_dns(void **state)
{
    (void)state;
    struct evidence *e = begin();
    target_is(e, "rdp.corp.example", "10.20.4.17", NAME_FORM_FQDN);
    names_are(e, "s:rdp");
    put_text(&e->nla.target.dns_computer, "SRV-01.corp.example");
    put_text(&e->nla.target.netbios_computer, "SRV-01");
    san(e, "srv-01.corp.example."); /* the same once more */
    san(e, "*.corp.example");
    san(e, "10.20.4.17");
    san(e, "RDP.corp.example"); /* what was typed */
    san(e, "rd.example");
    put_text(&e->certificate.common_name, "old name; rm -rf /");
    put_text(&e->name.canonical, "host-7.corp.example");
    names_are(e, "h:SRV-01.corp.example c:rd.example d:host-7.corp.example s:rdp h:SRV-01");
    evidence_free(e);
}

static void what_no_host_is_called_is_left_out(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "-oProxyCommand=x", ".corp", "10.1", "2001:db8::1", "a b", "a\\u202eb", "", "."
    };
    struct evidence *e = begin();
    target_is(e, "10.20.4.17", "10.20.4.17", NAME_FORM_IPV4);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        san(e, bad[i]);
    }
    names_are(e, "");
    for (int i = 0; i < 20; i++) { /* a certificate of a hundred names is no plan */
        char name[32];
        snprintf(name, sizeof name, "n%d.example", i);
        san(e, name);
    }
    names_are(e, "c:n0.example c:n1.example c:n2.example c:n3.example c:n4.example c:n5.example");
    evidence_free(e);
}

/* --- the machine --- */

static void the_certificate_says_whether_it_is_the_same_machine(void **state)
{
    (void)state;
    struct evidence *here = begin();
    struct evidence *there = begin();
    struct tried plain = { .depth = DEPTH_TLS, .evidence = here, .by_check = true };
    struct tried way = { .depth = DEPTH_DOOR, .evidence = there };
    snprintf(plain.recipe.host, sizeof plain.recipe.host, "srv.corp.example");
    plain.recipe.address = of_kind(WAY_NONE).address;
    way.recipe = plain.recipe;
    assert_int_equal(ways_machine(&way, &plain), MACHINE_PLACE);
    assert_true(address_parse("10.20.9.9", &way.recipe.address));
    way.recipe.from = RECIPE_NAME;
    assert_int_equal(ways_machine(&way, &plain), MACHINE_UNTOLD);
    assert_true(ways_is_doubtful(&way, &plain));
    put_text(&there->certificate.sha256, "aa");
    san(there, "srv.corp.example");
    assert_int_equal(ways_machine(&way, &plain), MACHINE_NAMED);
    assert_false(ways_is_doubtful(&way, &plain));
    put_text(&here->certificate.sha256, "bb");
    assert_int_equal(ways_machine(&way, &plain), MACHINE_OTHER);
    assert_true(ways_is_doubtful(&way, &plain));
    way.recipe.from = RECIPE_RESOLVER; /* that is what DNS calls by the typed name */
    assert_false(ways_is_doubtful(&way, &plain));
    plain.depth = DEPTH_NOTHING; /* the certificate is that of the address that opened instead */
    assert_int_equal(ways_machine(&way, &plain), MACHINE_NAMED);
    plain.depth = DEPTH_TLS;
    field_release(&evidence_table, here);
    put_text(&here->certificate.sha256, "aa");
    assert_int_equal(ways_machine(&way, &plain), MACHINE_SAME);
    evidence_free(here);
    evidence_free(there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cause_has_its_order),
        cmocka_unit_test(more_of_tls_has_its_place),
        cmocka_unit_test(what_is_only_possible_orders_and_cuts_nothing),
        cmocka_unit_test(what_the_machine_cannot_do_another_may),
        cmocka_unit_test(names_come_from_the_challenge_the_certificate_and_dns),
        cmocka_unit_test(what_no_host_is_called_is_left_out),
        cmocka_unit_test(the_certificate_says_whether_it_is_the_same_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

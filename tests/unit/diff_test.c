/* Two documents compared: what counts as a change, what merely varies, and what the comparison concludes. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "diagnose/compare.h"
#include "evidence/diff.h"
#include "evidence/redact.h"
#include "evidence/tables.h"
#include "unit/sample.h"

struct pair {
    struct evidence *before;
    struct evidence *after;
};

static struct pair pair_new(void)
{
    struct pair pair = { sample_evidence(), sample_evidence() };
    ev_set_enum(&pair.before->name.form, SOURCE_PROBE, NAME_FORM_FQDN);
    ev_set_enum(&pair.after->name.form, SOURCE_PROBE, NAME_FORM_FQDN);
    ev_set_enum(&pair.before->name.error, SOURCE_PROBE, NAME_OK);
    ev_set_enum(&pair.after->name.error, SOURCE_PROBE, NAME_OK);
    return pair;
}

static void pair_free(struct pair *pair)
{
    evidence_free(pair->before);
    evidence_free(pair->after);
}

static struct changes differences(const struct pair *pair)
{
    struct changes changes;
    assert_true(evidence_diff(pair->before, pair->after, &changes, NULL));
    return changes;
}

static void change_is(const struct change *change, enum change_kind kind, bool varies, const char *place,
                      const char *before, const char *after)
{
    assert_string_equal(change->place, place);
    assert_int_equal(change->kind, kind);
    assert_int_equal(change->varies, varies);
    assert_true((before == NULL) == (change->before == NULL) && (after == NULL) == (change->after == NULL));
    if (before != NULL) {
        assert_string_equal(change->before, before);
    }
    if (after != NULL) {
        assert_string_equal(change->after, after);
    }
}

static void test_equal_documents_have_no_differences(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    struct changes changes = differences(&pair);
    assert_int_equal(changes.count, 0);
    changes_release(&changes);
    pair_free(&pair);
}

static void test_times_vary(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    ((struct ev_attempt *)pair.after->tcp.attempts.items)->rtt_us.v = 43000;
    ((struct ev_address *)pair.after->name.answers.items)->ttl_s.v = 7;
    pair.after->checks[CHECK_TLS].took_us.v = 5;
    struct changes changes = differences(&pair);
    assert_int_equal(changes.count, 3);
    change_is(&changes.items[0], CHANGE_OTHER, true, "answers[10.20.4.17].ttl_s", "1200", "7");
    change_is(&changes.items[1], CHANGE_OTHER, true, "attempts[10.20.4.17].rtt_us", "41000", "43000");
    change_is(&changes.items[2], CHANGE_OTHER, true, "took_us", "1000", "5");
    changes_release(&changes);
    pair_free(&pair);
}

static void test_items_are_matched_by_their_key(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    struct ev_attempt *second = sample_item(&pair.before->tcp.attempts, &attempt_table);
    sample_text(&second->address, "10.20.4.18");
    ev_set_enum(&second->result, SOURCE_PROBE, TCP_REFUSED);
    /* The same two in the other order, and one of them answers now. */
    struct ev_attempt *first = pair.after->tcp.attempts.items;
    sample_text(&first->address, "10.20.4.18");
    struct ev_attempt *other = sample_item(&pair.after->tcp.attempts, &attempt_table);
    sample_text(&other->address, "10.20.4.17");
    ev_set_enum(&other->result, SOURCE_PROBE, TCP_OPEN);
    ev_set_int(&other->rtt_us, SOURCE_PROBE, 41000);
    struct changes changes = differences(&pair);
    assert_int_equal(changes.count, 2);
    change_is(&changes.items[0], CHANGE_OTHER, false, "attempts[10.20.4.18].result", "refused", "open");
    assert_string_equal(changes.items[0].item, "10.20.4.18");
    assert_int_equal(changes.items[0].before_value, TCP_REFUSED);
    change_is(&changes.items[1], CHANGE_CAME, true, "attempts[10.20.4.18].rtt_us", NULL, "41000");
    changes_release(&changes);
    pair_free(&pair);
}

static void test_namesakes_are_matched_in_their_order(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    ((struct ev_hello *)pair.after->tls.hellos.items)[2].result.v = TLS_TRY_RESET; /* the second schannel hello */
    struct changes changes = differences(&pair);
    assert_int_equal(changes.count, 1);
    change_is(&changes.items[0], CHANGE_OTHER, false, "hellos[schannel].result", "closed", "reset");
    changes_release(&changes);
    pair_free(&pair);
}

static void test_an_address_more_is_a_change_and_an_offer_more_is_not(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    struct ev_address *address = sample_item(&pair.after->name.answers, &address_table);
    sample_text(&address->address, "10.20.4.99");
    struct ev_offer *offer = sample_item(&pair.after->negotiation.offers, &offer_table);
    ev_set_int(&offer->offer, SOURCE_PROBE, 1);
    struct changes changes = differences(&pair);
    assert_int_equal(changes.count, 2);
    change_is(&changes.items[0], CHANGE_CAME, false, "answers[10.20.4.99]", NULL, "10.20.4.99");
    change_is(&changes.items[1], CHANGE_CAME, true, "offers[offer 1]", NULL, "offer 1");
    changes_release(&changes);
    pair_free(&pair);
}

static void test_more_differences_than_kept_are_said_to_be_cut(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    for (int i = 0; i < 64; i++) {
        struct ev_resolver *resolver = sample_item(&pair.after->name.servers, &resolver_table);
        for (int k = 0; k < 64; k++) {
            char text[32];
            snprintf(text, sizeof text, "10.0.%d.%d", i, k);
            sample_text(&((struct ev_address *)sample_item(&resolver->answers, &address_table))->address, text);
        }
        sample_text(&resolver->address, "10.0.0.1");
        struct ev_resolver *other = sample_item(&pair.before->name.servers, &resolver_table);
        sample_text(&other->address, "10.0.0.1");
        other->answers.source = SOURCE_PROBE;
    }
    struct changes changes = differences(&pair);
    assert_int_equal(changes.count, DIFF_MOST);
    assert_true(changes.cut);
    changes_release(&changes);
    pair_free(&pair);
}

static struct comparison *compare_pair(const struct pair *pair, struct verdict *verdicts[2])
{
    verdicts[0] = diagnose(pair->before, NULL);
    verdicts[1] = diagnose(pair->after, NULL);
    const struct side before = { pair->before, verdicts[0] };
    const struct side after = { pair->after, verdicts[1] };
    struct comparison *comparison = compare_looks(&before, &after, NULL);
    assert_non_null(comparison);
    return comparison;
}

static void conclusion_is(const struct pair *pair, enum looks_outcome outcome, const char *summary)
{
    struct verdict *verdicts[2];
    struct comparison *comparison = compare_pair(pair, verdicts);
    assert_string_equal(comparison->summary, summary);
    assert_int_equal(comparison->outcome, outcome);
    comparison_free(comparison);
    verdict_free(verdicts[0]);
    verdict_free(verdicts[1]);
}

/* The TLS handshake goes through, and so does NLA. */
static void repair(struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->tls.hellos.count; i++) {
        struct ev_hello *hello = (struct ev_hello *)evidence->tls.hellos.items + i;
        ev_set_enum(&hello->result, SOURCE_PROBE, TLS_TRY_ACCEPTED);
        ev_set_enum(&hello->version, SOURCE_PROBE, TLS_1_2);
        ev_set_bool(&hello->server_hello, SOURCE_PROBE, true);
        ev_set_bool(&hello->finished, SOURCE_PROBE, true);
    }
    for (size_t i = 0; i < evidence->connections.count; i++) {
        struct ev_end *end = &((struct ev_connection *)evidence->connections.items)[i].end;
        ev_set_enum(&end->by, SOURCE_PROBE, END_BY_US);
        ev_set_enum(&end->how, SOURCE_PROBE, END_DONE);
        ev_set_enum(&end->stage, SOURCE_PROBE, STAGE_NLA);
    }
    ev_set_enum(&evidence->tls.version, SOURCE_PROBE, TLS_1_2);
    ev_set_enum(&evidence->nla.ended, SOURCE_PROBE, NLA_CHALLENGED);
    ev_set_int(&evidence->nla.credssp_version, SOURCE_PROBE, 6);
    evidence->checks[CHECK_NLA].ran.v = RAN_DONE;
    evidence->checks[CHECK_CERTIFICATE].ran.v = RAN_DONE;
    sample_text(&evidence->certificate.subject, "CN=srv-fin-02.corp.example");
    sample_text(&evidence->certificate.common_name, "srv-fin-02.corp.example");
    sample_text(&evidence->certificate.sha256, "00ff");
    ev_set_int(&evidence->certificate.not_before, SOURCE_PROBE, evidence->started.v - INT64_C(86400000000));
    ev_set_int(&evidence->certificate.not_after, SOURCE_PROBE, evidence->started.v + INT64_C(8640000000000));
}

static void test_what_is_concluded(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    conclusion_is(&pair, OUTCOME_SAME, "it is blocked as before, at tls: rdp-key-unreadable");
    sample_text(&pair.after->target.host, "other.corp.example");
    conclusion_is(&pair, OUTCOME_OTHER_TARGET,
                  "these are two different targets: nothing was repaired or broken between them");
    sample_text(&pair.after->target.host, "SRV-FIN-02.corp.example");
    ((struct ev_attempt *)pair.after->tcp.attempts.items)->result.v = TCP_SILENT;
    field_release(&negotiation_table, &pair.after->negotiation);
    field_release(&tls_table, &pair.after->tls);
    conclusion_is(&pair, OUTCOME_WORSE, "it is still blocked, and earlier: at tcp, before at tls");
    pair_free(&pair);
}

static void test_a_repair_is_seen_and_so_is_its_reverse(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    pair.before->client_said = (struct ev_client_said){ 0 };
    pair.after->client_said = (struct ev_client_said){ 0 };
    repair(pair.after);
    conclusion_is(&pair, OUTCOME_REPAIRED,
                  "what blocked it at tls is gone, and it works up to nla; no other step got worse");
    const struct pair back = { pair.after, pair.before };
    conclusion_is(&back, OUTCOME_BROKEN, "it worked up to nla, and is blocked now at tls: rdp-key-unreadable");
    /* With a code and nothing wrong, nobody can say that it works. */
    ev_set_int(&pair.after->client_said.code, SOURCE_USER, 0x904);
    conclusion_is(&pair, OUTCOME_UNKNOWN,
                  "the second look could not tell whether it works, so there is no verdict on the change");
    pair_free(&pair);
}

static void test_a_cause_out_of_sight_is_not_gone(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    ((struct ev_attempt *)pair.after->tcp.attempts.items)->result.v = TCP_SILENT;
    field_release(&negotiation_table, &pair.after->negotiation);
    field_release(&tls_table, &pair.after->tls);
    struct verdict *verdicts[2];
    struct comparison *comparison = compare_pair(&pair, verdicts);
    bool found = false;
    for (size_t i = 0; i < comparison->cause_count; i++) {
        if (comparison->causes[i].cause == CAUSE_RDP_KEY_UNREADABLE) {
            found = true;
            assert_int_equal(comparison->causes[i].fate, FATE_HIDDEN);
        }
    }
    assert_true(found);
    comparison_free(comparison);
    verdict_free(verdicts[0]);
    verdict_free(verdicts[1]);
    pair_free(&pair);
}

static void test_what_makes_comparing_hard_is_said(void **state)
{
    (void)state;
    struct pair pair = pair_new();
    pair.after->started.v -= 1;
    sample_text(&pair.after->version, "0.2.0");
    sample_text(&pair.after->route.source, "192.168.1.5");
    struct verdict *verdicts[2];
    struct comparison *comparison = compare_pair(&pair, verdicts);
    assert_int_equal(comparison->notes.count, 3);
    assert_string_equal(comparison->notes.items[0],
                        "the second document is older than the first: the files are swapped, or a clock was set back");
    assert_string_equal(comparison->notes.items[1],
                        "made by different versions of rdpwhy (0.1.0 and 0.2.0), both judged by this one; what only "
                        "one of them looks at is no change");
    assert_string_equal(comparison->notes.items[2],
                        "not looked at from the same place: from 10.8.0.2, then from 192.168.1.5");
    comparison_free(comparison);
    verdict_free(verdicts[0]);
    verdict_free(verdicts[1]);
    pair_free(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_documents_have_no_differences),
        cmocka_unit_test(test_times_vary),
        cmocka_unit_test(test_items_are_matched_by_their_key),
        cmocka_unit_test(test_namesakes_are_matched_in_their_order),
        cmocka_unit_test(test_an_address_more_is_a_change_and_an_offer_more_is_not),
        cmocka_unit_test(test_more_differences_than_kept_are_said_to_be_cut),
        cmocka_unit_test(test_what_is_concluded),
        cmocka_unit_test(test_a_repair_is_seen_and_so_is_its_reverse),
        cmocka_unit_test(test_a_cause_out_of_sight_is_not_gone),
        cmocka_unit_test(test_what_makes_comparing_hard_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#define _POSIX_C_SOURCE 200809L
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "report/live.h"
#include "report/page.h"
#include "report/report.h"
#include "unit/sample.h"

/* What a page looks like, as text the caller frees with free. */
static char *print_page(struct page *page)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(page_print(page, out, NULL));
    fclose(out);
    page_release(page);
    return text;
}

static void words_wrap_by_display_width(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *page;
    } cases[] = {
        { "one two three", "  l         one two three\n" },
        { "a b", "  l         a b\n" },
        { "0123456789012345678901234567890123456789", "  l         01234567890123456789012345\n"
                                                      "            67890123456789\n" },
        { "twelve chars and then some more", "  l         twelve chars and then some\n            more\n" },
        /* 13 wide characters fill 26 columns */
        { "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
          "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad",
          "  l         "
          "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
          "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\n            \xe4\xb8\xad\n" },
        { "esc \x1b[31m bell\x07 rtl\xe2\x80\xae", "  l         esc \\x1b[31m bell\\x07\n            "
                                                   "rtl\\xe2\\x80\\xae\n" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct page page;
        page_init(&page, 40, false);
        page_entry(&page, "l", cases[i].words);
        char *text = print_page(&page);
        assert_string_equal(text, cases[i].page);
        free(text);
    }
    assert_int_equal(page_width_of("e\xcc\x81"), 1); /* e and a combining acute */
    assert_int_equal(page_width_of("\xe4\xb8\xad!"), 3);
}

static void colour_only_adds(void **state)
{
    (void)state;
    char *plain = NULL, *coloured = NULL;
    for (int colour = 0; colour < 2; colour++) {
        struct page page;
        page_init(&page, 80, colour == 1);
        page_style(&page, STYLE_BAD);
        page_verbatim(&page, "BLOCKED");
        page_style(&page, STYLE_PLAIN);
        page_tail(&page, "3 ms");
        page_end_line(&page);
        *(colour == 1 ? &coloured : &plain) = print_page(&page);
    }
    assert_string_equal(coloured,
                        "\x1b[31mBLOCKED\x1b[0m                                                                 "
                        "  \x1b[2m3 ms\x1b[0m\n");
    assert_string_equal(plain, "BLOCKED                                                                   3 ms\n");
    free(plain);
    free(coloured);
}

/* The case of docs' sketch: every part of the report at once. The words are the verdict's. */
struct case_of_the_key {
    struct verdict verdict;
    struct finding findings[3];
    struct ruled_out ruled_out[2];
    struct next_step next[2];
    struct decider deciders[2];
};

static char reason[] = "it chose NLA, then closed 1 ms after the ClientHello, without an alert: with mstsc's own offer "
                       "twice, and with every TLS version and cipher on offer once";
static char *reasons[] = { reason };
static char code_note[] = "0x904 = socket closed; 0x7 = server denied the connection (Microsoft). Both fit, neither "
                          "proves it.";
static char *code_notes[] = { code_note };
static char same_from_here[] = "looks the same from here";
static char *open_reasons[] = { same_from_here };
static char filter[] = "a filter on the way could do this";
static char *filter_reasons[] = { filter };

static void set_check(struct verdict *verdict, enum check_id id, enum check_status status, char *summary, char *why)
{
    verdict->checks[id] = (struct check_reading){ .status = status, .summary = summary, .why = why };
}

static void fill(struct case_of_the_key *key)
{
    static char name[] = "10.20.4.17; the zone's two resolvers agree",
                route[] = "wg0 (WireGuard to 203.0.113.9), MTU 1420", tcp[] = "3389 open", chose[] = "server chose NLA",
                tls[] = "server closes at our ClientHello, 3 of 3 connects, and this line is made long enough to wrap",
                no_certificate[] = "TLS ended before the certificate", needs[] = "needs TLS", user[] = "needs --user",
                how[] = "the server closed at our ClientHello",
                all[] = "an offer of everything was cut off the same way",
                hole[] = "it closes at once; a hole would stall", restore[] = "restore access to the one key",
                script[] = "Restart-Service TermService -Force", look[] = "see whether the port answers you, too",
                ask[] = "Test-NetConnection srv-fin-02.corp.example -Port 3389";
    *key = (struct case_of_the_key){ 0 };
    struct verdict *verdict = &key->verdict;
    for (int id = 0; id < CHECK_COUNT; id++) {
        set_check(verdict, (enum check_id)id, STATUS_SKIP, NULL, user);
    }
    set_check(verdict, CHECK_NAME, STATUS_PASS, name, NULL);
    set_check(verdict, CHECK_ROUTE, STATUS_PASS, route, NULL);
    set_check(verdict, CHECK_TCP, STATUS_PASS, tcp, NULL);
    set_check(verdict, CHECK_NEGOTIATION, STATUS_WARN, chose, NULL);
    set_check(verdict, CHECK_TLS, STATUS_FAIL, tls, NULL);
    set_check(verdict, CHECK_CERTIFICATE, STATUS_SKIP, NULL, no_certificate);
    set_check(verdict, CHECK_NLA, STATUS_SKIP, NULL, needs);
    key->deciders[0].test = TEST_SERVER_LOG_TLS;
    key->deciders[1].test = TEST_SECOND_VANTAGE;
    key->findings[0] = (struct finding){
        .cause = CAUSE_RDP_KEY_UNREADABLE, .certainty = CERTAINTY_LIKELY, .blocks = true, .because = { reasons, 1 }
    };
    key->findings[1] = (struct finding){ .cause = CAUSE_CERT_RENEW_FAILED,
                                         .certainty = CERTAINTY_POSSIBLE,
                                         .blocks = true,
                                         .because = { open_reasons, 1 },
                                         .deciders = &key->deciders[0],
                                         .decider_count = 1 };
    key->findings[2] = (struct finding){ .cause = CAUSE_IPS_RESETS,
                                         .certainty = CERTAINTY_POSSIBLE,
                                         .blocks = true,
                                         .because = { filter_reasons, 1 },
                                         .deciders = &key->deciders[1],
                                         .decider_count = 1 };
    key->ruled_out[0] = (struct ruled_out){ .cause = CAUSE_TLS_NO_COMMON, .because = all };
    key->ruled_out[1] = (struct ruled_out){ .cause = CAUSE_MTU_BLACK_HOLE, .because = hole };
    key->next[0] = (struct next_step){ .what = restore, .command = script, .where = PLACE_SERVER, .risk = RISK_OUTAGE };
    key->next[1] = (struct next_step){ .what = look, .command = ask, .where = PLACE_CLIENT, .risk = RISK_NONE };
    verdict->status = VERDICT_BLOCKED;
    verdict->vantage = "from this machine";
    verdict->stopped = true;
    verdict->stopped_at = CHECK_TLS;
    verdict->stopped_how = how;
    verdict->cause = CAUSE_RDP_KEY_UNREADABLE;
    verdict->certainty = CERTAINTY_LIKELY;
    verdict->depth = CHECK_TLS;
    verdict->because = (struct words){ reasons, 1 };
    verdict->code_notes = (struct words){ code_notes, 1 };
    verdict->findings = key->findings;
    verdict->finding_count = 3;
    verdict->ruled_out = key->ruled_out;
    verdict->ruled_out_count = 2;
    verdict->next = key->next;
    verdict->next_count = 2;
}

/* The text of docs/style: byte for byte what stands in tests/golden. RDPWHY_GOLDEN=write writes it anew. */
static void equals_golden(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/tests/golden/%s", SOURCE_DIR, name);
    const char *mode = getenv("RDPWHY_GOLDEN");
    if (mode != NULL && strcmp(mode, "write") == 0) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *golden = alloc_new(1 << 16);
    size_t size = fread(golden, 1, (1 << 16) - 1, file);
    golden[size] = '\0';
    fclose(file);
    assert_string_equal(text, golden);
    alloc_free(golden);
}

static char *terminal(const struct evidence *evidence, const struct verdict *verdict, struct report_options options)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(report_terminal(out, evidence, verdict, &options, NULL));
    fclose(out);
    return text;
}

static void the_sketch_is_met(void **state)
{
    (void)state;
    struct case_of_the_key key;
    fill(&key);
    struct evidence *evidence = sample_evidence();
    char *text = terminal(evidence, &key.verdict, (struct report_options){ 0 });
    equals_golden("report/key-unreadable.txt", text);
    free(text);
    text = terminal(evidence, &key.verdict, (struct report_options){ .verbose = true });
    equals_golden("report/key-unreadable-v.txt", text);
    free(text);
    evidence_free(evidence);
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    struct case_of_the_key key;
    fill(&key);
    key.next[0].command = NULL; /* commands are never wrapped: they are copied */
    key.next[1].command = NULL;
    struct evidence *evidence = sample_evidence();
    char host[201];
    memset(host, 'h', 200);
    host[200] = '\0';
    sample_text(&evidence->target.host, host);
    for (int width = 40; width <= 120; width += 20) {
        char *text = terminal(evidence, &key.verdict, (struct report_options){ .width = width, .verbose = true });
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            assert_in_range(page_width_of(line), 1, (unsigned long)width);
            assert_int_not_equal(line[strlen(line) - 1], ' ');
        }
        free(text);
    }
    evidence_free(evidence);
}

static void one_line_when_quiet(void **state)
{
    (void)state;
    struct case_of_the_key key;
    fill(&key);
    struct evidence *evidence = sample_evidence();
    static const struct {
        enum verdict_status status;
        enum cause cause;
        bool stopped;
        const char *line;
        int exit;
    } cases[] = {
        { VERDICT_BLOCKED, CAUSE_RDP_KEY_UNREADABLE, true,
          "BLOCKED at tls: rdp-key-unreadable, likely: The server cannot use the private key of its RDP certificate.\n",
          2 },
        { VERDICT_BLOCKED, CAUSE_NONE, true,
          "BLOCKED at tls: cause not decided: The server closed at our ClientHello.\n", 2 },
        { VERDICT_OK, CAUSE_NONE, false, "WORKS up to tls: nothing found up to here, from this machine\n", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        key.verdict.status = cases[i].status;
        key.verdict.cause = cases[i].cause;
        key.verdict.stopped = cases[i].stopped;
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        assert_true(report_quiet(out, evidence, &key.verdict, NULL));
        fclose(out);
        assert_string_equal(text, cases[i].line);
        assert_int_equal(report_exit_status(&key.verdict), cases[i].exit);
        free(text);
    }
    evidence_free(evidence);
}

static void a_ticket_can_be_pasted(void **state)
{
    (void)state;
    struct case_of_the_key key;
    fill(&key);
    struct evidence *evidence = sample_evidence();
    ev_set_bool(&evidence->redacted, SOURCE_COMPUTED, true);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_true(report_ticket(out, evidence, &key.verdict, NULL));
    fclose(out);
    equals_golden("report/key-unreadable-ticket.txt", text);
    free(text);
    evidence_free(evidence);
}

static void a_finished_line_never_changes(void **state)
{
    (void)state;
    struct case_of_the_key key;
    fill(&key);
    struct evidence *evidence = sample_evidence();
    char *lines = NULL, *moving = NULL;
    size_t lines_size = 0, moving_size = 0;
    FILE *out = open_memstream(&lines, &lines_size);
    FILE *progress = open_memstream(&moving, &moving_size);
    struct report_options options = { 0 };
    struct report_live *live = report_live_new(out, progress, &options, NULL);
    report_live_start(live, "srv-fin-02.corp.example:3389");
    report_live_running(live, CHECK_NAME, NULL);
    report_live_settled(live, evidence, &key.verdict, CHECK_ROUTE); /* waits for name */
    assert_string_equal(lines, "\n  srv-fin-02.corp.example:3389\n\n");
    report_live_settled(live, evidence, &key.verdict, CHECK_NAME);
    report_live_running(live, CHECK_TLS, "every version and cipher \x1b[2J");
    report_live_tick(live);
    report_live_waiting(live, 7);
    report_live_waiting(live, 0);
    report_live_finish(live, evidence, &key.verdict);
    report_live_free(live);
    fclose(out);
    fclose(progress);
    char *whole = terminal(evidence, &key.verdict, (struct report_options){ 0 });
    const char *checklist = strstr(whole, "  name ");
    size_t length = (size_t)(strstr(whole, "\n  BLOCKED") - checklist);
    const char *shown = strstr(lines, "  name ");
    assert_int_equal(strlen(shown), length);
    assert_memory_equal(shown, checklist, length);
    assert_null(strstr(moving, "\x1b[2J"));
    assert_non_null(strstr(moving, "  waiting      7 s"));
    assert_string_equal(moving + strlen(moving) - 4, "\r\x1b[K");
    free(whole);
    free(lines);
    free(moving);
    live = report_live_new(NULL, NULL, &options, NULL); /* over a pipe: nothing at all */
    report_live_start(live, "x");
    report_live_running(live, CHECK_NAME, NULL);
    report_live_finish(live, evidence, &key.verdict);
    report_live_free(live);
    evidence_free(evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_wrap_by_display_width),
        cmocka_unit_test(colour_only_adds),
        cmocka_unit_test(the_sketch_is_met),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(one_line_when_quiet),
        cmocka_unit_test(a_ticket_can_be_pasted),
        cmocka_unit_test(a_finished_line_never_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fuzz.h"

#include "base/alloc.h"
#include "base/text.h"
#include "diagnose/compare.h"
#include "diagnose/diagnose.h"
#include "evidence/redact.h"
#include "facts/interceptors.h"
#include "json/document.h"

/* Redaction keeps whatever a rule compares, so the verdicts agree. */
static void same_verdict(const struct verdict *a, const struct verdict *b)
{
    FUZZ_PROMISE(a->status == b->status && a->cause == b->cause && a->certainty == b->certainty);
    FUZZ_PROMISE(a->stopped == b->stopped && (!a->stopped || a->stopped_at == b->stopped_at));
    FUZZ_PROMISE(a->depth == b->depth && a->finding_count == b->finding_count);
    FUZZ_PROMISE(a->ruled_out_count == b->ruled_out_count);
    for (size_t i = 0; i < a->finding_count; i++) {
        FUZZ_PROMISE(a->findings[i].cause == b->findings[i].cause);
        FUZZ_PROMISE(a->findings[i].certainty == b->findings[i].certainty);
        FUZZ_PROMISE(a->findings[i].blocks == b->findings[i].blocks);
    }
    for (int id = 0; id < CHECK_COUNT; id++) {
        FUZZ_PROMISE(a->checks[id].status == b->checks[id].status);
    }
}

/* What was saved is what is loaded, without a byte that a terminal would obey. */
static void there_and_back(const struct evidence *evidence, const struct verdict *verdict)
{
    struct error error = { 0 };
    char *text = document_text(evidence, verdict, &error);
    FUZZ_PROMISE(text != NULL);
    for (const char *at = text; *at != '\0'; at++) {
        FUZZ_PROMISE(*at == '\n' || (unsigned char)*at >= 0x20);
    }
    struct evidence *back = document_load(text, strlen(text), &error);
    if (back == NULL) {
        fprintf(stderr, "%s\n", error.text);
    }
    FUZZ_PROMISE(back != NULL);
    FUZZ_PROMISE(verdict == NULL || evidence_equal(evidence, back));
    evidence_free(back);
    alloc_free(text);
}

/* A document differs from itself in nothing, and from its redacted form in ways that can be put into words. */
static void compared(const struct evidence *evidence, const struct verdict *verdict, const struct evidence *other,
                     const struct verdict *blind)
{
    struct error error = { 0 };
    struct changes changes;
    FUZZ_PROMISE(evidence_diff(evidence, evidence, &changes, &error) && changes.count == 0);
    changes_release(&changes);
    const struct side before = { evidence, verdict };
    const struct side after = { other, blind };
    struct comparison *comparison = compare_looks(&before, &after, &error);
    FUZZ_PROMISE(comparison != NULL && text_is_clean(comparison->summary));
    char *text = comparison_text(comparison, &error);
    FUZZ_PROMISE(text != NULL);
    alloc_free(text);
    comparison_free(comparison);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    struct evidence *evidence = document_load((const char *)bytes, size, &error);
    if (evidence == NULL) {
        FUZZ_PROMISE(error.kind == ERROR_DATA && error.text[0] != '\0' && text_is_clean(error.text));
        return 0;
    }
    struct evidence *redacted = evidence_redact(evidence, interceptor_fragment_at, &error);
    FUZZ_PROMISE(redacted != NULL);
    struct verdict *verdict = diagnose(evidence, &error);
    struct verdict *blind = diagnose(redacted, &error);
    FUZZ_PROMISE(verdict != NULL && blind != NULL);
    if (evidence->redacted.source == SOURCE_NONE) {
        same_verdict(verdict, blind);
    }
    there_and_back(evidence, verdict);
    there_and_back(redacted, blind);
    compared(evidence, verdict, redacted, blind);
    verdict_free(blind);
    verdict_free(verdict);
    evidence_free(redacted);
    evidence_free(evidence);
    return 0;
}

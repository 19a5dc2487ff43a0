/* The few words that are report's own: labels for the verdict's values. */
#include "report/parts.h"

#include <string.h>

#include "facts/causes.h"

const char *parts_word_of(const struct verdict *verdict)
{
    static const char *const words[] = {
        [VERDICT_OK] = "WORKS",
        [VERDICT_DEGRADED] = "WORKS",
        [VERDICT_BLOCKED] = "BLOCKED",
        [VERDICT_UNKNOWN] = "UNKNOWN",
    };
    /* Nobody has connected yet at the depth of name and route: that is fine, but not yet working. */
    const bool early = verdict->depth < CHECK_NEGOTIATION;
    return verdict->status == VERDICT_OK && early ? "FINE" : words[verdict->status];
}

static void add_cause(struct buffer *words, const struct verdict *verdict)
{
    const struct cause_fact *fact = cause_fact(verdict->cause);
    if (fact != NULL) {
        buffer_format(words, "%s, %s", fact->slug, field_name_of(certainty_names, (int)verdict->certainty));
    }
}

/* How far it was looked; NULL: nobody looked, others wrote it down (their words begin with no name that is looked up).
 */
static const char *depth_of(const struct verdict *verdict)
{
    const bool told = verdict->depth == CHECK_NAME && strncmp(verdict->vantage, "in this ", 8) == 0;
    return told ? NULL : field_name_of(check_names, (int)verdict->depth);
}

void parts_headline(struct buffer *words, const struct verdict *verdict)
{
    const char *depth = depth_of(verdict);
    switch (verdict->status) {
    case VERDICT_OK:
        buffer_format(words, "up to %s: nothing found up to here, %s", depth != NULL ? depth : "here",
                      verdict->vantage);
        return;
    case VERDICT_DEGRADED:
        if (depth != NULL) {
            buffer_format(words, "up to %s, ", depth);
        }
        buffer_text(words, "with warnings");
        break;
    case VERDICT_BLOCKED:
    case VERDICT_UNKNOWN:
        if (verdict->stopped) {
            buffer_format(words, "at %s", field_name_of(check_names, (int)verdict->stopped_at));
        } else if (depth != NULL) {
            buffer_format(words, "after %s", depth);
        }
        break;
    }
    if (verdict->cause != CAUSE_NONE) {
        buffer_text(words, words->size > 0 ? ": " : "");
        add_cause(words, verdict);
    } else if (verdict->status == VERDICT_BLOCKED) {
        buffer_text(words, words->size > 0 ? ": cause not decided" : "cause not decided");
    }
}

void parts_sentence(struct buffer *words, const struct verdict *verdict)
{
    const struct cause_fact *fact = cause_fact(verdict->cause);
    const char *text = fact != NULL                                                         ? fact->sentence
                       : verdict->status == VERDICT_BLOCKED && verdict->stopped_how != NULL ? verdict->stopped_how
                                                                                            : verdict->summary;
    if (text == NULL || text[0] == '\0') {
        return;
    }
    char first = text[0];
    size_t length = strlen(text);
    buffer_format(words, "%c%s%s", first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first, text + 1,
                  text[length - 1] == '.' ? "" : ".");
}

const char *parts_risk_words(enum risk risk)
{
    static const char *const words[] = {
        [RISK_NONE] = "",
        [RISK_LOW] = "low risk",
        [RISK_DOWNGRADE] = "lowers security: a test, not a repair",
        [RISK_OUTAGE] = "interrupts the service",
    };
    return words[risk];
}

const char *parts_place_words(enum place place)
{
    return place == PLACE_CLIENT ? "you" : place_name(place);
}

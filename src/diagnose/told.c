#include "diagnose/told.h"

#include <string.h>

#include "facts/explain.h"

enum { SUSPECTS_MOST = 8 };

bool told_only(const struct look *look)
{
    const struct evidence *e = look->e;
    return seen(e->told.by.source) && ev_text_is(&e->command, "read") && e->connections.count == 0;
}

bool told_stop(const struct look *look, enum check_id *at)
{
    if (!told_only(look) || !seen(look->e->told.stopped.source)) {
        return false;
    }
    *at = (enum check_id)look->e->told.stopped.v;
    return true;
}

static const char *how_of(const struct look *look)
{
    return look->e->told.how.v;
}

const char *told_stop_words(const struct look *look, enum check_id at)
{
    enum check_id told;
    if (!told_stop(look, &told) || told != at) {
        return NULL;
    }
    return how_of(look) != NULL ? how_of(look) : "the log says that it ends there";
}

const char *told_vantage(const struct look *look)
{
    return enum_is(&look->e->told.by, TOLD_BY_USER)      ? "in this message"
           : enum_is(&look->e->told.by, TOLD_BY_SCANNER) ? "in this scan"
                                                         : "in this log";
}

const char *told_open(const struct look *look)
{
    enum check_id at;
    if (!told_only(look) || told_stop(look, &at) || bool_is(&look->e->told.works, true)) {
        return NULL;
    }
    if (how_of(look) != NULL) {
        return how_of(look);
    }
    switch (look->e->told.by.v) {
    case TOLD_BY_USER:
        return "a client's message says what it met, not why";
    case TOLD_BY_SERVER:
        return "the server's log does not say what became of the connection";
    case TOLD_BY_SCANNER:
        return "a scan looks no further than the first messages";
    default:
        return "the client's log does not say where the connection ended";
    }
}

bool told_check(struct build *build, enum check_id id)
{
    const char *how = told_stop_words(build->look, id);
    if (how != NULL && build->verdict->stopped && build->verdict->stopped_at == id) {
        check_set(build, id, STATUS_FAIL, build_text(build, "%s", how), NULL);
        return true;
    }
    if (id == CHECK_SESSION && told_only(build->look) && bool_is(&build->look->e->told.works, true)) {
        check_set(build, id, STATUS_PASS,
                  build_text(build, "it came into being, and %s shows no failure behind it",
                             told_vantage(build->look) + strlen("in ")),
                  NULL);
        return true;
    }
    return false;
}

static const struct phrase_fact *phrase_of(const char *text)
{
    const struct phrase_fact *fact;
    for (unsigned i = 0; text != NULL && (fact = phrase_at(i)) != NULL; i++) {
        if (strcmp(fact->phrase, text) == 0) {
            return fact;
        }
    }
    return NULL;
}

static void gather(const struct evidence *e, struct found *found)
{
    const struct ev_client_said *said = &e->client_said;
    *found = (struct found){ .count = 0 };
    if (seen(said->code.source)) {
        found->codes[found->count++] =
            (struct found_code){ .kind = find_kind_of((uint32_t)said->code.v), .value = (uint32_t)said->code.v };
    }
    if (seen(said->extended.source)) {
        found->codes[found->count++] =
            (struct found_code){ .kind = CODE_EXTENDED, .value = (uint32_t)said->extended.v };
    }
    ev_each (offer, const struct ev_offer, &e->negotiation.offers) {
        if (seen(offer->failure.source) && found->count < FIND_MAX) {
            found->codes[found->count++] =
                (struct found_code){ .kind = CODE_NEGOTIATION, .value = (uint32_t)offer->failure.v };
        }
    }
    ev_each (item, const struct ev_text_item, &e->told.phrases) {
        const struct phrase_fact *fact = phrase_of(item->text.v);
        if (fact != NULL && found->phrase_count < FIND_PHRASES) {
            found->phrases[found->phrase_count++] = fact;
        }
    }
}

static bool is_finding(const struct verdict *verdict, enum cause cause)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].cause == cause) {
            return true;
        }
    }
    return false;
}

void told_suspects(struct build *build)
{
    struct explanation explanation = { 0 };
    struct found found;
    unsigned added = 0;
    if (!told_only(build->look) || build->verdict->cause != CAUSE_NONE) {
        return;
    }
    gather(build->look->e, &found);
    explain(&found, &explanation);
    for (unsigned i = 0; i < explanation.cause_count && added < SUSPECTS_MOST && !explanation.normal_end; i++) {
        const enum cause cause = explanation.causes[i].cause;
        int check = CHECK_NAME;
        const bool before = build->verdict->stopped && field_value_of(check_names, cause_fact(cause)->check, &check) &&
                            check < (int)build->verdict->stopped_at;
        if (before || build->judged[cause].outcome == ROW_OUT || is_finding(build->verdict, cause)) {
            continue;
        }
        struct finding *finding = build_finding(build, cause);
        if (finding == NULL) {
            return;
        }
        finding->certainty = CERTAINTY_POSSIBLE;
        finding->blocks = build->verdict->stopped;
        build_words(build, &finding->because,
                    build_text(build, "what the client said is one of the things it shows as"));
        added++;
    }
}

enum truth told_cause(const struct look *look, enum cause cause, struct buffer *words)
{
    static const enum cause causes[] = {
        [REASON_CERT_UNREADABLE] = CAUSE_CERT_MISSING,
        [REASON_KEY_UNUSABLE] = CAUSE_RDP_KEY_UNREADABLE,
        [REASON_CERT_WEAK] = CAUSE_CERT_WEAK,
        [REASON_TLS_NO_COMMON] = CAUSE_TLS_NO_COMMON,
        [REASON_CLIENT_LACKS_TLS] = CAUSE_CLIENT_LACKS_TLS,
        [REASON_BAD_PASSWORD] = CAUSE_BAD_PASSWORD,
        [REASON_ACCOUNT_LOCKED] = CAUSE_ACCOUNT_LOCKED,
        [REASON_ACCOUNT_EXPIRED] = CAUSE_ACCOUNT_EXPIRED,
        [REASON_PASSWORD_EXPIRED] = CAUSE_PASSWORD_EXPIRED,
        [REASON_NO_RIGHT] = CAUSE_NO_RDP_RIGHT,
        [REASON_GRAPHICS] = CAUSE_GRAPHICS_START_FAILED,
    };
    const struct ev_told *told = &look->e->told;
    if (!seen(told->reason.source) || (size_t)told->reason.v >= COUNT_OF(causes) || causes[told->reason.v] != cause) {
        return UNSEEN;
    }
    return say(words, YES, "the server's log: %s", told->how.v != NULL ? told->how.v : "it says so");
}

/* One line of a log may be about another connection, or about another fault that followed: likely, never proved. */
const struct rule rules_told[] = {
    { CAUSE_RDP_KEY_UNREADABLE, .stage = TOLD_WHY, .needs = { TOLD_WHY }, .most = CERTAINTY_LIKELY },
    { CAUSE_CERT_MISSING, .stage = TOLD_WHY, .needs = { TOLD_WHY }, .most = CERTAINTY_LIKELY, .beside = true },
    { CAUSE_CERT_WEAK, .stage = TOLD_WHY, .needs = { TOLD_WHY }, .most = CERTAINTY_LIKELY },
    { CAUSE_TLS_NO_COMMON, .stage = TOLD_WHY, .needs = { TOLD_WHY }, .most = CERTAINTY_LIKELY },
    { CAUSE_CLIENT_LACKS_TLS, .stage = TOLD_WHY, .needs = { TOLD_WHY }, .most = CERTAINTY_LIKELY },
};
const size_t rules_told_count = COUNT_OF(rules_told);

/* Signs of CredSSP up to the NTLM challenge, of the clocks, and of load. */
#include "diagnose/signs.h"

#include <inttypes.h>

enum { NLA_LATE_US = 5000000 };

static bool ended(const struct look *look)
{
    return seen(look->e->nla.ended.source);
}

enum truth see_challenged(const struct look *look, struct buffer *words)
{
    if (!ended(look)) {
        return UNSEEN;
    }
    if (look->e->nla.ended.v == NLA_TAKEN) {
        return UNSEEN; /* a logon by Kerberos needs none */
    }
    return look->e->nla.ended.v == NLA_CHALLENGED ? say(words, YES, "the NTLM challenge came")
                                                  : say(words, NO, "no NTLM challenge came");
}

enum truth see_nla_failed(const struct look *look, struct buffer *words)
{
    if (!ended(look)) {
        return UNSEEN;
    }
    const struct ev_nla *nla = &look->e->nla;
    if (nla->ended.v == NLA_CHALLENGED) {
        return say(words, NO, "NLA went as far as it can without a password");
    }
    if (nla->ended.v == NLA_TAKEN) {
        return say(words, NO, "the server took the first message of the logon");
    }
    if (nla->ended.v == NLA_SILENT) {
        return say(words, YES, "TLS is up, but no whole answer to the first NLA message came");
    }
    return nla->ended.v == NLA_GARBAGE && nla->problem.v != NULL
               ? say(words, YES, "TLS is up, but its answer to the first NLA message is broken: %.160s", nla->problem.v)
               : say(words, YES, "TLS is up, but no NTLM challenge came");
}

enum truth see_nla_cut(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    const struct ev_nla *nla = &look->e->nla;
    if (!ended(look)) {
        return UNSEEN;
    }
    const char *how = nla->ended.v == NLA_CLOSED  ? "closes"
                      : nla->ended.v == NLA_RESET ? "resets"
                      : nla->ended.v == NLA_ALERT ? "sends an alert"
                                                  : NULL;
    if (how == NULL) {
        return say(words, NO, "it does not cut NLA off");
    }
    if (seen(nla->after_us.source)) {
        return say(words, YES, "TLS is up, but it %s %s after the first NLA message", how, span(nla->after_us.v, text));
    }
    return say(words, YES, "TLS is up, but it %s after the first NLA message", how);
}

static enum truth says(const struct look *look, struct buffer *words, const int64_t *codes, const char *meaning)
{
    const struct ev_nla *nla = &look->e->nla;
    if (!ended(look)) {
        return UNSEEN;
    }
    if (!seen(nla->error.source)) {
        return nla->ended.v == NLA_ERROR_CODE ? UNSEEN : say(words, NO, "no NLA error code came");
    }
    for (size_t i = 0; codes[i] != 0; i++) {
        if (nla->error.v == codes[i]) {
            return say(words, YES, "the server's NLA error is 0x%08" PRIX64 ": %s", (uint64_t)nla->error.v, meaning);
        }
    }
    return say(words, NO, "the server's NLA error 0x%08" PRIX64 " says something else", (uint64_t)nla->error.v);
}

enum truth see_nla_says_no_dc(const struct look *look, struct buffer *words)
{
    static const int64_t codes[] = { 0xC000005E, 0xC000018D, 0xC000018B, 0xC0000233, 0x80090311, 0 };
    return says(look, words, codes, "it cannot reach its domain controller");
}

enum truth see_nla_says_no_ntlm(const struct look *look, struct buffer *words)
{
    static const int64_t codes[] = { 0xC0000418, 0xC00000BB, 0x80090302, 0 };
    return says(look, words, codes, "NTLM is not supported or blocked");
}

enum truth see_nla_says_internal(const struct look *look, struct buffer *words)
{
    static const int64_t codes[] = { 0x80090304, 0 };
    return says(look, words, codes, "an error inside its security service, of many possible reasons");
}

enum truth see_nla_says_skew(const struct look *look, struct buffer *words)
{
    static const int64_t codes[] = { 0xC0000133, 0x80090324, 0 };
    return says(look, words, codes, "the clocks differ too much");
}

enum truth see_nla_says_version(const struct look *look, struct buffer *words)
{
    static const int64_t codes[] = { 0xC00000BB, 0 };
    return says(look, words, codes, "not supported, which may also mean the CredSSP version");
}

enum truth see_nla_ended_late(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    const struct ev_nla *nla = &look->e->nla;
    if (!ended(look) || !seen(nla->after_us.source)) {
        return UNSEEN;
    }
    if (nla->ended.v == NLA_SILENT ||
        (nla->ended.v != NLA_CHALLENGED && nla->ended.v != NLA_TAKEN && nla->after_us.v >= NLA_LATE_US)) {
        return say(words, YES, "it let %s pass after the first NLA message, as if it waited for somebody",
                   span(nla->after_us.v, text));
    }
    return say(words, NO, "it answered the first NLA message after %s", span(nla->after_us.v, text));
}

enum truth see_old_credssp(const struct look *look, struct buffer *words)
{
    const struct ev_int *version = &look->e->nla.credssp_version;
    if (!seen(version->source)) {
        return UNSEEN;
    }
    return version->v < 5
               ? say(words, YES, "it speaks CredSSP version %" PRId64 "; the fix for CVE-2018-0886 brought version 5",
                     version->v)
               : say(words, NO, "it speaks CredSSP version %" PRId64, version->v);
}

enum truth see_clocks_differ(const struct look *look, struct buffer *words)
{
    if (!seen(look->r->nla.clock_skew_s.source)) {
        return UNSEEN;
    }
    int64_t skew = look->r->nla.clock_skew_s.v;
    int64_t plain = skew < 0 ? -skew : skew;
    if (plain <= CLOCK_SKEW_LIMIT_S) {
        return say(words, NO, "the server's clock and this machine's agree within %" PRId64 " s", plain);
    }
    return say(words, YES, "the server's clock is %" PRId64 " %s %s this machine's",
               plain >= 7200 ? (plain + 1800) / 3600 : (plain + 30) / 60, plain >= 7200 ? "hours" : "minutes",
               skew < 0 ? "behind" : "ahead of");
}

enum truth see_clocks_agree(const struct look *look, struct buffer *words)
{
    enum truth differ = see_clocks_differ(look, NULL);
    if (differ == UNSEEN) {
        return UNSEEN;
    }
    return differ == NO ? say(words, YES, "the server's own clock agrees with this machine's")
                        : say(words, NO, "the server's clock and this machine's differ");
}

enum truth see_domain_joined(const struct look *look, struct buffer *words)
{
    enum { TARGET_IS_DOMAIN = 0x10000 };
    if (!seen(look->e->nla.flags.source)) {
        return UNSEEN;
    }
    return (look->e->nla.flags.v & TARGET_IS_DOMAIN) != 0 ? say(words, YES, "the server is a member of a domain")
                                                          : say(words, NO, "the server is not a member of a domain");
}

static size_t slow_count(const struct look *look, int64_t *slowest)
{
    size_t slow = 0;
    int64_t rtt = look->rtt_us > 0 ? look->rtt_us : 0;
    ev_each (item, const struct ev_int_item, &look->e->load.confirm_us) {
        if (item->value.v - rtt >= CONFIRM_SLOW_US) {
            slow++;
            *slowest = item->value.v > *slowest ? item->value.v : *slowest;
        }
    }
    return slow;
}

enum truth see_confirm_slow(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    int64_t slowest = 0;
    if (look->e->load.confirm_us.count == 0) {
        return UNSEEN;
    }
    return slow_count(look, &slowest) > 0
               ? say(words, YES, "the server took %s to answer the connection request", span(slowest, text))
               : say(words, NO, "the server answers the connection request without delay");
}

enum truth see_confirm_slow_again(const struct look *look, struct buffer *words)
{
    char text[SPAN_SIZE];
    int64_t slowest = 0;
    if (look->e->load.confirm_us.count < 2) {
        return UNSEEN;
    }
    size_t slow = slow_count(look, &slowest);
    return slow >= 2 ? say(words, YES, "%zu of %zu connection requests were answered late, the slowest after %s", slow,
                           look->e->load.confirm_us.count, span(slowest, text))
                     : say(words, NO, "the server does not keep several connects waiting");
}

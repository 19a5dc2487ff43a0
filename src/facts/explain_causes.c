#include "facts/explain_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* FreeRDP's exit status stands for one of its errors; both rows carry the same words. */
static uint32_t freerdp_error_of(uint32_t value)
{
    const struct code_fact *status = code_fact(CODE_FREERDP, value);
    const struct code_fact *other;
    for (unsigned i = 0; status != NULL && (other = code_at(CODE_FREERDP, i)) != NULL; i++) {
        if (other->value >= 0x20000 && strcmp(other->meaning, status->meaning) == 0)
            return other->value;
    }
    return value;
}

static void rank(struct explanation *explanation, enum cause cause, unsigned shows)
{
    unsigned weight = cause_fact(cause)->weight;
    unsigned at = explanation->cause_count;
    for (unsigned i = 0; i < explanation->cause_count; i++) {
        if (explanation->causes[i].cause == cause)
            return;
    }
    if (at == EXPLAIN_CAUSES)
        return;
    explanation->cause_count++;
    for (; at > 0; at--) {
        const struct explained_cause *above = &explanation->causes[at - 1];
        if (above->shows > shows || (above->shows == shows && cause_fact(above->cause)->weight >= weight))
            break;
        explanation->causes[at] = *above;
    }
    explanation->causes[at] = (struct explained_cause){ cause, shows };
}

static void find_causes(struct explanation *explanation, int64_t code, int64_t extended)
{
    for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
        unsigned shows = cause_shows(cause, code, extended);
        if (shows > 0)
            rank(explanation, cause, shows);
    }
}

static void find_negotiation_cause(struct explanation *explanation, uint32_t failure)
{
    static const enum cause causes[] = { CAUSE_NONE,
                                         CAUSE_CLIENT_LACKS_TLS,
                                         CAUSE_SECURITY_LAYER_MISMATCH,
                                         CAUSE_CERT_MISSING,
                                         CAUSE_NEGO_FLAGS_INCONSISTENT,
                                         CAUSE_NLA_REQUIRED,
                                         CAUSE_SMARTCARD_TLS_REQUIRED };
    if (failure > 0 && failure < COUNT_OF(causes))
        rank(explanation, causes[failure], 3);
}

void explain_causes(struct explanation *explanation, const struct found *found)
{
    int64_t code = -1;
    int64_t extended = -1;
    for (unsigned i = 0; i < found->phrase_count; i++) {
        for (const enum cause *cause = found->phrases[i]->causes; *cause != CAUSE_NONE; cause++)
            rank(explanation, *cause, 4);
    }
    for (unsigned i = 0; i < explanation->code_count; i++) {
        const struct explained_code *one = &explanation->codes[i];
        if (one->kind == CODE_EXTENDED || one->kind == CODE_ERRINFO)
            extended = extended < 0 ? one->value : extended;
        else if (one->kind == CODE_NEGOTIATION)
            find_negotiation_cause(explanation, one->value);
        else if (one->kind == CODE_FREERDP)
            find_causes(explanation, freerdp_error_of(one->value), -1);
        else if (one->kind != CODE_EVENT && code < 0)
            code = one->value;
        else if (one->kind != CODE_EVENT)
            find_causes(explanation, one->value, -1);
    }
    if (code >= 0 || extended >= 0)
        find_causes(explanation, code, extended);
}

static void add_next(struct explanation *explanation, const char *what, enum place where, enum risk risk,
                     const char *format, ...) PRINTF_LIKE(5, 6);

static void add_next(struct explanation *explanation, const char *what, enum place where, enum risk risk,
                     const char *format, ...)
{
    va_list arguments;
    if (explanation->next_count == EXPLAIN_NEXT)
        return;
    struct explained_next *next = &explanation->next[explanation->next_count++];
    *next = (struct explained_next){ .what = what, .where = where, .risk = risk };
    va_start(arguments, format);
    vsnprintf(next->command, sizeof next->command, format, arguments);
    va_end(arguments);
}

/* Checks that a plain run reaches without credentials. */
static bool is_seen_from_outside(const char *check)
{
    static const char *const checks[] = { "name", "route", "tcp", "negotiation", "tls", "certificate", "nla", "load" };
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        if (strcmp(check, checks[i]) == 0)
            return true;
    }
    return false;
}

/* {host} and {port} become HOST and 3389: here nobody has named a host. A command that does not fit is left out. */
static void fill_in(const char *format, char *command, size_t room)
{
    size_t used = 0;
    for (const char *at = format; *at != '\0';) {
        bool host = strncmp(at, "{host}", 6) == 0;
        bool port = strncmp(at, "{port}", 6) == 0;
        char one[2] = { *at, '\0' };
        const char *piece = host ? "HOST" : port ? "3389" : one;
        size_t length = strlen(piece);
        if (used + length >= room) {
            command[0] = '\0';
            return;
        }
        memcpy(command + used, piece, length + 1);
        used += length;
        at += host || port ? 6 : 1;
    }
}

/* Where a run from outside ends too early: what a person can look at for the leading suspect. */
static void add_deciding_test(struct explanation *explanation)
{
    const struct cause_fact *fact = cause_fact(explanation->causes[0].cause);
    for (const enum test *test = fact->tests; *test != TEST_NONE; test++) {
        const struct test_fact *how = test_fact(*test);
        if (how->by != BY_PERSON)
            continue;
        add_next(explanation, how->words, how->place, how->risk, "%s", "");
        struct explained_next *next = &explanation->next[explanation->next_count - 1];
        if (how->command != NULL)
            fill_in(how->command, next->command, sizeof next->command);
        return;
    }
}

void explain_next(struct explanation *explanation)
{
    bool outside = explanation->cause_count == 0;
    bool name = false;
    for (unsigned i = 0; i < explanation->cause_count; i++) {
        const struct cause_fact *fact = cause_fact(explanation->causes[i].cause);
        outside = outside || is_seen_from_outside(fact->check);
        name = name || (i == 0 && strcmp(fact->check, "name") == 0);
    }
    if (explanation->normal_end)
        return;
    if (explanation->cause_count > 0 && explanation->cause_count <= 2) {
        const struct cause_fact *fact = cause_fact(explanation->causes[0].cause);
        add_next(explanation, fact->action, fact->place, fact->risk, "%s", "");
    }
    if (!outside) {
        add_deciding_test(explanation);
        return;
    }
    if (explanation->asked[0] != '\0')
        add_next(explanation, "look at which step it ends", PLACE_CLIENT, RISK_NONE, "rdpwhy HOST --code %s",
                 explanation->asked);
    else
        add_next(explanation, "look at which step it ends", PLACE_CLIENT, RISK_NONE, "rdpwhy HOST");
    add_next(explanation, "on the failing client, in PowerShell, where rdpwhy does not run", PLACE_CLIENT, RISK_NONE,
             "%s", name ? "Resolve-DnsName HOST" : "Test-NetConnection HOST -Port 3389");
}

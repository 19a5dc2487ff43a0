#include "facts/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "facts/explain_parts.h"
#include "facts/near.h"

static void note(struct explanation *explanation, const char *format, ...) PRINTF_LIKE(2, 3);

static void note(struct explanation *explanation, const char *format, ...)
{
    va_list arguments;
    if (explanation->note_count == EXPLAIN_NOTES)
        return;
    va_start(arguments, format);
    vsnprintf(explanation->notes[explanation->note_count++], EXPLAIN_TEXT, format, arguments);
    va_end(arguments);
}

static struct explained_code *add_code(struct explanation *explanation, enum code_kind kind, uint32_t value)
{
    struct explained_code *code = &explanation->codes[explanation->code_count];
    if (explanation->code_count == EXPLAIN_CODES)
        return NULL;
    *code = (struct explained_code){ .kind = kind, .value = value, .fact = code_fact(kind, value) };
    /* The extended codes go on in MS-RDPBCGR's list. */
    if (code->fact == NULL && kind == CODE_EXTENDED)
        code->fact = code_fact(CODE_ERRINFO, value);
    explanation->code_count++;
    return code;
}

static void add_found(struct explanation *explanation, const struct found_code *found)
{
    struct explained_code *code = add_code(explanation, found->kind, found->value);
    if (code != NULL)
        code->decimal = found->decimal;
}

static void add_events(struct explanation *explanation, uint32_t id, bool aside)
{
    for (const struct event_fact *event = event_next(id, NULL); event != NULL; event = event_next(id, event)) {
        struct explained_code *code = add_code(explanation, CODE_EVENT, id);
        if (code == NULL)
            return;
        code->event = event;
        code->aside = aside;
    }
}

/* A number that stands alone and means nothing, or something else as well, in the list next door. */
static void add_asides(struct explanation *explanation, const struct found_code *found)
{
    if (found->kind != CODE_DISCONNECT || found->value == 0)
        return;
    bool known = code_fact(CODE_DISCONNECT, found->value) != NULL;
    const struct code_fact *extended = code_fact(CODE_EXTENDED, found->value);
    if (!known && extended != NULL) {
        struct explained_code *code = add_code(explanation, CODE_EXTENDED, found->value);
        if (code != NULL)
            code->aside = true;
        note(explanation,
             "0x%X is no code of the first kind; as the second (extended) number it has a meaning. Give both numbers "
             "the client shows, in its order.",
             found->value);
    } else if (extended != NULL) {
        note(explanation, "As the second (extended) number 0x%X would mean something else: %s", found->value,
             extended->meaning);
    }
    if (!known && found->decimal)
        add_events(explanation, found->value, true);
}

/* What the place of an unknown number suggests: the last two digits of a disconnect code name its layer. */
static void note_pattern(struct explanation *explanation, const struct explained_code *code)
{
    static const struct {
        uint32_t low;
        const char *suggests;
    } patterns[] = {
        { 0x04, "the network: name or TCP" },
        { 0x06, "old RDP security, or the client's memory" },
        { 0x07, "TLS, certificate and credentials (NLA)" },
        { 0x08, "a mixed group: name, time-outs, licensing, the client itself" },
        { 0x09, "credentials and server identity" },
    };
    const char *suggests = NULL;
    if (code->kind == CODE_EXTENDED && code->value >= 0x100 && code->value < 0x200)
        suggests = "licensing";
    else if (code->kind == CODE_EXTENDED && code->value >= 0x400 && code->value < 0x500)
        suggests = "the connection broker";
    else if (code->kind != CODE_DISCONNECT && code->kind != CODE_EXTENDED)
        suggests = code->kind == CODE_GATEWAY    ? "the RD Gateway"
                   : code->kind == CODE_FREERDP  ? "FreeRDP's own errors"
                   : code->kind == CODE_NTSTATUS ? "an NTSTATUS: account, logon, or the server's own trouble"
                   : code->kind == CODE_HRESULT  ? "an HRESULT: 0x8009.... is TLS and authentication"
                                                 : "the session's protocol";
    else if (code->value >= 0x1000 && code->value <= 0x7FFF && code->kind == CODE_EXTENDED)
        suggests = "the session's protocol";
    for (size_t i = 0; suggests == NULL && code->kind == CODE_DISCONNECT && i < COUNT_OF(patterns); i++) {
        if ((code->value & 0xFF) == patterns[i].low && code->value > 0xFF && code->value < 0x10000)
            suggests = patterns[i].suggests;
    }
    if (suggests != NULL)
        note(explanation, "0x%X is in none of our lists. Its form suggests %s.", code->value, suggests);
    else
        note(explanation, "0x%X is in none of our lists, and its form suggests no layer.", code->value);
}

static void note_near(struct explanation *explanation, const struct explained_code *code)
{
    char list[96] = "";
    size_t used = 0;
    for (unsigned i = 0; i < code->near_count; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s0x%X", i > 0 ? ", " : "", code->near[i]);
    if (code->near_count > 0)
        note(explanation, "A slip of the pen? Near it: %s.", list);
}

static void fill_near(struct explanation *explanation, bool decimal)
{
    for (unsigned i = 0; i < explanation->code_count; i++) {
        struct explained_code *code = &explanation->codes[i];
        if (code->fact != NULL || code->event != NULL)
            continue;
        code->near_count = near_find(code->kind, code->value, decimal && i == 0, code->near, EXPLAIN_NEAR);
        note_pattern(explanation, code);
        note_near(explanation, code);
    }
}

/* The prime case of sources that disagree, told in their order: Microsoft first, then those who were there. */
static void note_disagreement(struct explanation *explanation, int64_t code, int64_t extended)
{
    if (code == 0x904 && extended == 7) {
        note(explanation, "Microsoft: 0x904 is \"socket closed\", 0x7 is \"server denied the connection\".");
        note(explanation, "Field reports: the pair came where no Windows server had spoken (dead forward, tunnel, "
                          "bastion), and where the server could not use its certificate's key. So 0x7 does not prove "
                          "that a server denied anything.");
        note(explanation, "Widely copied: \"0x904/0x7 is an expired certificate\". Half true: a renewal that failed "
                          "closes the connection; a certificate that has merely expired has its own code, 0x1B07.");
    }
    if (code == 0x904 && extended == 0)
        note(explanation, "Field report: 0x904 with 0x0 came after the credentials were typed, so later than with "
                          "0x7; one report, not a rule.");
    if (code == 0x1B07)
        note(explanation, "Look at the clocks first: one that is wrong makes a good certificate look expired.");
}

static bool is_normal_end(const struct explained_code *code)
{
    return code->fact != NULL && code->fact->beware != NULL &&
           strncmp(code->fact->beware, "A normal ending", strlen("A normal ending")) == 0;
}

static void name_the_pair(struct explanation *explanation)
{
    const struct explained_code *first = explanation->codes;
    const struct explained_code *second = explanation->code_count > 1 ? first + 1 : NULL;
    bool pair = second != NULL && second->kind == CODE_EXTENDED && !second->aside;
    if (explanation->code_count == 0 || first->kind == CODE_NEGOTIATION || first->kind == CODE_FREERDP ||
        first->kind == CODE_EVENT || first->kind == CODE_ERRINFO || first->kind == CODE_EXTENDED || first->fact == NULL)
        return;
    if (pair)
        snprintf(explanation->asked, sizeof explanation->asked, "0x%X/0x%X", first->value, second->value);
    else
        snprintf(explanation->asked, sizeof explanation->asked, "0x%X", first->value);
    note_disagreement(explanation, first->value, pair ? (int64_t)second->value : -1);
    explanation->normal_end = is_normal_end(first) || (first->value == 3 && pair && is_normal_end(second));
}

static void summarise(struct explanation *explanation)
{
    const struct explained_code *first = explanation->codes;
    if (explanation->code_count == 0) {
        snprintf(explanation->summary, EXPLAIN_TEXT, "%s", explanation->notes[0]);
        return;
    }
    if (first->fact == NULL && explanation->code_count > 1 && explanation->codes[1].aside)
        first = &explanation->codes[1];
    const char *meaning = first->fact != NULL ? first->fact->meaning : "in none of our lists.";
    if (first->event != NULL)
        meaning = first->event->meaning;
    if (explanation->asked[0] != '\0')
        snprintf(explanation->summary, EXPLAIN_TEXT, "%s: %s", explanation->asked, meaning);
    else if (first->kind == CODE_EVENT || first->kind == CODE_FREERDP)
        snprintf(explanation->summary, EXPLAIN_TEXT, "%s %u: %s", code_kind_name(first->kind), first->value, meaning);
    else
        snprintf(explanation->summary, EXPLAIN_TEXT, "%s 0x%X: %s", code_kind_name(first->kind), first->value, meaning);
}

void explain(const struct found *found, struct explanation *explanation)
{
    *explanation = (struct explanation){ .code_count = 0 };
    if (found->count == 0 && found->phrase_count == 0)
        return;
    for (unsigned i = 0; i < found->count; i++) {
        if (found->codes[i].kind == CODE_EVENT)
            add_events(explanation, found->codes[i].value, false);
        else
            add_found(explanation, &found->codes[i]);
    }
    for (unsigned i = 0; i < found->phrase_count; i++)
        note(explanation, "Words of the text: %s", found->phrases[i]->meaning);
    name_the_pair(explanation);
    if (found->count == 1)
        add_asides(explanation, &found->codes[0]);
    if (found->count > 0 && explanation->code_count == found->count)
        fill_near(explanation, found->codes[0].decimal);
    explain_causes(explanation, found);
    explain_next(explanation);
    summarise(explanation);
}

const char *explain_where(const char *check)
{
    static const struct {
        const char *check;
        const char *where;
    } places[] = {
        { "name", "the name does not resolve, or resolves elsewhere" },
        { "route", "the traffic does not go where it should" },
        { "tcp", "the port does not open" },
        { "negotiation", "it ends before, or with, the server's first answer" },
        { "tls", "it ends when the TLS handshake begins" },
        { "certificate", "TLS works; the certificate is at fault" },
        { "nla", "TLS works; NLA ends it before the password counts" },
        { "logon", "user name, password or right" },
        { "session", "it ends after the logon" },
        { "udp", "the session starts, then drops; TCP alone stays" },
        { "gateway", "it ends at the gateway or the broker" },
        { "mtu", "it stalls as soon as big packets are due" },
        { "path", "it drops at times, with lost packets" },
        { "bandwidth", "it is slow from the start" },
        { "load", "answers come late, or only now and then" },
        { "client", "another client works" },
    };
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (strcmp(places[i].check, check) == 0)
            return places[i].where;
    }
    return "";
}

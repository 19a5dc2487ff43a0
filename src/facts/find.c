#include "facts/find.h"

#include <string.h>

#include "base/text.h"
#include "facts/labels.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

enum code_kind find_kind_of(uint32_t value)
{
    if (code_fact(CODE_DISCONNECT, value) != NULL)
        return CODE_DISCONNECT;
    if (code_fact(CODE_GATEWAY, value) != NULL || value >> 16 == 0x300)
        return CODE_GATEWAY;
    if (value >= 0x20000 && value < 0x20100)
        return CODE_FREERDP;
    if (code_fact(CODE_ERRINFO, value) != NULL && value >= 0x400)
        return CODE_ERRINFO;
    if (value >> 28 == 0x8)
        return CODE_HRESULT;
    return value >> 28 >= 0xC ? CODE_NTSTATUS : CODE_DISCONNECT;
}

static void add(struct found *found, enum code_kind kind, uint32_t value, bool decimal)
{
    for (unsigned i = 0; i < found->count; i++) {
        if (found->codes[i].kind == kind && found->codes[i].value == value)
            return;
    }
    if (found->count < FIND_MAX)
        found->codes[found->count++] = (struct found_code){ kind, value, decimal };
}

/* Behind a first code, a small number is its extended code. */
static void add_in_order(struct found *found, uint32_t value, bool decimal, bool extended)
{
    enum code_kind kind = find_kind_of(value);
    bool follows = found->count > 0 && found->codes[0].kind != CODE_EXTENDED && found->codes[0].kind != CODE_ERRINFO;
    for (unsigned i = 0; i < found->count; i++)
        follows = follows && found->codes[i].kind != CODE_EXTENDED;
    if (value < 0x10000 && (extended || follows))
        kind = CODE_EXTENDED;
    /* one that is nothing else is an extended code behind whatever came first: that may be a slip of the pen */
    if (found->count > 0 && code_fact(kind, value) == NULL && code_fact(CODE_EXTENDED, value) != NULL)
        kind = CODE_EXTENDED;
    add(found, kind, value, decimal);
}

static const char separators[] = " \t\r\n,;/";

bool find_are_words(const char *words)
{
    const char *at = words + strspn(words, separators);
    if (*at == '\0')
        return false;
    for (; *at != '\0'; at += strspn(at, separators)) {
        const char *digits = *at == '-' ? at + 1 : at;
        if (!is_digit(*digits))
            return false;
        at += strcspn(at, separators);
    }
    return true;
}

static bool read_word(const char *word, size_t length, uint32_t *value, bool *decimal)
{
    char copy[32];
    uint64_t number = 0;
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, word, length);
    copy[length] = '\0';
    bool negative = copy[0] == '-';
    if (!text_number(copy + (negative ? 1 : 0), negative ? 0x80000000u : UINT32_MAX, &number))
        return false;
    *value = negative ? (uint32_t)(0x100000000u - number) : (uint32_t)number;
    *decimal = strchr(copy, 'x') == NULL && strchr(copy, 'X') == NULL;
    return true;
}

bool find_in_words(const char *words, struct found *found, struct error *error)
{
    struct found result = { .count = 0 };
    unsigned seen = 0;
    for (const char *at = words + strspn(words, separators); *at != '\0'; at += strspn(at, separators)) {
        size_t length = strcspn(at, separators);
        uint32_t value = 0;
        bool decimal = false;
        if (!read_word(at, length, &value, &decimal))
            return error_set(error, ERROR_USAGE,
                             "%.*s: not a code; codes are numbers of at most 32 bits, such as 0x904 or 2308",
                             length > 60 ? 60 : (int)length, at);
        if (++seen > 2)
            return error_set(error, ERROR_USAGE,
                             "%.*s: more than two codes; give the error code and the extended error code",
                             length > 60 ? 60 : (int)length, at);
        add_in_order(&result, value, decimal, false);
        at += length;
    }
    if (seen == 0)
        return error_set(error, ERROR_USAGE, "no code given; for example: rdpwhy explain 0x904 0x7");
    *found = result;
    return true;
}

/* A walk over a text. The label of a number is what stands before it: back to the line's start, the number before, or
 * the end of a sentence. */
struct walk {
    const char *at;
    const char *end;
    const char *label;
    const char *named; /* end of a symbol that was just taken; the number in brackets behind it is its own */
    struct found *found;
};

static bool starts_token(const struct walk *walk, const char *start)
{
    return walk->at == start || !is_word(walk->at[-1]);
}

/* ERRINFO_LOGOFF_BY_USER, SSL_ERR_LOGON_FAILURE, ... */
static void take_symbol(struct walk *walk)
{
    const char *start = walk->at;
    char name[64];
    enum code_kind kind = CODE_DISCONNECT;
    while (walk->at < walk->end && is_word(*walk->at))
        walk->at++;
    size_t length = (size_t)(walk->at - start);
    if (length >= sizeof name || memchr(start, '_', length) == NULL)
        return;
    memcpy(name, start, length);
    name[length] = '\0';
    const struct code_fact *fact = code_by_name(name, &kind);
    if (fact == NULL)
        return;
    add(walk->found, kind, fact->value, false);
    walk->named = walk->at;
}

static bool distinctive(uint32_t value)
{
    enum code_kind kind = find_kind_of(value);
    return value >= 0x20000 && code_fact(kind, value) != NULL;
}

static void decide(struct walk *walk, const char *start, uint32_t value, bool decimal)
{
    struct label label = label_read(walk->label, (size_t)(start - walk->label));
    if (label.event && decimal && event_next(value, NULL) != NULL)
        add(walk->found, CODE_EVENT, value, decimal);
    else if (label.stop || (label.event && decimal))
        return;
    else if (label.exit && decimal && code_fact(CODE_FREERDP, value) != NULL)
        add(walk->found, CODE_FREERDP, value, decimal);
    else if (label.exit)
        return;
    else if (label.negotiation)
        add(walk->found, CODE_NEGOTIATION, value, decimal);
    else if (label.errinfo)
        add(walk->found, CODE_ERRINFO, value, decimal);
    else if (decimal ? label.code_right_before : label.code || label.foreign_field || distinctive(value))
        add_in_order(walk->found, value, decimal, label.extended);
}

/* A number: hexadecimal with 0x, or decimal that is no part of a time, a date, a version or an identifier. */
static void take_number(struct walk *walk, const char *text)
{
    const char *start = walk->at;
    bool decimal = !(walk->end - start > 2 && start[0] == '0' && (start[1] == 'x' || start[1] == 'X'));
    char before = start > text ? start[-1] : ' ';
    walk->at += decimal ? 0 : 2;
    while (walk->at < walk->end && (decimal ? is_digit(*walk->at) : is_hex(*walk->at)))
        walk->at++;
    char behind = walk->at < walk->end ? *walk->at : ' ';
    char then = walk->end - walk->at > 1 ? walk->at[1] : ' ';
    uint32_t value = 0;
    bool whole = !is_word(behind) && !(decimal && strchr("./:-", behind) != NULL && is_digit(then)) &&
                 !(decimal && strchr("./-", before) != NULL);
    bool own = walk->named != NULL && start - walk->named < 8;
    if (whole && !own && read_word(start, (size_t)(walk->at - start), &value, &decimal))
        decide(walk, start, value, decimal);
    while (walk->at < walk->end && is_word(*walk->at))
        walk->at++;
    walk->label = walk->at;
    walk->named = NULL;
}

static void find_phrases(const char *text, size_t size, struct found *found)
{
    const struct phrase_fact *phrase;
    for (unsigned i = 0; (phrase = phrase_at(i)) != NULL; i++) {
        if (found->phrase_count < FIND_PHRASES && phrase_in(phrase, text, size))
            found->phrases[found->phrase_count++] = phrase;
    }
}

void find_in_text(const char *text, size_t size, struct found *found)
{
    struct walk walk = { .at = text, .end = text + size, .label = text, .found = found };
    *found = (struct found){ .count = 0 };
    find_phrases(text, size, found);
    while (walk.at < walk.end) {
        if (*walk.at == '\n' || *walk.at == ';' || *walk.at == '|') {
            walk.at++;
            walk.label = walk.at;
        } else if (is_digit(*walk.at) && starts_token(&walk, text)) {
            take_number(&walk, text);
        } else if (is_word(*walk.at) && starts_token(&walk, text)) {
            take_symbol(&walk);
        } else {
            walk.at++;
        }
    }
}

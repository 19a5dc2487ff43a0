#include "facts/labels.h"

#include <string.h>

#include "base/attributes.h"

/* Only the end of a long run of words is a field's name. */
enum { LABEL_MAX = 72, WORDS_MAX = 16 };

/* Words for "code" in the languages Windows speaks: as a whole word, or the end of a compound ("Fehlercode"). */
static const char *const code_ends[] = {
    "code",
    "codes",
    "kode",
    "kod",
    "kodu",
    "kods",
    "kodas",
    "koodi",
    "kood",
    "cod",
    "codi",
    "codice",
    "code",
    "kodea",
    "codigo",
    "c\u00f3digo",
    "k\u00f3d",
    "k\u00f3dja",
    "\u043a\u043e\u0434",                         /* Russian, Ukrainian, Bulgarian, Serbian */
    "\u03ba\u03c9\u03b4\u03b9\u03ba\u03cc\u03c2", /* Greek */
    "\u05e7\u05d5\u05d3",                         /* Hebrew */
};
/* Without spaces between words, anywhere in the label. */
static const char *const code_parts[] = {
    "\u30b3\u30fc\u30c9",       /* Japanese */
    "\u4ee3\u7801",             /* Chinese, simplified */
    "\u4ee3\u78bc",             /* Chinese, traditional */
    "\ucf54\ub4dc",             /* Korean */
    "\u0e23\u0e2b\u0e31\u0e2a", /* Thai */
    "\u0631\u0645\u0632",       /* Arabic */
};
static const char *const extended_parts[] = {
    "extended",
    "erweitert",
    "\u00e9tendu",
    "etendu",
    "extendid",
    "esteso",
    "estendid",
    "expandid",
    "uitgebreid",
    "ut\u00f6kad",
    "udvidet",
    "utvidet",
    "rozszerz",
    "roz\u0161\u00ed\u0159",
    "roz\u0161\u00edr",
    "geni\u015flet",
    "laajenne",
    "kiterjeszt",
    "extins",
    "pro\u0161ire",
    "\u0440\u0430\u0441\u0448\u0438\u0440\u0435\u043d", /* Russian; capital below */
    "\u0420\u0430\u0441\u0448\u0438\u0440\u0435\u043d",
    "\u0440\u043e\u0437\u0448\u0438\u0440\u0435\u043d",
    "\u0420\u043e\u0437\u0448\u0438\u0440\u0435\u043d",
    "\u62e1\u5f35",
    "\u6269\u5c55",
    "\u64f4\u5145",
    "\u5ef6\u4f38",
    "\ud655\uc7a5",
};
/* May stand between "code" and a decimal number. */
static const char *const small_words[] = { "is", "was", "of", "number", "nr", "no", "value" };
/* Makes another thing of a "code" behind it. */
static const char *const other_codes[] = { "zip", "post", "postal", "area", "country", "language", "source", "dial" };
static const char *const stop_words[] = {
    "address", "adresse",  "offset", "pid",     "tid",     "port",   "handle",  "thread",   "flags",
    "flag",    "version",  "build",  "decode",  "encode",  "opcode", "keycode", "scancode", "line",
    "zip",     "postcode", "http",   "session", "process", "module", "pointer", "size",     "length",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool separates(char c)
{
    return strchr(" \t\r.,:=()[]{}<>#\"'!?-", c) != NULL || c == '\0';
}

/* The label as lower-case words (ASCII letters only; the rest stays as it is). */
struct words {
    char text[LABEL_MAX + 1];
    const char *items[WORDS_MAX];
    size_t count;
};

static void split(struct words *words, const char *bytes, size_t size)
{
    size_t length = 0;
    bool inside = false;
    if (size > LABEL_MAX) {
        bytes += size - LABEL_MAX;
        size = LABEL_MAX;
    }
    words->count = 0;
    for (size_t i = 0; i < size; i++) {
        char c = separates(bytes[i]) ? '\0' : lower(bytes[i]);
        words->text[length] = c;
        if (c != '\0' && !inside && words->count < WORDS_MAX)
            words->items[words->count++] = &words->text[length];
        inside = c != '\0';
        length++;
    }
    words->text[length] = '\0';
}

static bool ends_with(const char *word, const char *end)
{
    size_t length = strlen(word);
    size_t tail = strlen(end);
    return length >= tail && memcmp(word + length - tail, end, tail) == 0;
}

static bool is_code_word(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(code_ends); i++) {
        if (ends_with(word, code_ends[i]))
            return true;
    }
    for (size_t i = 0; i < COUNT_OF(code_parts); i++) {
        if (strstr(word, code_parts[i]) != NULL)
            return true;
    }
    /* A capital Cyrillic "code" begins a line. */
    return strcmp(word, "\u041a\u043e\u0434") == 0 || strcmp(word, "\u039a\u03c9\u03b4\u03b9\u03ba\u03cc\u03c2") == 0;
}

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, list[i]) == 0)
            return true;
    }
    return false;
}

static bool has(const struct words *words, const char *wanted)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->items[i], wanted) == 0)
            return true;
    }
    return false;
}

/* What stands directly before the number, spaces aside: a colon (ASCII or full-width) or an equals sign? */
static bool is_field(const char *bytes, size_t size)
{
    while (size > 0 && (bytes[size - 1] == ' ' || bytes[size - 1] == '\t'))
        size--;
    if (size >= 2 && memcmp(bytes + size - 2, "\u00a0", 2) == 0)
        size -= 2;
    if (size > 0 && (bytes[size - 1] == ':' || bytes[size - 1] == '='))
        return true;
    return size >= 3 && memcmp(bytes + size - 3, "\uff1a", 3) == 0;
}

static bool is_foreign(const char *bytes, size_t size)
{
    for (size_t i = size > LABEL_MAX ? size - LABEL_MAX : 0; i < size; i++) {
        if ((unsigned char)bytes[i] >= 0x80)
            return true;
    }
    return false;
}

static bool has_extended(const struct words *words)
{
    for (size_t w = 0; w < words->count; w++) {
        for (size_t i = 0; i < COUNT_OF(extended_parts); i++) {
            if (strstr(words->items[w], extended_parts[i]) != NULL)
                return true;
        }
    }
    return false;
}

/* Read from the number backwards: the nearest word that says something decides. */
static void read_code_words(struct label *label, const struct words *words, bool field)
{
    size_t between = 0;
    for (size_t i = words->count; i > 0; i--) {
        const char *word = words->items[i - 1];
        label->stop = is_one_of(word, stop_words, COUNT_OF(stop_words));
        label->code = is_code_word(word) && (field || between <= 3);
        label->code = label->code || (field && strcmp(word, "reason") == 0);
        if (label->code && i > 1 && is_one_of(words->items[i - 2], other_codes, COUNT_OF(other_codes)))
            *label = (struct label){ .stop = true };
        if (label->stop || label->code)
            break;
        between += is_one_of(word, small_words, COUNT_OF(small_words)) ? 0 : 1;
    }
    label->code_right_before = label->code && (field || between == 0);
}

struct label label_read(const char *bytes, size_t size)
{
    struct label label = { .code = false };
    struct words words;
    split(&words, bytes, size);
    bool field = is_field(bytes, size);
    read_code_words(&label, &words, field);
    label.extended = has_extended(&words);
    label.foreign_field = field && is_foreign(bytes, size);
    label.event = (has(&words, "event") && (has(&words, "id") || words.count <= 2)) || has(&words, "eventid") ||
                  has(&words, "ereignis") || has(&words, "ereignisid");
    label.exit = has(&words, "exit") || has(&words, "rc");
    label.negotiation = has(&words, "failurecode") || (has(&words, "failure") && has(&words, "code")) ||
                        has(&words, "rdp_neg_failure") || has(&words, "node_rdp_protocol_x224_neg_failure");
    label.errinfo = has(&words, "errinfo") || has(&words, "errorinfo") || (has(&words, "error") && has(&words, "info"));
    return label;
}

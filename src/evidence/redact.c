#include "evidence/redact.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/buffer.h"
#include "evidence/tokens.h"

enum { NETBIOS_LENGTH = 15, CUT_MOST = 3, TEXT_CAP = 16384, ADDRESS_CLASSES = ADDRESS_CLASS_MULTICAST + 1 };

struct redactor {
    struct tokens names;
    struct tokens hashes;
    struct tokens users;
    struct tokens addresses[3][ADDRESS_CLASSES]; /* by family: each class counts its own */
    const char *cut[CUT_MOST];                   /* labels of 15 that may be the beginning of longer ones */
    size_t (*keep)(const char *at);
    struct error *error;
};

static bool label_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           (unsigned char)c >= 0x80;
}

static size_t label_length(const char *text)
{
    size_t length = 0;
    while (label_char(text[length])) {
        length++;
    }
    return length;
}

static bool equal_n(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char left = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] - 'A' + 'a') : a[i];
        char right = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] - 'A' + 'a') : b[i];
        if (left != right) {
            return false;
        }
    }
    return true;
}

/* Addresses that are surely nobody's, of the same class as seen by address_class_of: 240.0.0.0/4 and 4000::/3 were
 * never given out, and count as global. */
static bool stand_in(enum address_family family, enum address_class class, size_t number, char text[ADDRESS_TEXT_SIZE])
{
    static const char *const v4[ADDRESS_CLASSES] = {
        [ADDRESS_CLASS_GLOBAL] = "240.0",       [ADDRESS_CLASS_PRIVATE] = "10.0",
        [ADDRESS_CLASS_LINK_LOCAL] = "169.254", [ADDRESS_CLASS_SHARED] = "100.64",
        [ADDRESS_CLASS_BENCHMARK] = "198.18",   [ADDRESS_CLASS_DOCUMENTATION] = NULL,
        [ADDRESS_CLASS_MULTICAST] = "239.0",
    };
    static const char *const v6[ADDRESS_CLASSES] = {
        [ADDRESS_CLASS_GLOBAL] = "4000::",          [ADDRESS_CLASS_PRIVATE] = "fd00::",
        [ADDRESS_CLASS_LINK_LOCAL] = "fe80::",      [ADDRESS_CLASS_DOCUMENTATION] = "2001:db8::",
        [ADDRESS_CLASS_MULTICAST] = "ff0e::",       [ADDRESS_CLASS_SHARED] = "::ffff:6440:",
        [ADDRESS_CLASS_BENCHMARK] = "::ffff:c612:",
    };
    if (family == ADDRESS_V6 && v6[class] != NULL) {
        snprintf(text, ADDRESS_TEXT_SIZE, "%s%zx", v6[class], number & 0xffff);
        return true;
    }
    if (family == ADDRESS_V4 && class == ADDRESS_CLASS_DOCUMENTATION) {
        snprintf(text, ADDRESS_TEXT_SIZE, "203.0.113.%zu", number & 0xff);
        return true;
    }
    if (family == ADDRESS_V4 && v4[class] != NULL) {
        snprintf(text, ADDRESS_TEXT_SIZE, "%s.%zu.%zu", v4[class], number >> 8 & 0xff, number & 0xff);
        return true;
    }
    return false; /* loopback and the unspecified address say nothing about anybody */
}

static bool add_address(struct redactor *redactor, const struct address *address, struct buffer *out)
{
    char text[ADDRESS_TEXT_SIZE];
    struct address plain = *address;
    plain.scope = 0;
    address_format(&plain, text);
    enum address_class class = address_class_of(&plain);
    size_t number;
    if (!tokens_number(&redactor->addresses[plain.family][class], text, strlen(text), &number)) {
        return false;
    }
    stand_in(plain.family, class, number, text);
    return buffer_text(out, text);
}

/* An address literal at the beginning of `text`; its length, 0: none. */
static size_t address_at(const char *text, struct address *address)
{
    size_t length = strspn(text, "0123456789abcdefABCDEF.:");
    char literal[ADDRESS_TEXT_SIZE];
    if (label_char(text[length])) {
        return 0;
    }
    /* Behind the literal may stand a port (":3389") or the full stop of a sentence. */
    for (; length > 2 && length < sizeof literal; length--) {
        bool ends = text[length] == '\0' || !label_char(text[length]);
        memcpy(literal, text, length);
        literal[length] = '\0';
        if (ends && strpbrk(literal, ".:") != NULL && address_parse(literal, address)) {
            return text[length] == '%' ? length + 1 + label_length(text + length + 1) : length;
        }
    }
    return 0;
}

static bool was_cut(const struct redactor *redactor, const char *label)
{
    for (size_t i = 0; i < CUT_MOST; i++) {
        if (redactor->cut[i] != NULL && equal_n(redactor->cut[i], label, NETBIOS_LENGTH)) {
            return true;
        }
    }
    return false;
}

static bool add_label(struct redactor *redactor, const char *label, size_t length, struct buffer *out)
{
    size_t number;
    if (length < NETBIOS_LENGTH || !was_cut(redactor, label)) {
        return tokens_number(&redactor->names, label, length, &number) && buffer_format(out, "n%zu", number);
    }
    char stem[NETBIOS_LENGTH + 1] = "nxxxxxxxxxxxxxx";
    if (!tokens_number(&redactor->names, label, NETBIOS_LENGTH, &number)) {
        return false;
    }
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%zu", number);
    memcpy(stem + 1, digits, count < NETBIOS_LENGTH ? (size_t)count : NETBIOS_LENGTH - 1);
    if (length == NETBIOS_LENGTH) {
        return buffer_text(out, stem);
    }
    return tokens_number(&redactor->names, label, length, &number) && buffer_format(out, "%s%zu", stem, number);
}

/* "CN=", "1.2.3=": the keys of distinguished names are no secret. Their length with the sign, 0: none. */
static size_t key_at(const char *text)
{
    static const char *const keys[] = { "CN",
                                        "O",
                                        "OU",
                                        "C",
                                        "L",
                                        "ST",
                                        "S",
                                        "DC",
                                        "STREET",
                                        "UID",
                                        "SN",
                                        "GN",
                                        "serialNumber",
                                        "emailAddress",
                                        "title",
                                        "unstructuredName" };
    size_t length = strspn(text, "0123456789.");
    if (length > 0 && text[length] == '=') {
        return length + 1;
    }
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        length = strlen(keys[i]);
        if (strncmp(text, keys[i], length) == 0 && text[length] == '=') {
            return length + 1;
        }
    }
    return 0;
}

static size_t kept_at(const struct redactor *redactor, const char *text)
{
    return redactor->keep != NULL ? redactor->keep(text) : 0;
}

/* A label ends where a kept word begins, even in its middle. */
static size_t label_until_kept(const struct redactor *redactor, const char *text)
{
    size_t length = label_length(text);
    for (size_t i = 1; i < length; i++) {
        if (kept_at(redactor, text + i) > 0) {
            return i;
        }
    }
    return length;
}

static size_t add_literal(const char *text, size_t length, struct buffer *out)
{
    return buffer_add(out, text, length) ? length : 0;
}

/* Redacts what stands at `at`; returns how far it went, 0: no memory. */
static size_t name_step(struct redactor *redactor, const char *text, const char *at, struct buffer *out)
{
    struct address address;
    bool fresh = at == text || !label_char(at[-1]);
    size_t length = kept_at(redactor, at);
    if (length > 0) {
        return add_literal(at, length, out);
    }
    if (fresh && (length = key_at(at)) > 0) {
        return add_literal(at, length, out);
    }
    if (fresh && (length = address_at(at, &address)) > 0) {
        return add_address(redactor, &address, out) ? length : 0;
    }
    length = label_until_kept(redactor, at);
    if (length == 0) {
        return add_literal(at, 1, out);
    }
    bool port = at > text && at[-1] == ':' && strspn(at, "0123456789") == length;
    if (port || (length == strlen("localhost") && equal_n(at, "localhost", length))) {
        return add_literal(at, length, out);
    }
    return add_label(redactor, at, length, out) ? length : 0;
}

/* Words of our own: only what is known as a name or is an address goes. */
static size_t words_step(struct redactor *redactor, const char *text, const char *at, struct buffer *out)
{
    struct address address;
    size_t number;
    bool fresh = at == text || !label_char(at[-1]);
    size_t length = fresh ? address_at(at, &address) : 0;
    if (length > 0) {
        return add_address(redactor, &address, out) ? length : 0;
    }
    length = label_length(at);
    if (length == 0) {
        return add_literal(at, 1, out);
    }
    if (!tokens_find(&redactor->names, at, length, &number)) {
        return add_literal(at, length, out);
    }
    return add_label(redactor, at, length, out) ? length : 0;
}

typedef size_t step_function(struct redactor *redactor, const char *text, const char *at, struct buffer *out);

static char *walk(struct redactor *redactor, const char *text, step_function *step)
{
    struct buffer out;
    buffer_init(&out, TEXT_CAP);
    for (const char *at = text; *at != '\0';) {
        size_t done = step(redactor, text, at, &out);
        if (done == 0) {
            out.failed = true;
            break;
        }
        at += done;
    }
    char *redacted = buffer_steal_text(&out);
    buffer_release(&out);
    return redacted;
}

static char *token_for(struct tokens *tokens, const char *prefix, const char *text)
{
    size_t number;
    return tokens_number(tokens, text, strlen(text), &number) ? alloc_format("%s%zu", prefix, number) : NULL;
}

static bool take(struct redactor *redactor, struct ev_text *field, char *redacted)
{
    if (redacted == NULL) {
        return error_no_memory(redactor->error);
    }
    alloc_free(field->v);
    field->v = redacted;
    return true;
}

static bool redact_text(struct redactor *redactor, const struct field *row, struct ev_text *field, bool words)
{
    if (field->source == SOURCE_NONE || (row->privacy == PRIVACY_WORDS) != words) {
        return true;
    }
    switch (row->privacy) {
    case PRIVACY_NONE:
        return true;
    case PRIVACY_NAME:
    case PRIVACY_ADDRESS: /* also "host:port", or a name where an address is expected */
        return take(redactor, field, walk(redactor, field->v, name_step));
    case PRIVACY_WORDS:
        return take(redactor, field, walk(redactor, field->v, words_step));
    case PRIVACY_USER:
        return take(redactor, field, token_for(&redactor->users, "u", field->v));
    case PRIVACY_HASH:
        return take(redactor, field, token_for(&redactor->hashes, "h", field->v));
    case PRIVACY_RAW:
        return take(redactor, field, alloc_text(""));
    }
    return true;
}

/* A Confirm is numbers only; whatever else answered may have said who it is. That something was seen stays. */
static void redact_bytes(const struct field *row, struct ev_bytes *field)
{
    enum { TPKT_VERSION = 3 };
    bool confirm = field->size >= 2 && field->v[0] == TPKT_VERSION && field->v[1] == 0;
    if (row->privacy != PRIVACY_NONE || !confirm) {
        field->size = 0;
    }
}

static bool redact_fields(struct redactor *redactor, const struct field_table *table, void *object, bool words);

static bool redact_list(struct redactor *redactor, const struct field *row, struct ev_list *list, bool words)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!redact_fields(redactor, row->group, (char *)list->items + i * row->group->size, words)) {
            return false;
        }
    }
    return true;
}

static bool redact_fields(struct redactor *redactor, const struct field_table *table, void *object, bool words)
{
    bool done = true;
    for (size_t i = 0; i < table->count && done; i++) {
        const struct field *row = &table->fields[i];
        void *member = (char *)object + row->offset;
        if (row->kind == FIELD_TEXT) {
            done = redact_text(redactor, row, member, words);
        } else if (row->kind == FIELD_BYTES) {
            redact_bytes(row, member);
        } else if (row->kind == FIELD_GROUP) {
            done = redact_fields(redactor, row->group, member, words);
        } else if (row->kind == FIELD_LIST) {
            done = redact_list(redactor, row, member, words);
        }
    }
    return done;
}

static bool redact_all(struct redactor *redactor, struct evidence *evidence, bool words)
{
    bool done = redact_fields(redactor, &evidence_table, evidence, words);
    for (int id = 0; id < CHECK_COUNT && done; id++) {
        const struct field_table *group = evidence_group((enum check_id)id);
        done = redact_fields(redactor, &check_table, &evidence->checks[id], words) &&
               (group == NULL || redact_fields(redactor, group, evidence_group_of(evidence, (enum check_id)id), words));
    }
    return done;
}

static void note_cut(struct redactor *redactor, size_t at, const struct ev_text *name)
{
    if (name->source != SOURCE_NONE && label_length(name->v) == NETBIOS_LENGTH) {
        redactor->cut[at] = name->v;
    }
}

struct evidence *evidence_redact(const struct evidence *evidence, size_t (*keep)(const char *at), struct error *error)
{
    struct evidence *copy = evidence_copy(evidence, error);
    struct redactor *redactor = alloc_new(sizeof *redactor);
    bool done = copy != NULL && redactor != NULL;
    if (redactor == NULL) {
        error_no_memory(error);
    }
    if (done) {
        redactor->keep = keep;
        redactor->error = error;
        note_cut(redactor, 0, &evidence->nla.target.netbios_computer);
        note_cut(redactor, 1, &evidence->nla.target.netbios_domain);
        note_cut(redactor, 2, &evidence->target.host);
        done = redact_all(redactor, copy, false) && redact_all(redactor, copy, true);
        ev_set_bool(&copy->redacted, SOURCE_COMPUTED, true);
    }
    if (redactor != NULL) {
        tokens_release(&redactor->names);
        tokens_release(&redactor->hashes);
        tokens_release(&redactor->users);
        for (size_t family = 0; family < COUNT_OF(redactor->addresses); family++) {
            for (size_t class = 0; class < ADDRESS_CLASSES; class ++) {
                tokens_release(&redactor->addresses[family][class]);
            }
        }
        alloc_free(redactor);
    }
    if (!done) {
        evidence_free(copy);
        return NULL;
    }
    return copy;
}

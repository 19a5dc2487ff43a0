#include "x509/names.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/writer.h"

void x509_problem(struct x509_certificate *certificate, const char *problem)
{
    if (certificate->problem == NULL) {
        certificate->problem = problem;
    }
}

static bool text_of(struct x509_text *text, const void *bytes, size_t size)
{
    text->bytes = alloc_copy(bytes, size);
    text->size = text->bytes != NULL ? size : 0;
    return text->bytes != NULL;
}

/* RFC 4514 2.4: what needs care in a value. Quotes, which RFC 2253 had and readers still take, rather than backslashes:
 * base/text.h doubles those. */
static bool needs_quotes(const uint8_t *value, size_t size)
{
    static const char special[] = ",+\"\\<>;=";
    if (size == 0) {
        return false;
    }
    if (value[0] == ' ' || value[0] == '#' || value[size - 1] == ' ') {
        return true;
    }
    for (size_t i = 0; i < size; i++) {
        if (value[i] != 0 && strchr(special, value[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* Writes what fits. A name that is too long ends there. */
static void put(struct writer *out, const void *bytes, size_t size)
{
    size_t room = (size_t)(out->end - out->at);
    writer_bytes(out, bytes, size < room ? size : room);
}

static void value_put(struct writer *out, const uint8_t *value, size_t size)
{
    if (!needs_quotes(value, size)) {
        put(out, value, size);
        return;
    }
    put(out, "\"", 1);
    for (size_t i = 0; i < size && out->at < out->end; i++) {
        if (value[i] == '"' || value[i] == '\\') {
            put(out, "\\", 1);
        }
        put(out, value + i, 1);
    }
    put(out, "\"", 1);
}

/* A value as UTF-8 where its string type can be turned into it, else its raw bytes. `*utf8` is to be freed. */
static size_t value_of(const ASN1_STRING *string, unsigned char **utf8, const uint8_t **bytes)
{
    int size = ASN1_STRING_length(string);
    *utf8 = NULL;
    *bytes = ASN1_STRING_get0_data(string);
    if (size > 0 && size <= X509_NAME_TEXT_MAX) {
        int converted = ASN1_STRING_to_UTF8(utf8, string);
        if (converted >= 0) {
            *bytes = *utf8;
            size = converted;
        } else {
            *utf8 = NULL;
        }
    }
    return size > 0 ? (size_t)size : 0;
}

static void entry_put(struct writer *out, const X509_NAME_ENTRY *entry)
{
    char oid[X509_OID_TEXT_MAX];
    const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
    int nid = OBJ_obj2nid(object);
    const char *type = oid;
    if (nid != NID_undef) {
        type = OBJ_nid2sn(nid);
    } else {
        OBJ_obj2txt(oid, sizeof oid, object, 1);
    }
    put(out, type, strlen(type));
    put(out, "=", 1);
    unsigned char *utf8;
    const uint8_t *bytes;
    size_t size = value_of(X509_NAME_ENTRY_get_data(entry), &utf8, &bytes);
    value_put(out, bytes, size);
    OPENSSL_free(utf8);
}

bool x509_name_text(const X509_NAME *name, struct x509_text *text)
{
    uint8_t *room = alloc_array(1, X509_NAME_TEXT_MAX);
    if (room == NULL) {
        return false;
    }
    struct writer out = writer_of(room, X509_NAME_TEXT_MAX);
    int set = -1;
    for (int i = X509_NAME_entry_count(name) - 1; i >= 0 && out.at < out.end; i--) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        if (writer_size(&out) > 0) {
            put(&out, X509_NAME_ENTRY_set(entry) == set ? "+" : ",", 1);
        }
        set = X509_NAME_ENTRY_set(entry);
        entry_put(&out, entry);
    }
    bool ok = text_of(text, room, writer_size(&out));
    alloc_free(room);
    return ok;
}

bool x509_name_common(const X509_NAME *name, struct x509_text *text)
{
    for (int i = X509_NAME_entry_count(name) - 1; i >= 0; i--) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) != NID_commonName) {
            continue;
        }
        unsigned char *utf8;
        const uint8_t *bytes;
        size_t size = value_of(X509_NAME_ENTRY_get_data(entry), &utf8, &bytes);
        bool ok = text_of(text, bytes, size < X509_NAME_TEXT_MAX ? size : X509_NAME_TEXT_MAX);
        OPENSSL_free(utf8);
        return ok;
    }
    return true;
}

/* One DER item inside a run of them. */
struct item {
    int tag;
    int class;
    const unsigned char *content;
    size_t size;
};

/* False at the end, or where the DER is broken (`*left` is then not 0). */
static bool next_item(const unsigned char **at, size_t *left, struct item *item)
{
    long size;
    const unsigned char *content = *at;
    if (*left == 0) {
        return false;
    }
    int flags = ASN1_get_object(&content, &size, &item->tag, &item->class, (long)*left);
    size_t header = (size_t)(content - *at);
    if ((flags & 0x80) != 0 || (flags & 1) != 0 || size < 0 || header > *left || (size_t)size > *left - header) {
        return false; /* unreadable, or an indefinite length, which DER has not */
    }
    item->content = content;
    item->size = (size_t)size;
    *at = content + size;
    *left -= header + (size_t)size;
    return true;
}

/* The content of an extension that is one SEQUENCE. False: not there, or broken (then noted). */
static bool extension_sequence(const X509 *x509, int nid, struct x509_certificate *certificate, const char *problem,
                               struct item *sequence)
{
    int place = X509_get_ext_by_NID(x509, nid, -1);
    if (place < 0) {
        return false;
    }
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(x509, place));
    const unsigned char *at = ASN1_STRING_get0_data(value);
    size_t left = (size_t)ASN1_STRING_length(value);
    if (!next_item(&at, &left, sequence) || sequence->tag != V_ASN1_SEQUENCE || left != 0) {
        x509_problem(certificate, problem);
        return false;
    }
    return true;
}

static bool san_keep(struct x509_certificate *certificate, const struct item *item)
{
    enum { V4_SIZE = 4, V6_SIZE = 16 };
    struct x509_text *place = &certificate->san[certificate->san_kept];
    if (item->tag == GEN_IPADD && (item->size == V4_SIZE || item->size == V6_SIZE)) {
        struct address address = { .family = item->size == V4_SIZE ? ADDRESS_V4 : ADDRESS_V6 };
        char text[ADDRESS_TEXT_SIZE];
        memcpy(address.bytes, item->content, item->size);
        address_format(&address, text);
        certificate->san_kept++;
        return text_of(place, text, strlen(text));
    }
    certificate->san_kept++;
    return text_of(place, item->content, item->size < X509_SAN_TEXT_MAX ? item->size : X509_SAN_TEXT_MAX);
}

bool x509_read_san(const X509 *x509, struct x509_certificate *certificate)
{
    static const char problem[] = "the subject's alternative names cannot be read whole";
    struct item sequence;
    if (!extension_sequence(x509, NID_subject_alt_name, certificate, problem, &sequence)) {
        return true;
    }
    certificate->san = alloc_array(X509_SAN_KEPT, sizeof *certificate->san);
    if (certificate->san == NULL) {
        return false;
    }
    struct item item;
    while (next_item(&sequence.content, &sequence.size, &item)) {
        if (item.class != V_ASN1_CONTEXT_SPECIFIC || (item.tag != GEN_DNS && item.tag != GEN_IPADD)) {
            continue; /* mail, URI, directory names: no names a client connects to */
        }
        certificate->san_count++;
        if (certificate->san_kept < X509_SAN_KEPT && !san_keep(certificate, &item)) {
            return false;
        }
    }
    if (sequence.size > 0) {
        x509_problem(certificate, problem);
    }
    return true;
}

bool x509_read_eku(const X509 *x509, struct x509_certificate *certificate)
{
    static const char problem[] = "the extended key usage cannot be read whole";
    struct item sequence;
    if (!extension_sequence(x509, NID_ext_key_usage, certificate, problem, &sequence)) {
        return true;
    }
    certificate->eku = alloc_array(X509_EKU_KEPT, sizeof *certificate->eku);
    if (certificate->eku == NULL) {
        return false;
    }
    for (;;) {
        const unsigned char *start = sequence.content;
        struct item item;
        if (certificate->eku_count == X509_EKU_KEPT || !next_item(&sequence.content, &sequence.size, &item)) {
            break;
        }
        ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &start, (long)(item.content + item.size - start));
        if (object == NULL) {
            x509_problem(certificate, problem);
            return true;
        }
        OBJ_obj2txt(certificate->eku[certificate->eku_count++], X509_OID_TEXT_MAX, object, 1);
        ASN1_OBJECT_free(object);
    }
    if (sequence.size > 0) {
        x509_problem(certificate, problem);
    }
    return true;
}

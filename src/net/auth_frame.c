#include "net/auth_frame.h"

#include <string.h>

static const char SECTION[] = "net/auth_frame.h";

enum parse auth_header_parse(struct cursor *cursor, enum auth_kind *kind, size_t *body, struct fault *fault)
{
    struct cursor at = *cursor;
    uint32_t size;
    uint8_t number;
    if (!cursor_u32le(&at, &size) || !cursor_u8(&at, &number)) {
        return PARSE_MORE;
    }
    if (size == 0 || size > AUTH_BODY_MAX + 1) {
        return parse_bad(fault, cursor, SECTION, "no such size");
    }
    if (number < AUTH_START || number > AUTH_ANSWER) {
        return parse_bad(fault, cursor, SECTION, "no such kind");
    }
    *kind = (enum auth_kind)number;
    *body = size - 1;
    *cursor = at;
    return PARSE_DONE;
}

void auth_header_write(struct writer *writer, enum auth_kind kind, size_t body)
{
    writer_u32le(writer, (uint32_t)body + 1);
    writer_u8(writer, (uint8_t)kind);
}

static bool bytes16(struct cursor *body, const uint8_t **bytes, size_t *size)
{
    uint16_t length;
    if (!cursor_u16le(body, &length) || !cursor_bytes(body, length, bytes)) {
        return false;
    }
    *size = length;
    return true;
}

static void bytes16_write(struct writer *writer, const void *bytes, size_t size)
{
    writer_u16le(writer, (uint16_t)size);
    writer_bytes(writer, bytes, size);
}

/* No text holds a zero: it would end it for the library. */
static bool text16(struct cursor *body, char *text, size_t room)
{
    const uint8_t *bytes;
    size_t size;
    if (!bytes16(body, &bytes, &size) || size >= room || memchr(bytes, 0, size) != NULL) {
        return false;
    }
    memcpy(text, bytes, size);
    text[size] = '\0';
    return true;
}

enum parse auth_start_parse(struct cursor *body, struct auth_start *start, struct fault *fault)
{
    struct cursor at = *body;
    const uint8_t *bindings;
    if (!cursor_u8(&at, &start->flags) || !text16(&at, start->user, sizeof(start->user)) ||
        !text16(&at, start->domain, sizeof(start->domain)) || !text16(&at, start->realm, sizeof(start->realm)) ||
        !text16(&at, start->host, sizeof(start->host)) || !text16(&at, start->service, sizeof(start->service)) ||
        !bytes16(&at, &bindings, &start->bindings.size) || start->bindings.size > NET_AUTH_BINDINGS_MAX ||
        !bytes16(&at, &start->password, &start->password_size) || start->password_size > NET_AUTH_PASSWORD_MAX ||
        cursor_left(&at) > 0) {
        return parse_bad(fault, &at, SECTION, "no such START");
    }
    memcpy(start->bindings.bytes, bindings, start->bindings.size);
    *body = at;
    return PARSE_DONE;
}

bool auth_start_write(struct writer *writer, const struct net_auth_options *options)
{
    const char *texts[] = { options->user, options->domain, options->realm != NULL ? options->realm : "", options->host,
                            options->service != NULL ? options->service : "TERMSRV" };
    writer_u8(writer, (uint8_t)((options->realm != NULL ? AUTH_START_KERBEROS : 0) |
                                (options->spnego ? AUTH_START_SPNEGO : 0)));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const size_t length = strlen(texts[i]);
        if (length >= NET_AUTH_NAME_SIZE) {
            return false;
        }
        bytes16_write(writer, texts[i], length);
    }
    bytes16_write(writer, options->bindings.bytes, options->bindings.size);
    const size_t size = options->password != NULL ? secret_size(options->password) : 0;
    if (size > NET_AUTH_PASSWORD_MAX) {
        return false;
    }
    bytes16_write(writer, size > 0 ? (const void *)secret_look(options->password) : "", size);
    return writer_ok(writer);
}

enum parse auth_answer_parse(struct cursor *body, struct net_auth_answer *answer, char words[NET_AUTH_WORDS_SIZE],
                             struct fault *fault)
{
    struct cursor at = *body;
    struct net_auth_answer seen = { .words = words };
    uint8_t result;
    uint8_t package;
    uint8_t complete;
    uint8_t kerberos;
    uint8_t proof;
    uint16_t asked;
    if (!cursor_u8(&at, &result) || !cursor_u8(&at, &package) || !cursor_u8(&at, &complete) ||
        !cursor_u8(&at, &kerberos) || !cursor_u32le(&at, &seen.kerberos_code) || !cursor_u8(&at, &proof) ||
        !cursor_u16le(&at, &asked) || !cursor_u32le(&at, &seen.major) || !cursor_u32le(&at, &seen.minor) ||
        !text16(&at, words, NET_AUTH_WORDS_SIZE) || !bytes16(&at, &seen.kdc_data, &seen.kdc_data_size)) {
        return parse_bad(fault, &at, SECTION, "a short ANSWER");
    }
    if (result > NET_AUTH_NO_MEMORY || package > NET_AUTH_NTLM_RAW || complete > 1 || kerberos > NET_KERBEROS_OTHER ||
        proof > 1 || seen.kdc_data_size > NET_AUTH_KDC_DATA_MAX || cursor_left(&at) > NET_AUTH_BYTES_MAX) {
        return parse_bad(fault, &at, SECTION, "no such ANSWER");
    }
    seen.result = (enum net_auth_result)result;
    seen.package = (enum net_auth_package)package;
    seen.complete = complete != 0;
    seen.kerberos = (enum net_kerberos)kerberos;
    seen.kerberos_proof = proof != 0;
    seen.kdc_asked = asked;
    seen.size = cursor_left(&at);
    if (!cursor_bytes(&at, seen.size, &seen.bytes)) {
        return parse_bad(fault, &at, SECTION, "a short ANSWER");
    }
    *answer = seen;
    *body = at;
    return PARSE_DONE;
}

bool auth_answer_write(struct writer *writer, const struct net_auth_answer *answer)
{
    const char *words = answer->words != NULL ? answer->words : "";
    const size_t length = strnlen(words, NET_AUTH_WORDS_SIZE - 1);
    if (answer->size > NET_AUTH_BYTES_MAX || answer->kdc_data_size > NET_AUTH_KDC_DATA_MAX) {
        return false;
    }
    writer_u8(writer, (uint8_t)answer->result);
    writer_u8(writer, (uint8_t)answer->package);
    writer_u8(writer, answer->complete ? 1 : 0);
    writer_u8(writer, (uint8_t)answer->kerberos);
    writer_u32le(writer, answer->kerberos_code);
    writer_u8(writer, answer->kerberos_proof ? 1 : 0);
    writer_u16le(writer, (uint16_t)answer->kdc_asked);
    writer_u32le(writer, answer->major);
    writer_u32le(writer, answer->minor);
    bytes16_write(writer, words, length);
    bytes16_write(writer, answer->kdc_data_size > 0 ? (const void *)answer->kdc_data : "", answer->kdc_data_size);
    writer_bytes(writer, answer->size > 0 ? (const void *)answer->bytes : "", answer->size);
    return writer_ok(writer);
}

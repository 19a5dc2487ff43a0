#include "remedy/value.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/text.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

/* Only these characters, and as the first one only letters, digits and `first`. */
struct shape {
    const char *also;
    const char *first;
    size_t longest;
};

static bool fits_shape(const char *text, const struct shape *shape)
{
    size_t length = strlen(text);
    if (length == 0 || length > shape->longest || text[length - 1] == ' ') {
        return false;
    }
    if (strchr(LETTERS DIGITS, text[0]) == NULL && strchr(shape->first, text[0]) == NULL) {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (strchr(LETTERS DIGITS, *at) == NULL && strchr(shape->also, *at) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_label(const char *text)
{
    return fits_shape(text, &(struct shape){ "-_.() ", "_(", 90 });
}

static bool is_ident(const char *text)
{
    return fits_shape(text, &(struct shape){ "-_.", "_", 64 });
}

/* sam, DOMAIN\sam, sam@corp.example */
static bool is_account(const char *text)
{
    return strstr(text, "..") == NULL && fits_shape(text, &(struct shape){ "-_.@\\", "_.", 104 });
}

/* C:\dir\file or /dir/file, or \\server\share: absolute, and not to be taken for an option. */
static bool is_path(const char *text)
{
    size_t length = strlen(text);
    if (!fits_shape(text, &(struct shape){ "-_.:\\/() ", "/\\", 240 }) || strstr(text, "..") != NULL ||
        text[length - 1] == '\\') {
        return false;
    }
    const char *colon = strchr(text, ':');
    bool drive = colon == text + 1 && (text[2] == '\\' || text[2] == '/') && strchr(LETTERS, text[0]) != NULL;
    return drive ? strchr(colon + 1, ':') == NULL : colon == NULL && (text[0] == '/' || text[0] == '\\');
}

static bool is_hostname(const char *text)
{
    size_t label = 0;
    if (!fits_shape(text, &(struct shape){ "-._", "_", 253 })) {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        label = *at == '.' ? 0 : label + 1;
        if (label > 63 || (*at == '.' && at[1] == '.')) {
            return false;
        }
    }
    return true;
}

/* A scope ("%eth0") belongs to one machine, and "%" to cmd.exe. */
static bool is_ip(const char *text)
{
    struct address address;
    return strchr(text, '%') == NULL && address_parse(text, &address);
}

static bool is_host(const char *text)
{
    return is_hostname(text) || is_ip(text);
}

static bool in_range(const char *text, uint64_t least, uint64_t most)
{
    uint64_t number;
    return text[0] != '\0' && text[strspn(text, DIGITS)] == '\0' && (text[0] != '0' || text[1] == '\0') &&
           text_number(text, most, &number) && number >= least;
}

static bool is_cidr(const char *text)
{
    char address[ADDRESS_TEXT_SIZE];
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    if (length >= sizeof address) {
        return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    /* two halves of the world (0.0.0.0/1 and 128.0.0.0/1) are the world too */
    return slash != NULL && is_ip(address) &&
           (strchr(address, ':') != NULL ? in_range(slash + 1, 16, 128) : in_range(slash + 1, 8, 32));
}

static bool is_port(const char *text)
{
    return in_range(text, 1, 65535);
}

static bool is_number(const char *text)
{
    return in_range(text, 0, 2147483647);
}

static bool is_hex(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, DIGITS "abcdefABCDEF") == length;
}

static bool is_hex40(const char *text)
{
    return is_hex(text, 40);
}

static const struct {
    bool (*fits)(const char *text);
    const char *words;
} types[] = {
    [ASK_HOSTNAME] = { is_hostname, "a DNS name: letters, digits, hyphens, dots" },
    [ASK_IP] = { is_ip, "an IP address, without a scope" },
    [ASK_HOST] = { is_host, "a DNS name or an IP address" },
    [ASK_CIDR] = { is_cidr, "an address with a prefix length, 203.0.113.7/32 (not wider than /8, IPv6 /16)" },
    [ASK_PORT] = { is_port, "a number from 1 to 65535" },
    [ASK_NUMBER] = { is_number, "a whole number" },
    [ASK_HEX40] = { is_hex40, "40 hexadecimal digits without spaces (a thumbprint)" },
    [ASK_IDENT] = { is_ident, "letters, digits, \"-\", \"_\", \".\"" },
    [ASK_ACCOUNT] = { is_account, "an account: sam, DOMAIN\\sam or sam@corp.example" },
    [ASK_PATH] = { is_path, "an absolute path of letters, digits, spaces and \"-_.()\", without \"..\"" },
    [ASK_LABEL] = { is_label, "letters, digits, spaces and \"-_.()\"" },
};

const char *value_type_words(enum ask_type type)
{
    return types[type].words;
}

bool value_check(enum ask_type type, const char *what, const char *text, struct error *error)
{
    if (types[type].fits(text)) {
        return true;
    }
    char *shown = text_escape(text, strlen(text), 60);
    error_set(error, ERROR_USAGE, "%s: \"%s\" cannot go into a script; give %s", what, shown != NULL ? shown : "",
              types[type].words);
    alloc_free(shown);
    return false;
}

static bool same_name(const char *a, const char *b)
{
    for (; *a != '\0' && (*a == *b || (strchr("-_", *a) != NULL && strchr("-_", *b) != NULL && *b != '\0')); a++) {
        b++;
    }
    return *a == '\0' && *b == '\0';
}

const struct value *values_find(const struct values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++) {
        if (same_name(values->items[i].name, name)) {
            return &values->items[i];
        }
    }
    return NULL;
}

bool values_set(struct values *values, const char *name, const char *text, const char *from, struct error *error)
{
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof values->items[0].name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz" DIGITS "-_") != length) {
        return error_set(error, ERROR_USAGE, "--set: \"%.40s\" is no name of a value", name);
    }
    if (strlen(text) >= VALUE_SIZE) {
        return error_set(error, ERROR_USAGE, "%s: longer than %d bytes", from, VALUE_SIZE - 1);
    }
    const struct value *known = values_find(values, name);
    size_t at = known != NULL ? (size_t)(known - values->items) : values->count;
    if (at == VALUES_MAX) {
        return error_set(error, ERROR_USAGE, "--set: more than %d values", VALUES_MAX);
    }
    struct value *value = &values->items[at];
    snprintf(value->name, sizeof value->name, "%s", name);
    snprintf(value->text, sizeof value->text, "%s", text);
    snprintf(value->from, sizeof value->from, "%s", from);
    values->count += known == NULL ? 1 : 0;
    return true;
}

#include "remedy/quote.h"

#include <string.h>

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e) {
            return false;
        }
    }
    return true;
}

/* '...', with every ' written as `inner`. */
static bool single(struct buffer *out, const char *text, const char *inner)
{
    buffer_text(out, "'");
    for (; *text != '\0'; text++) {
        buffer_add(out, *text == '\'' ? inner : text, *text == '\'' ? strlen(inner) : 1);
    }
    return buffer_text(out, "'") && !out->failed;
}

static bool is_bare(const char *text)
{
    static const char harmless[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@+-";
    return text[0] != '\0' && text[0] != '-' && text[0] != '@' && text[strspn(text, harmless)] == '\0';
}

bool quote(struct buffer *out, enum remedy_kind kind, const char *text)
{
    if (!is_printable(text)) {
        return false;
    }
    size_t length = strlen(text);
    switch (kind) {
    case REMEDY_POWERSHELL:
        return single(out, text, "''");
    case REMEDY_SH:
        return single(out, text, "'\\''");
    case REMEDY_CMD:
        if (strpbrk(text, "\"%!^") != NULL || (length > 0 && text[length - 1] == '\\')) {
            return false;
        }
        return buffer_format(out, "\"%s\"", text);
    case REMEDY_WORDS:
    default:
        return is_bare(text) && buffer_text(out, text);
    }
}

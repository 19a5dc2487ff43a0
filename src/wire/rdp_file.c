#include "wire/rdp_file.h"

#include <string.h>

#include "base/alloc.h"
#include "base/attributes.h"
#include "base/buffer.h"
#include "base/text.h"

enum { REMARKS_MAX = 64, NAME_MAX = 64, LINES_MAX = 8192 };

struct rdp_file {
    struct rdp_file_setting *settings;
    size_t count;
    struct rdp_file_remark remarks[REMARKS_MAX];
    size_t remark_count;
};

/* A settled type for the settings that decide about a connection; the rest may have any of the three. */
static const struct {
    const char *name;
    char type;
} typed[] = {
    { "full address", 's' },
    { "alternate full address", 's' },
    { "server port", 'i' },
    { "username", 's' },
    { "domain", 's' },
    { "gatewayhostname", 's' },
    { "gatewayusagemethod", 'i' },
    { "gatewayprofileusagemethod", 'i' },
    { "gatewaycredentialssource", 'i' },
    { "enablecredsspsupport", 'i' },
    { "authentication level", 'i' },
    { "negotiate security layer", 'i' },
    { "enablerdsaadauth", 'i' },
    { "kdcproxyname", 's' },
    { "loadbalanceinfo", 's' },
};

static void remark(struct rdp_file *file, size_t line, enum rdp_file_note note, const char *name)
{
    if (file->remark_count < REMARKS_MAX) {
        file->remarks[file->remark_count++] = (struct rdp_file_remark){ .line = line, .note = note, .name = name };
    }
}

/* UTF-16LE to UTF-8; what is no character becomes U+FFFD, which no setting that matters holds. */
static bool utf16_to_utf8(const uint8_t *bytes, size_t size, struct buffer *out)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint32_t point = (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8;
        if (point >= 0xD800 && point < 0xDC00 && i + 3 < size) {
            const uint32_t low = (uint32_t)bytes[i + 2] | (uint32_t)bytes[i + 3] << 8;
            if (low >= 0xDC00 && low < 0xE000) {
                point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        if (point >= 0xD800 && point < 0xE000) {
            point = 0xFFFD;
        }
        uint8_t text[4];
        size_t length = 1;
        if (point < 0x80) {
            text[0] = (uint8_t)point;
        } else if (point < 0x800) {
            text[0] = (uint8_t)(0xC0 | point >> 6);
            text[1] = (uint8_t)(0x80 | (point & 0x3F));
            length = 2;
        } else if (point < 0x10000) {
            text[0] = (uint8_t)(0xE0 | point >> 12);
            text[1] = (uint8_t)(0x80 | (point >> 6 & 0x3F));
            text[2] = (uint8_t)(0x80 | (point & 0x3F));
            length = 3;
        } else {
            text[0] = (uint8_t)(0xF0 | point >> 18);
            text[1] = (uint8_t)(0x80 | (point >> 12 & 0x3F));
            text[2] = (uint8_t)(0x80 | (point >> 6 & 0x3F));
            text[3] = (uint8_t)(0x80 | (point & 0x3F));
            length = 4;
        }
        if (!buffer_add(out, text, length)) {
            return false;
        }
    }
    return true;
}

/* Tells the encoding by its mark, or by the zero behind the first letter, and gives UTF-8. */
static bool to_utf8(const uint8_t *bytes, size_t size, struct buffer *out, struct error *error)
{
    bool wide = false;
    if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
        wide = true;
        bytes += 2;
        size -= 2;
    } else if (size >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF) {
        bytes += 3;
        size -= 3;
    } else if (size >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF) {
        return error_set(error, ERROR_DATA, "it is UTF-16 with the high byte first, which no RDP client writes");
    } else {
        wide = size >= 2 && bytes[0] != 0 && bytes[1] == 0;
    }
    if (wide && size % 2 != 0) {
        return error_set(error, ERROR_DATA, "UTF-16 with an odd number of bytes: it was cut or damaged");
    }
    if (wide ? !utf16_to_utf8(bytes, size, out) : !buffer_add(out, bytes, size)) {
        return error_no_memory(error);
    }
    const uint8_t *zero = out->size > 0 ? memchr(out->bytes, 0, out->size) : NULL;
    if (zero != NULL) {
        size_t line = 1;
        for (const uint8_t *at = out->bytes; at < zero; at++) {
            line += *at == '\n';
        }
        return error_set(error, ERROR_DATA, "line %zu: a zero byte; this is no text, so no .rdp file", line);
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **start, size_t *length)
{
    while (*length > 0 && is_blank((*start)[0])) {
        ++*start;
        --*length;
    }
    while (*length > 0 && is_blank((*start)[*length - 1])) {
        --*length;
    }
}

/* Lower case, and runs of blanks as one: the spelling that the settings are compared by. */
static char *plain_name(const char *start, size_t length)
{
    char name[NAME_MAX + 1];
    size_t used = 0;
    for (size_t i = 0; i < length && used < NAME_MAX; i++) {
        const char c = start[i] == '\t' ? ' ' : start[i];
        if (c == ' ' && used > 0 && name[used - 1] == ' ') {
            continue;
        }
        name[used++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return text_escape(name, used, NAME_MAX * 4);
}

/* Decimal, a minus allowed: what clients write. */
static bool number_of(const char *text, int64_t *value)
{
    const bool negative = text[0] == '-';
    uint64_t size = 0;
    if (text[negative] == '\0' || strspn(text + negative, "0123456789") != strlen(text + negative)) {
        return false;
    }
    for (const char *digit = text + negative; *digit != '\0'; digit++) {
        size = size * 10 + (uint64_t)(*digit - '0');
        if (size > INT32_MAX) {
            return false;
        }
    }
    *value = negative ? -(int64_t)size : (int64_t)size;
    return true;
}

static char type_wanted(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        if (strcmp(typed[i].name, name) == 0) {
            return typed[i].type;
        }
    }
    return 0;
}

static struct rdp_file_setting *find(const struct rdp_file *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++) {
        if (strcmp(file->settings[i].name, name) == 0) {
            return &file->settings[i];
        }
    }
    return NULL;
}

static void setting_release(struct rdp_file_setting *setting)
{
    alloc_free(setting->name);
    alloc_free(setting->value);
}

/* Takes the setting over, in the place of one of the same name. */
static void keep(struct rdp_file *file, struct rdp_file_setting *setting)
{
    struct rdp_file_setting *old = find(file, setting->name);
    struct rdp_file_setting *place = old;
    if (old != NULL) {
        if (old->type != setting->type || strcmp(old->value, setting->value) != 0) {
            remark(file, setting->line, RDP_FILE_TWICE, old->name);
        }
        alloc_free(setting->name);
        alloc_free(old->value);
        setting->name = old->name; /* remarks borrow it */
    } else {
        place = &file->settings[file->count++];
    }
    *place = *setting;
    const char wanted = type_wanted(place->name);
    if (strchr("sib", place->type) == NULL || (wanted != 0 && wanted != place->type)) {
        remark(file, place->line, RDP_FILE_TYPE, place->name);
    } else if (place->type == 'i' && !number_of(place->value, &place->number)) {
        remark(file, place->line, RDP_FILE_NUMBER, place->name);
        place->type = '?'; /* so that nobody takes the 0 for its value */
    }
}

/* One line without its end. False: no memory. */
static bool read_line(struct rdp_file *file, const char *start, size_t length, size_t line)
{
    trim(&start, &length);
    if (length == 0) {
        return true;
    }
    const char *colon = memchr(start, ':', length);
    const size_t name_length = colon != NULL ? (size_t)(colon - start) : 0;
    if (name_length == 0 || name_length > NAME_MAX || name_length + 3 > length || colon[2] != ':') {
        remark(file, line, RDP_FILE_NO_SETTING, NULL);
        return true;
    }
    const char *value = colon + 3;
    size_t value_length = length - name_length - 3;
    trim(&value, &value_length);
    const bool cut = value_length > RDP_FILE_VALUE_MAX;
    struct rdp_file_setting setting = {
        .name = plain_name(start, name_length),
        .type = (char)(colon[1] >= 'A' && colon[1] <= 'Z' ? colon[1] - 'A' + 'a' : colon[1]),
        .value = text_escape(value, cut ? RDP_FILE_VALUE_MAX : value_length, (size_t)RDP_FILE_VALUE_MAX * 4),
        .line = line,
    };
    if (setting.name == NULL || setting.value == NULL) {
        setting_release(&setting);
        return false;
    }
    keep(file, &setting);
    /* a long signature is as it should be, and nobody here reads it */
    const struct rdp_file_setting *kept = find(file, setting.name);
    if (cut && kept != NULL && strcmp(kept->name, "signature") != 0) {
        remark(file, line, RDP_FILE_CUT, kept->name);
    }
    return true;
}

static bool read_lines(struct rdp_file *file, const char *text, size_t size)
{
    size_t line = 1;
    for (size_t at = 0; at < size; line++) {
        const char *end = memchr(text + at, '\n', size - at);
        const size_t length = end != NULL ? (size_t)(end - (text + at)) : size - at;
        if (file->count == RDP_FILE_SETTINGS_MAX || line > LINES_MAX) {
            remark(file, line, RDP_FILE_TOO_MANY, NULL);
            return true;
        }
        if (!read_line(file, text + at, length, line)) {
            return false;
        }
        at += length + (end != NULL);
    }
    return true;
}

struct rdp_file *rdp_file_parse(const void *bytes, size_t size, struct error *error)
{
    if (size > RDP_FILE_MAX) {
        error_set(error, ERROR_DATA, "larger than %d MiB: no .rdp file", RDP_FILE_MAX >> 20);
        return NULL;
    }
    struct buffer text;
    buffer_init(&text, (size_t)RDP_FILE_MAX * 2);
    struct rdp_file *file = NULL;
    bool good = to_utf8(bytes, size, &text, error);
    if (good) {
        file = alloc_new(sizeof *file);
        good = file != NULL;
        if (good) {
            file->settings = alloc_array(RDP_FILE_SETTINGS_MAX, sizeof *file->settings);
            good = file->settings != NULL && read_lines(file, text.size > 0 ? (const char *)text.bytes : "", text.size);
        }
        if (!good) {
            error_no_memory(error);
        } else if (file->count == 0) {
            good = error_set(error, ERROR_DATA, "not one line of it reads name:type:value, so it is no .rdp file");
        }
    }
    buffer_release(&text);
    if (!good) {
        rdp_file_free(file);
        return NULL;
    }
    return file;
}

void rdp_file_free(struct rdp_file *file)
{
    if (file == NULL) {
        return;
    }
    for (size_t i = 0; i < file->count; i++) {
        setting_release(&file->settings[i]);
    }
    alloc_free(file->settings);
    alloc_free(file);
}

size_t rdp_file_count(const struct rdp_file *file)
{
    return file->count;
}

const struct rdp_file_setting *rdp_file_at(const struct rdp_file *file, size_t index)
{
    return index < file->count ? &file->settings[index] : NULL;
}

const struct rdp_file_setting *rdp_file_find(const struct rdp_file *file, const char *name)
{
    return find(file, name);
}

size_t rdp_file_remarks(const struct rdp_file *file, const struct rdp_file_remark **remarks)
{
    *remarks = file->remarks;
    return file->remark_count;
}

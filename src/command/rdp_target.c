#include "command/rdp_target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/text.h"
#include "command/options.h"

bool rdp_target_is(const char *input)
{
    const size_t length = strlen(input);
    return length > 4 && text_equal_nocase(input + length - 4, ".rdp");
}

static bool read_file(const char *path, struct buffer *bytes, struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return error_set(error, ERROR_NO_INPUT, "%.200s: %s", path, strerror(errno));
    }
    char block[16384];
    size_t got;
    bool good = true;
    while (good && (got = fread(block, 1, sizeof block, file)) > 0) {
        good = buffer_add(bytes, block, got) ||
               error_set(error, ERROR_DATA, "%.200s: larger than %d MiB: no .rdp file", path, RDP_FILE_MAX >> 20);
    }
    if (good && ferror(file)) {
        good = error_set(error, ERROR_NO_INPUT, "%.200s: %s", path, strerror(errno));
    }
    fclose(file);
    return good;
}

/* NULL: not set, empty, or of another type. */
static const struct rdp_file_setting *text_of(const struct rdp_file *file, const char *name)
{
    const struct rdp_file_setting *setting = rdp_file_find(file, name);
    return setting != NULL && setting->type == 's' && setting->value[0] != '\0' ? setting : NULL;
}

static const struct rdp_file_setting *number_of(const struct rdp_file *file, const char *name)
{
    const struct rdp_file_setting *setting = rdp_file_find(file, name);
    return setting != NULL && setting->type == 'i' ? setting : NULL;
}

/* Desktops of Azure Virtual Desktop and Windows 365 are reached through the service alone. */
static bool is_virtual_desktop(const struct rdp_file *file, const char *address)
{
    static const char domain[] = ".wvd.microsoft.com";
    const size_t length = strcspn(address, ":");
    return text_of(file, "wvd endpoint pool") != NULL || text_of(file, "armpath") != NULL ||
           (length >= sizeof domain && strncmp(address + length - (sizeof domain - 1), domain, sizeof domain - 1) == 0);
}

static bool host_of(const char *path, const struct rdp_file *file, char **host, uint16_t *port, struct error *error)
{
    const struct rdp_file_setting *address = text_of(file, "full address");
    address = address != NULL ? address : text_of(file, "alternate full address");
    if (address == NULL) {
        const struct rdp_file_setting *empty = rdp_file_find(file, "full address");
        return empty != NULL
                   ? error_set(error, ERROR_DATA, "%.200s:%zu: \"full address\" is empty; give the host itself", path,
                               empty->line)
                   : error_set(error, ERROR_DATA, "%.200s: it has no \"full address\"; give the host itself", path);
    }
    if (is_virtual_desktop(file, address->value)) {
        return error_set(error, ERROR_USAGE,
                         "%.200s: it connects through Azure Virtual Desktop or Windows 365 (%.100s), where no machine "
                         "has an open RDP port; looking at that service is not in this version",
                         path, address->value);
    }
    struct error inner = { 0 };
    char *plain = text_unescape(address->value); /* what is wrong with it is shown in escapes again */
    const bool good = plain != NULL ? host_parse(plain, host, port, &inner) : error_no_memory(&inner);
    alloc_free(plain);
    if (!good) {
        return error_set(error, inner.kind == ERROR_USAGE ? ERROR_DATA : inner.kind, "%.200s:%zu: \"%s\": %.200s", path,
                         address->line, address->name, inner.text);
    }
    const struct rdp_file_setting *number = number_of(file, "server port");
    if (*port == 0 && number != NULL) {
        if (number->number < 1 || number->number > 65535) {
            alloc_free(*host);
            *host = NULL;
            return error_set(error, ERROR_DATA,
                             "%.200s:%zu: \"server port\" is %.20s; a port is a number from 1 to 65535", path,
                             number->line, number->value);
        }
        *port = (uint16_t)number->number;
    }
    return true;
}

struct rdp_file *rdp_target_read(const char *path, char **host, uint16_t *port, struct error *error)
{
    struct buffer bytes;
    buffer_init(&bytes, RDP_FILE_MAX);
    struct rdp_file *file = NULL;
    if (read_file(path, &bytes, error)) {
        struct error inner = { 0 };
        file = rdp_file_parse(bytes.size > 0 ? (const char *)bytes.bytes : "", bytes.size, &inner);
        if (file == NULL) {
            error_set(error, inner.kind, "%.200s: %.300s", path, inner.text);
        } else if (!host_of(path, file, host, port, error)) {
            rdp_file_free(file);
            file = NULL;
        }
    }
    buffer_release(&bytes);
    return file;
}

bool rdp_target_gateway(struct check_options *options, struct error *error)
{
    enum { PROFILE_EXPLICIT = 1, PORT_HTTPS = 443 };
    const struct rdp_file_setting *name = text_of(options->rdp_file, "gatewayhostname");
    const struct rdp_file_setting *usage = number_of(options->rdp_file, "gatewayusagemethod");
    const struct rdp_file_setting *profile = number_of(options->rdp_file, "gatewayprofileusagemethod");
    const bool explicit_profile = profile == NULL || profile->number == PROFILE_EXPLICIT;
    const bool used = usage != NULL && (usage->number == 1 || usage->number == 2);
    struct error inner = { 0 };
    if (name == NULL || !explicit_profile || !used) {
        return true;
    }
    if (!host_parse(name->value, &options->gateway, &options->run.gateway_port, &inner)) {
        return inner.kind == ERROR_USAGE || error_set(error, inner.kind, "%s", inner.text);
    }
    options->run.gateway_host = options->gateway;
    options->run.gateway_port = options->run.gateway_port != 0 ? options->run.gateway_port : PORT_HTTPS;
    options->run.gateway_use = usage->number == 1 ? GATEWAY_USE_ALWAYS : GATEWAY_USE_WHEN_NEEDED;
    return true;
}

static bool record_text(const struct rdp_file *file, const char *name, struct ev_text *field, struct error *error)
{
    const struct rdp_file_setting *setting = rdp_file_find(file, name);
    return setting == NULL || setting->type != 's' || ev_set_words(field, SOURCE_FILE, setting->value, error);
}

static void record_number(const struct rdp_file *file, const char *name, struct ev_int *field)
{
    const struct rdp_file_setting *setting = number_of(file, name);
    if (setting != NULL) {
        ev_set_int(field, SOURCE_FILE, setting->number);
    }
}

static bool record_notes(const struct rdp_file *file, struct ev_rdp_file *evidence, struct error *error)
{
    const struct rdp_file_remark *remarks;
    const size_t count = rdp_file_remarks(file, &remarks);
    for (size_t i = 0; i < count; i++) {
        struct ev_file_note *note = ev_list_add(&evidence->notes, SOURCE_FILE, &file_note_table, FIELD_LIST_MAX, error);
        if (note == NULL) {
            return false;
        }
        ev_set_int(&note->line, SOURCE_FILE, (int64_t)remarks[i].line);
        ev_set_enum(&note->kind, SOURCE_FILE, (int)remarks[i].note);
        if (remarks[i].name != NULL && !ev_set_words(&note->setting, SOURCE_FILE, remarks[i].name, error)) {
            return false;
        }
    }
    return true;
}

bool rdp_target_record(const struct rdp_file *file, struct ev_rdp_file *evidence, struct error *error)
{
    record_number(file, "server port", &evidence->server_port);
    record_number(file, "gatewayusagemethod", &evidence->gateway_usage);
    record_number(file, "gatewayprofileusagemethod", &evidence->gateway_profile);
    record_number(file, "enablecredsspsupport", &evidence->credssp);
    record_number(file, "authentication level", &evidence->authentication_level);
    record_number(file, "negotiate security layer", &evidence->negotiate);
    record_number(file, "enablerdsaadauth", &evidence->entra_sign_in);
    ev_set_bool(&evidence->broker, SOURCE_FILE, text_of(file, "loadbalanceinfo") != NULL);
    ev_set_bool(&evidence->has_signature, SOURCE_FILE, text_of(file, "signature") != NULL);
    return record_text(file, "full address", &evidence->full_address, error) &&
           record_text(file, "alternate full address", &evidence->alternate_address, error) &&
           record_text(file, "gatewayhostname", &evidence->gateway, error) && record_notes(file, evidence, error);
}

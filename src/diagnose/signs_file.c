/* Signs about the .rdp file the client was started with. */
#include "diagnose/signs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Microsoft, "Supported RDP properties" */
enum { GATEWAY_ALWAYS = 1, GATEWAY_WHEN_NEEDED = 2, GATEWAY_EXPLICIT = 1, AUTHENTICATION_REQUIRED = 1 };

static bool set(const struct ev_text *text)
{
    return seen(text->source) && text->v[0] != '\0';
}

static bool file_seen(const struct look *look)
{
    const struct ev_rdp_file *file = &look->e->client.rdp_file;
    return seen(file->full_address.source) || seen(file->alternate_address.source);
}

/* "a" or "; a" */
static void add(struct buffer *words, size_t *count, const char *format, ...) PRINTF_LIKE(3, 4);
static void add(struct buffer *words, size_t *count, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char text[600];
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (words != NULL) {
        buffer_text(words, *count > 0 ? "; " : "");
        buffer_text(words, text);
    }
    ++*count;
}

/* The port behind a host ("srv:3390", "[v6]:3390"); -1: none. */
static int64_t port_behind(const char *host)
{
    const char *colon = strrchr(host, ':');
    uint64_t port = 0;
    if (colon == NULL || (host[0] == '[' ? colon[-1] != ']' : strchr(host, ':') != colon) ||
        !text_number(colon + 1, 65535, &port)) {
        return -1;
    }
    return (int64_t)port;
}

static void add_note(const struct ev_file_note *note, struct buffer *words, size_t *count)
{
    static const char *const told[] = {
        [FILE_NOTE_NO_SETTING] = "is not name:type:value",
        [FILE_NOTE_TYPE] = "has a type that this setting does not take",
        [FILE_NOTE_NUMBER] = "has no number where one is needed",
        [FILE_NOTE_TWICE] = "sets it a second time, to something else",
        [FILE_NOTE_CUT] = "is longer than a setting can be",
        [FILE_NOTE_TOO_MANY] = "and all below it were not read: too many lines",
    };
    if (!seen(note->kind.source) || (size_t)note->kind.v >= COUNT_OF(told)) {
        return;
    }
    add(words, count, "line %" PRId64 "%s%.60s%s %s", note->line.v, set(&note->setting) ? " (" : "",
        set(&note->setting) ? note->setting.v : "", set(&note->setting) ? ")" : "", told[note->kind.v]);
}

/* What stands against itself or leads another way, whatever the server says. */
static void add_odd(const struct look *look, struct buffer *words, size_t *count)
{
    const struct ev_rdp_file *file = &look->e->client.rdp_file;
    enum check_id at;
    const int64_t port = set(&file->full_address) ? port_behind(file->full_address.v) : -1;
    if (port >= 0 && seen(file->server_port.source) && file->server_port.v != port) {
        add(words, count, "two ports: %" PRId64 " in \"full address\", %" PRId64 " in \"server port\"", port,
            file->server_port.v);
    }
    if (set(&file->full_address) && set(&file->alternate_address) &&
        !text_equal_nocase(file->full_address.v, file->alternate_address.v)) {
        add(words, count, "two addresses: \"full address\" is %.120s, \"alternate full address\" is %.120s",
            file->full_address.v, file->alternate_address.v);
    }
    const bool explicit_profile = !seen(file->gateway_profile.source) || file->gateway_profile.v == GATEWAY_EXPLICIT;
    const int64_t usage = seen(file->gateway_usage.source) && explicit_profile ? file->gateway_usage.v : 0;
    if (seen(look->e->gateway.use.source)) {
        return; /* it was looked at */
    }
    if (usage == GATEWAY_ALWAYS && set(&file->gateway)) {
        add(words, count, "it goes through the gateway %.120s always; this run went straight to the host",
            file->gateway.v);
    } else if (usage == GATEWAY_WHEN_NEEDED && set(&file->gateway)) {
        if (!stop_find(look, &at)) {
            return; /* it is not needed */
        }
        add(words, count,
            "when the host cannot be reached directly it goes through the gateway %.120s, which this run "
            "did not use",
            file->gateway.v);
    } else if (usage == GATEWAY_ALWAYS || usage == GATEWAY_WHEN_NEEDED) {
        add(words, count, "it asks for a gateway (gatewayusagemethod %" PRId64 ") and names none", usage);
    }
}

enum truth see_rdp_file_odd(const struct look *look, struct buffer *words)
{
    const struct ev_rdp_file *file = &look->e->client.rdp_file;
    size_t count = 0;
    if (!file_seen(look)) {
        return say(words, NO, "no .rdp file was given");
    }
    add_odd(look, words, &count);
    const struct ev_certificate *certificate = &look->e->certificate;
    if (seen(file->authentication_level.source) && file->authentication_level.v == AUTHENTICATION_REQUIRED &&
        seen(certificate->verify.source) && certificate->verify.v != 0) {
        add(words, &count,
            "\"authentication level\" 1 ends the connection when the server cannot be verified, and its "
            "certificate does not verify here; Kerberos in its domain would do");
    }
    ev_each (note, const struct ev_file_note, &file->notes) {
        add_note(note, words, &count);
    }
    return count > 0 ? YES : say(words, NO, "its settings do not contradict each other");
}

/* Only what the server itself turned down counts: it refused our own offer of TLS without CredSSP. */
enum truth see_rdp_file_unfit(const struct look *look, struct buffer *words)
{
    const struct ev_rdp_file *file = &look->e->client.rdp_file;
    enum check_id at;
    if (!file_seen(look)) {
        return say(words, NO, "no .rdp file was given");
    }
    if (!seen(file->credssp.source) || file->credssp.v != 0) {
        return say(words, NO, "the file does not switch NLA off");
    }
    if (stop_find(look, &at)) {
        return say(words, NO, "the connection ends earlier, whatever the file says");
    }
    const struct ev_text *required = &look->r->negotiation.required;
    if (!seen(required->source)) {
        return UNSEEN;
    }
    if (strcmp(required->v, "nla") != 0) {
        return say(words, NO, "the server does not insist on NLA");
    }
    return say(words, YES,
               "the file switches NLA off (enablecredsspsupport:i:0), and this server refuses an offer "
               "without it");
}

enum truth see_rdp_file_seen(const struct look *look, struct buffer *words)
{
    if (!file_seen(look)) {
        return say(words, NO, "no .rdp file was given");
    }
    return say(words, YES, "nothing in the .rdp file stands against this connection");
}

/* What each option of the command line does. */
#include "command/options_rows.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "command/nearest.h"
#include "net/proxy.h"

enum { TIMEOUT_MAX_S = 3600, SECOND_US = 1000000 };

static bool apply_port(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    return port_parse(value, &parsing->port_option, error);
}

static bool parse_seconds(const char *option, const char *value, uint64_t *seconds, struct error *error)
{
    if (strspn(value, "0123456789") != strlen(value) || !text_number(value, TIMEOUT_MAX_S, seconds) || *seconds == 0) {
        return error_set(error, ERROR_USAGE, "%s \"%.40s\": whole seconds from 1 to %d", option, value, TIMEOUT_MAX_S);
    }
    return true;
}

static bool apply_timeout(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    uint64_t seconds = 0;
    if (!parse_seconds("--timeout", value, &seconds, error)) {
        return false;
    }
    parsing->options.run.timeout_us = (int64_t)seconds * SECOND_US;
    return true;
}

static bool apply_time(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    uint64_t seconds = 0;
    if (!parse_seconds("--time", value, &seconds, error)) {
        return false;
    }
    parsing->options.run.trace_us = (int64_t)seconds * SECOND_US;
    return true;
}

static bool apply_vpn_gateway(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    char *host = NULL;
    uint16_t port = 0;
    if (!host_parse(value, &host, &port, error)) {
        return false;
    }
    alloc_free(host);
    parsing->options.run.vpn_gateway = value;
    return true;
}

static bool apply_gateway(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    enum { PORT_HTTPS = 443 };
    struct check_options *options = &parsing->options;
    alloc_free(options->gateway);
    options->gateway = NULL;
    if (!host_parse(value, &options->gateway, &options->run.gateway_port, error)) {
        return false;
    }
    options->run.gateway_host = options->gateway;
    options->run.gateway_port = options->run.gateway_port != 0 ? options->run.gateway_port : PORT_HTTPS;
    options->run.gateway_use = GATEWAY_USE_ASKED;
    return true;
}

static bool apply_proxy(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    struct net_proxy proxy;
    if (!net_proxy_by_word(value, &proxy, error)) {
        return false;
    }
    net_proxy_release(&proxy);
    parsing->options.run.proxy = value;
    return true;
}

/* Every check's name, as the table of the checks has them. */
static void list_checks(char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int id = 0; id < CHECK_COUNT; id++) {
        const int length =
            snprintf(out + used, size - used, "%s%s", id > 0 ? ", " : "", field_name_of(check_names, id));
        used += length > 0 && (size_t)length < size - used ? (size_t)length : 0;
    }
}

static bool parse_ids(const char *option, const char *value, unsigned *bits, struct error *error)
{
    while (*value != '\0') {
        const size_t length = strcspn(value, ",");
        char word[32] = "";
        int id = 0;
        if (length < sizeof(word)) {
            memcpy(word, value, length);
        }
        if (!field_value_of(check_names, word, &id)) {
            char names[160];
            list_checks(names, sizeof names);
            return error_set(error, ERROR_USAGE, "%s: \"%.*s\" is no check; the checks are %s", option,
                             (int)(length < 40 ? length : 40), value, names);
        }
        *bits |= NEEDS(id);
        value += length;
        if (*value == ',') {
            value++;
        }
    }
    return true;
}

static bool apply_only(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    return parse_ids("--only", value, &parsing->only, error);
}

static bool apply_skip(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    return parse_ids("--skip", value, &parsing->skip, error);
}

static bool apply_with(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    struct check_options *options = &parsing->options;
    if (options->with_count == OPTIONS_WITH_MAX) {
        return error_set(error, ERROR_USAGE, "--with: more than %d files", OPTIONS_WITH_MAX);
    }
    options->with[options->with_count++] = value;
    return true;
}

static bool apply_ports(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    while (*value != '\0') {
        const size_t length = strcspn(value, ",");
        char word[8] = "";
        if (length < sizeof(word)) {
            memcpy(word, value, length);
        }
        if (parsing->options.fallback.port_count == OPTIONS_PORTS_MAX) {
            return error_set(error, ERROR_USAGE,
                             "--ports: more than %d; a search through all of them is a port scan, "
                             "which rdpwhy is not",
                             OPTIONS_PORTS_MAX);
        }
        if (!port_parse(word, &parsing->options.fallback.ports[parsing->options.fallback.port_count++], error)) {
            return false;
        }
        value += length;
        if (*value == ',') {
            value++;
        }
    }
    return true;
}

static bool apply_family(struct parsing *parsing, enum address_family family, struct error *error)
{
    if (parsing->options.run.family != ADDRESS_NONE && parsing->options.run.family != family) {
        return error_set(error, ERROR_USAGE, "-4 and -6 exclude each other");
    }
    parsing->options.run.family = family;
    return true;
}

static bool apply_v4(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    (void)value;
    return apply_family(parsing, ADDRESS_V4, error);
}

static bool apply_v6(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    (void)value;
    return apply_family(parsing, ADDRESS_V6, error);
}

static bool apply_trust_cert(void *into, const char *value, struct error *error)
{
    struct parsing *parsing = into;
    return logon_ask_trust(&parsing->options.logon, value, error);
}

#define CHECK    (1U << OPTIONS_OF_CHECK)
#define TRACE    (1U << OPTIONS_OF_TRACE)
#define FALLBACK (1U << OPTIONS_OF_FALLBACK)
#define EVERY    (CHECK | TRACE | FALLBACK)
#define AT(commands, name_, letter_, how, member)                                                                      \
    {                                                                                                                  \
        .name = (name_), .letter = (letter_), .kind = (how), .place = offsetof(struct parsing, options.member),        \
        .of = (commands)                                                                                               \
    }
#define FLAG(commands, name_, letter_, member) AT(commands, name_, letter_, ARGUMENT_FLAG, member)
#define TEXT(commands, name_, member)          AT(commands, name_, 0, ARGUMENT_TEXT, member)
#define VALUE(commands, name_, function)                                                                               \
    {                                                                                                                  \
        .name = (name_), .kind = ARGUMENT_VALUE, .take = (function), .of = (commands)                                  \
    }
static const struct argument option_rows[] = {
    TEXT(CHECK, "--code", code), /* the spellings people copy; what is no code is found when it is used */
    VALUE(EVERY, "--port", apply_port),
    VALUE(CHECK | FALLBACK, "--timeout", apply_timeout),
    VALUE(CHECK, "--only", apply_only),
    VALUE(CHECK, "--skip", apply_skip),
    TEXT(CHECK, "--client", client),
    VALUE(TRACE, "--time", apply_time),
    VALUE(EVERY, "--vpn-gateway", apply_vpn_gateway),
    VALUE(FALLBACK, "--ports", apply_ports),
    TEXT(FALLBACK, "--write", fallback.folder),
    FLAG(FALLBACK, "--no-file", 0, fallback.no_file),
    TEXT(FALLBACK, "--sign-key", fallback.sign_key),
    TEXT(FALLBACK, "--sign-cert", fallback.sign_certificate),
    VALUE(CHECK | FALLBACK, "--gateway", apply_gateway),
    VALUE(CHECK | FALLBACK, "--proxy", apply_proxy),
    TEXT(CHECK | FALLBACK, "--user", logon.user),
    TEXT(CHECK | FALLBACK, "--domain", logon.domain),
    TEXT(CHECK | FALLBACK, "--password-file", logon.password_file),
    VALUE(CHECK | FALLBACK, "--trust-cert", apply_trust_cert),
    TEXT(EVERY, "--save", output.save),
    TEXT(CHECK, "--after", after),
    VALUE(CHECK, "--with", apply_with),
    FLAG(CHECK, "--fix", 0, fix),
    AT(EVERY, "--color", 0, ARGUMENT_COLOUR, output.colour),
    { .name = "-4", .letter = '4', .kind = ARGUMENT_CALL, .take = apply_v4, .of = EVERY },
    { .name = "-6", .letter = '6', .kind = ARGUMENT_CALL, .take = apply_v6, .of = EVERY },
    FLAG(CHECK, "--session", 0, run.session),
    FLAG(CHECK | FALLBACK, "--deep", 0, run.deep),
    FLAG(EVERY, "--again", 0, run.again),
    FLAG(CHECK | TRACE, "--redact", 0, output.redact),
    FLAG(EVERY, "--ticket", 0, output.ticket),
    FLAG(EVERY, "--json", 0, output.json),
    FLAG(EVERY, "--quiet", 'q', output.quiet),
    FLAG(EVERY, "--verbose", 'v', output.verbose),
    FLAG(EVERY, "--help", 'h', help),
    { .name = "--html", .kind = ARGUMENT_LATER, .of = CHECK },
};

static bool take_host(void *into, const char *word, struct error *error)
{
    struct check_options *options = &((struct parsing *)into)->options;
    if (strcmp(word, "-") == 0) {
        return error_set(error, ERROR_USAGE, "-: no host; rdpwhy read - takes what is on standard input");
    }
    if (options->input != NULL && strcmp(options->input, "help") == 0) {
        return error_set(error, ERROR_USAGE, "help: no command; rdpwhy --help, or rdpwhy COMMAND --help");
    }
    if (options->input != NULL) {
        const char *meant = nearest_command(options->input);
        return error_set(error, ERROR_USAGE, "two hosts: \"%.80s\" and \"%.80s\"; one run looks at one%s%s%s",
                         options->input, word, meant != NULL ? " (rdpwhy " : "", meant != NULL ? meant : "",
                         meant != NULL ? " is a command)" : "");
    }
    options->input = word;
    return true;
}

const struct arguments option_tables[] = {
    [OPTIONS_OF_CHECK] = { .command = "check",
                           .rows = option_rows,
                           .count = COUNT_OF(option_rows),
                           .of = CHECK,
                           .word = take_host },
    [OPTIONS_OF_TRACE] = { .command = "trace",
                           .rows = option_rows,
                           .count = COUNT_OF(option_rows),
                           .of = TRACE,
                           .word = take_host },
    [OPTIONS_OF_FALLBACK] = { .command = "fallback",
                              .rows = option_rows,
                              .count = COUNT_OF(option_rows),
                              .of = FALLBACK,
                              .word = take_host },
};

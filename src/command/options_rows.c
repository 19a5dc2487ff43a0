/* What each option of the command line does. */
#include "command/options_rows.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "net/proxy.h"

enum { TIMEOUT_MAX_S = 3600, SECOND_US = 1000000 };

static bool apply_port(struct parsing *parsing, const char *value, struct error *error)
{
    return port_parse(value, &parsing->port_option, error);
}

static bool parse_seconds(const char *option, const char *value, uint64_t *seconds, struct error *error)
{
    if (strspn(value, "0123456789") != strlen(value) || !text_number(value, TIMEOUT_MAX_S, seconds) || *seconds == 0) {
        return error_set(error, ERROR_USAGE, "%s \"%.40s\": whole seconds from 1 to %d", option, value, TIMEOUT_MAX_S);
    }
    return true;
}

static bool apply_timeout(struct parsing *parsing, const char *value, struct error *error)
{
    uint64_t seconds = 0;
    if (!parse_seconds("--timeout", value, &seconds, error)) {
        return false;
    }
    parsing->options->run.timeout_us = (int64_t)seconds * SECOND_US;
    return true;
}

static bool apply_time(struct parsing *parsing, const char *value, struct error *error)
{
    uint64_t seconds = 0;
    if (!parse_seconds("--time", value, &seconds, error)) {
        return false;
    }
    parsing->options->run.trace_us = (int64_t)seconds * SECOND_US;
    return true;
}

static bool apply_vpn_gateway(struct parsing *parsing, const char *value, struct error *error)
{
    char *host = NULL;
    uint16_t port = 0;
    if (!host_parse(value, &host, &port, error)) {
        return false;
    }
    alloc_free(host);
    parsing->options->run.vpn_gateway = value;
    return true;
}

static bool apply_gateway(struct parsing *parsing, const char *value, struct error *error)
{
    enum { PORT_HTTPS = 443 };
    struct check_options *options = parsing->options;
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

static bool apply_proxy(struct parsing *parsing, const char *value, struct error *error)
{
    struct net_proxy proxy;
    if (!net_proxy_by_word(value, &proxy, error)) {
        return false;
    }
    net_proxy_release(&proxy);
    parsing->options->run.proxy = value;
    return true;
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
            return error_set(error, ERROR_USAGE,
                             "%s: \"%.*s\" is no check; the checks are name, route, tcp, negotiation, tls, "
                             "certificate, nla, logon, session, udp, gateway, mtu, path, bandwidth, load, client",
                             option, (int)(length < 40 ? length : 40), value);
        }
        *bits |= NEEDS(id);
        value += length;
        if (*value == ',') {
            value++;
        }
    }
    if (*bits == 0) {
        return error_set(error, ERROR_USAGE, "%s: no check is named; for example %s tcp,tls", option, option);
    }
    return true;
}

static bool apply_only(struct parsing *parsing, const char *value, struct error *error)
{
    return parse_ids("--only", value, &parsing->only, error);
}

static bool apply_skip(struct parsing *parsing, const char *value, struct error *error)
{
    return parse_ids("--skip", value, &parsing->skip, error);
}

/* The spellings people copy: "0x904/0x7", "0x904, 0x7", "2308 7". What is no code is found when it is used. */
static bool apply_code(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->code = value;
    return true;
}

static bool apply_client(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->client = value;
    return true;
}

static bool apply_save(struct parsing *parsing, const char *value, struct error *error)
{
    if (value[0] == '\0') {
        return error_set(error, ERROR_USAGE, "--save: the file name is empty");
    }
    parsing->options->output.save = value;
    return true;
}

static bool apply_after(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->after = value;
    return true;
}

static bool apply_with(struct parsing *parsing, const char *value, struct error *error)
{
    struct check_options *options = parsing->options;
    if (value[0] == '\0') {
        return error_set(error, ERROR_USAGE, "--with: the file name is empty");
    }
    if (options->with_count == OPTIONS_WITH_MAX) {
        return error_set(error, ERROR_USAGE, "--with: more than %d files", OPTIONS_WITH_MAX);
    }
    options->with[options->with_count++] = value;
    return true;
}

static bool apply_ports(struct parsing *parsing, const char *value, struct error *error)
{
    while (*value != '\0') {
        const size_t length = strcspn(value, ",");
        char word[8] = "";
        if (length < sizeof(word)) {
            memcpy(word, value, length);
        }
        if (parsing->options->fallback.port_count == OPTIONS_PORTS_MAX) {
            return error_set(error, ERROR_USAGE,
                             "--ports: more than %d; a search through all of them is a port scan, "
                             "which rdpwhy is not",
                             OPTIONS_PORTS_MAX);
        }
        if (!port_parse(word, &parsing->options->fallback.ports[parsing->options->fallback.port_count++], error)) {
            return false;
        }
        value += length;
        if (*value == ',') {
            value++;
        }
    }
    return parsing->options->fallback.port_count > 0 ||
           error_set(error, ERROR_USAGE, "--ports: none is named; for example --ports 3390,33890");
}

static bool apply_folder(struct parsing *parsing, const char *value, struct error *error)
{
    parsing->options->fallback.folder = value;
    return value[0] != '\0' || error_set(error, ERROR_USAGE, "--write: the folder's name is empty");
}

static bool apply_sign_key(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->fallback.sign_key = value;
    return true;
}

static bool apply_sign_certificate(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->fallback.sign_certificate = value;
    return true;
}

static bool apply_color(struct parsing *parsing, const char *value, struct error *error)
{
    return output_colour_parse(value, &parsing->options->output.colour, error);
}

static bool apply_family(struct parsing *parsing, enum address_family family, struct error *error)
{
    if (parsing->options->run.family != ADDRESS_NONE && parsing->options->run.family != family) {
        return error_set(error, ERROR_USAGE, "-4 and -6 exclude each other");
    }
    parsing->options->run.family = family;
    return true;
}

static bool apply_v4(struct parsing *parsing, const char *value, struct error *error)
{
    (void)value;
    return apply_family(parsing, ADDRESS_V4, error);
}

static bool apply_v6(struct parsing *parsing, const char *value, struct error *error)
{
    (void)value;
    return apply_family(parsing, ADDRESS_V6, error);
}

static bool apply_user(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->logon.user = value;
    return true;
}

static bool apply_domain(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->logon.domain = value;
    return true;
}

static bool apply_password_file(struct parsing *parsing, const char *value, struct error *error)
{
    (void)error;
    parsing->options->logon.password_file = value;
    return true;
}

static bool apply_trust_cert(struct parsing *parsing, const char *value, struct error *error)
{
    return logon_ask_trust(&parsing->options->logon, value, error);
}

#define CHECK        (1U << OPTIONS_OF_CHECK)
#define TRACE        (1U << OPTIONS_OF_TRACE)
#define FALLBACK     (1U << OPTIONS_OF_FALLBACK)
#define EVERY        (CHECK | TRACE | FALLBACK)
#define FLAG(member) TAKES_NOTHING, offsetof(struct check_options, member), NULL
static const struct option_row rows[] = {
    { CHECK, "--code", 0, TAKES_VALUE, 0, apply_code },
    { EVERY, "--port", 0, TAKES_VALUE, 0, apply_port },
    { CHECK | FALLBACK, "--timeout", 0, TAKES_VALUE, 0, apply_timeout },
    { CHECK, "--only", 0, TAKES_VALUE, 0, apply_only },
    { CHECK, "--skip", 0, TAKES_VALUE, 0, apply_skip },
    { CHECK, "--client", 0, TAKES_VALUE, 0, apply_client },
    { TRACE, "--time", 0, TAKES_VALUE, 0, apply_time },
    { EVERY, "--vpn-gateway", 0, TAKES_VALUE, 0, apply_vpn_gateway },
    { FALLBACK, "--ports", 0, TAKES_VALUE, 0, apply_ports },
    { FALLBACK, "--write", 0, TAKES_VALUE, 0, apply_folder },
    { FALLBACK, "--no-file", 0, FLAG(fallback.no_file) },
    { FALLBACK, "--sign-key", 0, TAKES_VALUE, 0, apply_sign_key },
    { FALLBACK, "--sign-cert", 0, TAKES_VALUE, 0, apply_sign_certificate },
    { CHECK | FALLBACK, "--gateway", 0, TAKES_VALUE, 0, apply_gateway },
    { CHECK | FALLBACK, "--proxy", 0, TAKES_VALUE, 0, apply_proxy },
    { CHECK | FALLBACK, "--user", 0, TAKES_VALUE, 0, apply_user },
    { CHECK | FALLBACK, "--domain", 0, TAKES_VALUE, 0, apply_domain },
    { CHECK | FALLBACK, "--password-file", 0, TAKES_VALUE, 0, apply_password_file },
    { CHECK | FALLBACK, "--trust-cert", 0, TAKES_VALUE, 0, apply_trust_cert },
    { EVERY, "--save", 0, TAKES_VALUE, 0, apply_save },
    { CHECK, "--after", 0, TAKES_VALUE, 0, apply_after },
    { CHECK, "--with", 0, TAKES_VALUE, 0, apply_with },
    { CHECK, "--fix", 0, FLAG(fix) },
    { EVERY, "--color", 0, TAKES_EQUALS, 0, apply_color },
    { EVERY, "-4", '4', TAKES_NOTHING, 0, apply_v4 },
    { EVERY, "-6", '6', TAKES_NOTHING, 0, apply_v6 },
    { CHECK, "--session", 0, FLAG(run.session) },
    { CHECK | FALLBACK, "--deep", 0, FLAG(run.deep) },
    { EVERY, "--again", 0, FLAG(run.again) },
    { CHECK | TRACE, "--redact", 0, FLAG(output.redact) },
    { EVERY, "--ticket", 0, FLAG(output.ticket) },
    { EVERY, "--json", 0, FLAG(output.json) },
    { EVERY, "--quiet", 'q', FLAG(output.quiet) },
    { EVERY, "--verbose", 'v', FLAG(output.verbose) },
    { EVERY, "--help", 'h', FLAG(help) },
    /* Words of the contract whose features come later. */
    { CHECK, "--html", 0, TAKES_VALUE, 0, NULL },
};

const struct option_row *option_by_name(enum options_of command, const char *word, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if ((rows[i].commands & 1U << command) != 0 && strlen(rows[i].name) == length &&
            strncmp(rows[i].name, word, length) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct option_row *option_by_letter(enum options_of command, char letter)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if ((rows[i].commands & 1U << command) != 0 && rows[i].letter == letter) {
            return &rows[i];
        }
    }
    return NULL;
}

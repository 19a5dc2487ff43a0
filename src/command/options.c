#include "command/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "command/rdp_target.h"

enum { PORT_RDP = 3389, TIMEOUT_DEFAULT_S = 30, TIMEOUT_MAX_S = 3600, SECOND_US = 1000000 };

/* What has been collected so far; --only and --skip are put together at the end. */
struct parsing {
    struct check_options *options;
    unsigned only;
    unsigned skip;
    uint16_t port_option;
};

enum takes { TAKES_NOTHING, TAKES_VALUE, TAKES_EQUALS /* --color=WHEN only */ };

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum takes takes;
    size_t flag; /* offset of a bool in struct check_options; used when `apply` is NULL */
    bool (*apply)(struct parsing *parsing, const char *value, struct error *error); /* NULL with flag 0: later */
};

static bool apply_port(struct parsing *parsing, const char *value, struct error *error)
{
    return port_parse(value, &parsing->port_option, error);
}

static bool apply_timeout(struct parsing *parsing, const char *value, struct error *error)
{
    uint64_t seconds = 0;
    if (strspn(value, "0123456789") != strlen(value) || !text_number(value, TIMEOUT_MAX_S, &seconds) || seconds == 0) {
        return error_set(error, ERROR_USAGE, "--timeout \"%.40s\": whole seconds from 1 to %d", value, TIMEOUT_MAX_S);
    }
    parsing->options->run.timeout_us = (int64_t)seconds * SECOND_US;
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
                             "certificate, nla, load, client",
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

#define FLAG(member) TAKES_NOTHING, offsetof(struct check_options, member), NULL
static const struct option_row rows[] = {
    { "--code", 0, TAKES_VALUE, 0, apply_code },
    { "--port", 0, TAKES_VALUE, 0, apply_port },
    { "--timeout", 0, TAKES_VALUE, 0, apply_timeout },
    { "--only", 0, TAKES_VALUE, 0, apply_only },
    { "--skip", 0, TAKES_VALUE, 0, apply_skip },
    { "--client", 0, TAKES_VALUE, 0, apply_client },
    { "--save", 0, TAKES_VALUE, 0, apply_save },
    { "--after", 0, TAKES_VALUE, 0, apply_after },
    { "--color", 0, TAKES_EQUALS, 0, apply_color },
    { "-4", '4', TAKES_NOTHING, 0, apply_v4 },
    { "-6", '6', TAKES_NOTHING, 0, apply_v6 },
    { "--deep", 0, FLAG(run.deep) },
    { "--again", 0, FLAG(run.again) },
    { "--redact", 0, FLAG(output.redact) },
    { "--ticket", 0, FLAG(output.ticket) },
    { "--json", 0, FLAG(output.json) },
    { "--quiet", 'q', FLAG(output.quiet) },
    { "--verbose", 'v', FLAG(output.verbose) },
    { "--help", 'h', FLAG(help) },
    /* Words of the contract whose features come later. */
    { "--user", 0, TAKES_VALUE, 0, NULL },
    { "--domain", 0, TAKES_VALUE, 0, NULL },
    { "--password-file", 0, TAKES_VALUE, 0, NULL },
    { "--session", 0, TAKES_NOTHING, 0, NULL },
    { "--gateway", 0, TAKES_VALUE, 0, NULL },
    { "--trust-cert", 0, TAKES_VALUE, 0, NULL },
    { "--html", 0, TAKES_VALUE, 0, NULL },
};

static const struct option_row *find_row(const char *word, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, word, length) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool options_known(const char *word)
{
    bool letter = word[0] == '-' && word[1] != '-' && word[1] != '\0';
    for (size_t i = 0; i < COUNT_OF(rows) && letter; i++) {
        if (rows[i].letter == word[1]) {
            return true;
        }
    }
    return find_row(word, strcspn(word, "=")) != NULL;
}

bool options_takes_value(const char *word)
{
    const struct option_row *row = find_row(word, strlen(word));
    return row != NULL && row->takes == TAKES_VALUE;
}

static bool apply_row(struct parsing *parsing, const struct option_row *row, const char *value, struct error *error)
{
    if (row->apply != NULL) {
        return row->apply(parsing, value, error);
    }
    if (row->flag == 0) {
        return error_set(error, ERROR_USAGE, "%s: not in this version", row->name);
    }
    *(bool *)((char *)parsing->options + row->flag) = true;
    return true;
}

/* One "-qv4" word. */
static bool parse_letters(struct parsing *parsing, const char *word, struct error *error)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const struct option_row *found = NULL;
        for (size_t i = 0; i < COUNT_OF(rows) && found == NULL; i++) {
            found = rows[i].letter == *letter ? &rows[i] : NULL;
        }
        if (found == NULL) {
            return error_set(error, ERROR_USAGE, "%.40s: no such option; see rdpwhy check --help", word);
        }
        if (!apply_row(parsing, found, NULL, error)) {
            return false;
        }
    }
    return true;
}

/* One "--word", its value behind '=' or in the next argument; moves *i past what it used. */
static bool parse_word(struct parsing *parsing, int argc, char **argv, int *i, struct error *error)
{
    const char *word = argv[*i];
    const size_t length = strcspn(word, "=");
    const struct option_row *row = find_row(word, length);
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (row == NULL) {
        return error_set(error, ERROR_USAGE, "%.40s: no such option; see rdpwhy check --help", word);
    }
    if (row->apply == NULL && row->flag == 0) {
        return apply_row(parsing, row, NULL, error);
    }
    if (row->takes == TAKES_NOTHING && value != NULL) {
        return error_set(error, ERROR_USAGE, "%s takes no value", row->name);
    }
    if (row->takes == TAKES_VALUE && value == NULL && *i + 1 < argc) {
        value = argv[++*i];
    }
    if (row->takes != TAKES_NOTHING && value == NULL) {
        return error_set(error, ERROR_USAGE,
                         row->takes == TAKES_EQUALS ? "%s needs a value: --color=auto, --color=always or --color=never"
                                                    : "%s needs a value; see rdpwhy check --help",
                         row->name);
    }
    return apply_row(parsing, row, value, error);
}

/* Every check of this version, and what later versions bring: they are part of every checklist, as skipped. */
static const unsigned every_check = (1U << CHECK_COUNT) - 1;
static const unsigned later_checks = NEEDS(CHECK_LOGON) | NEEDS(CHECK_SESSION) | NEEDS(CHECK_UDP) |
                                     NEEDS(CHECK_GATEWAY) | NEEDS(CHECK_MTU) | NEEDS(CHECK_PATH) |
                                     NEEDS(CHECK_BANDWIDTH);

/* -4 to an IPv6 address leaves nothing to look at. */
static bool family_fits(const struct check_options *options, struct error *error)
{
    struct address address;
    const enum address_family family = options->run.family;
    if (family == ADDRESS_NONE || !address_parse(options->run.host, &address) || address.family == family) {
        return true;
    }
    return error_set(error, ERROR_USAGE, "%s: %.80s is an %s address; leave %s out", family == ADDRESS_V4 ? "-4" : "-6",
                     options->run.host, family == ADDRESS_V4 ? "IPv6" : "IPv4", family == ADDRESS_V4 ? "-4" : "-6");
}

static bool finish(struct parsing *parsing, struct error *error)
{
    struct check_options *options = parsing->options;
    options->run.asked = (parsing->only != 0 ? parsing->only : every_check) & ~parsing->skip;
    options->run.skipped = parsing->skip;
    if (options->help) {
        return true;
    }
    if (options->input == NULL) {
        return error_set(error, ERROR_USAGE, "no host given; for example: rdpwhy srv-01.corp.example");
    }
    if (parsing->only != 0 && (parsing->only & ~later_checks) == 0) {
        return error_set(error, ERROR_USAGE,
                         "--only: none of these is in this version; the checks are name, route, tcp, negotiation, "
                         "tls, certificate, nla, load, client");
    }
    if (options->run.asked == 0) {
        return error_set(error, ERROR_USAGE, "--only and --skip leave no check to run");
    }
    if (options->after != NULL && options->output.ticket) {
        return error_set(error, ERROR_USAGE, "--after and --ticket exclude each other; the ticket is about one look");
    }
    if (options->output.json && options->output.ticket) {
        return error_set(error, ERROR_USAGE, "--json and --ticket exclude each other: both write to stdout");
    }
    uint16_t port = 0;
    if (rdp_target_is(options->input)) {
        options->rdp_file = rdp_target_read(options->input, &options->run.host, &port, error);
        if (options->rdp_file == NULL) {
            return false;
        }
        port = parsing->port_option != 0 ? 0 : port; /* what is typed overrides what was saved */
    } else if (!host_parse(options->input, &options->run.host, &port, error)) {
        return false;
    }
    if (port != 0 && parsing->port_option != 0 && port != parsing->port_option) {
        return error_set(error, ERROR_USAGE, "two ports: %d with the host, %d with --port", port, parsing->port_option);
    }
    options->run.port = port != 0 ? port : parsing->port_option != 0 ? parsing->port_option : PORT_RDP;
    return family_fits(options, error);
}

bool options_parse(int argc, char **argv, struct check_options *options, struct error *error)
{
    struct check_options result = { .run = { .timeout_us = (int64_t)TIMEOUT_DEFAULT_S * SECOND_US } };
    struct parsing parsing = { .options = &result };
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool good = true;
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words && word[0] == '-' && word[1] == '-') {
            good = parse_word(&parsing, argc, argv, &i, error);
        } else if (!only_words && word[0] == '-' && word[1] != '\0') {
            good = parse_letters(&parsing, word, error);
        } else if (result.input != NULL) {
            good = error_set(error, ERROR_USAGE, "two hosts: \"%.80s\" and \"%.80s\"; one run looks at one",
                             result.input, word);
        } else {
            result.input = word;
        }
        if (!good) {
            return false;
        }
    }
    if (!finish(&parsing, error)) {
        options_release(&result);
        return false;
    }
    *options = result;
    return true;
}

void options_release(struct check_options *options)
{
    rdp_file_free(options->rdp_file);
    options->rdp_file = NULL;
    alloc_free(options->run.host);
    options->run.host = NULL;
}

void options_help(FILE *out)
{
    fputs("rdpwhy check HOST[:PORT]: why does this connection fail, and what to do.\n"
          "HOST is a name, an IPv4 or an IPv6 address ([v6]:PORT with a port), or a saved\n"
          ".rdp file, whose address and settings are then used.\n\n"
          "  rdpwhy srv-01.corp.example\n"
          "  rdpwhy srv-01.corp.example --code 0x904/0x7     what your client said\n"
          "  rdpwhy 10.20.4.17:3390 --json --save case.json  for a script, and for later\n\n"
          "What it should know\n"
          "  --code 0x904[/0x7]   the code the failing client showed\n"
          "  --client PROFILE     judge for this client; \"all\" prints every profile\n"
          "  --port N             the RDP port (3389)\n"
          "  -4, -6               this address family only\n"
          "How far it goes\n"
          "  --timeout S          budget of the whole run, in seconds (30)\n"
          "  --only A,B           these checks, and what they need\n"
          "  --skip A,B           not these checks\n"
          "  --deep               more connections: each TLS version, unusual protocols;\n"
          "                       it says first how many\n"
          "  --again              do not wait for the connection budget (4 connects in\n"
          "                       120 s per target, so that ban tools stay calm)\n"
          "What comes out\n"
          "  --ticket             a paste-ready note for whoever must act, redacted\n"
          "  --redact             names, addresses and hashes become tokens\n"
          "  --save FILE          the evidence, for: rdpwhy judge FILE\n"
          "  --after FILE         compare with this earlier look: what the repair changed\n"
          "  --json               one JSON document on stdout\n"
          "  -q, --quiet          the verdict line only\n"
          "  -v, --verbose        more evidence\n"
          "  --color=WHEN         auto, always, never\n"
          "  -h, --help           this text\n",
          out);
}

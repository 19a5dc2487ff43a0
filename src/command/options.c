#include "command/options_rows.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "command/rdp_target.h"
#include "probe/logon_name.h"

enum { PORT_RDP = 3389, TIMEOUT_DEFAULT_S = 30, TIMEOUT_FALLBACK_S = 120, SECOND_US = 1000000 };

bool options_takes_value(const char *word)
{
    const struct argument *row = NULL;
    for (const struct command *command = commands; command->name != NULL && row == NULL; command++) {
        row = arguments_by_name(command->options, word, strlen(word));
    }
    return row != NULL && argument_takes_next(row);
}

/* They are part of every checklist, if only as skipped. */
static const unsigned every_check = (1U << CHECK_COUNT) - 1;

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

static bool logon_fits(const struct check_options *options, struct error *error)
{
    const struct logon_ask *logon = &options->logon;
    struct logon_name name;
    if (logon->user != NULL) {
        return logon_name_read(logon->user, logon->domain, options->run.host, &name, error);
    }
    if (logon->domain != NULL || logon->password_file != NULL || logon->trusted_count > 0) {
        return error_set(error, ERROR_USAGE, "%s: whose? Give --user too",
                         logon->domain != NULL          ? "--domain"
                         : logon->password_file != NULL ? "--password-file"
                                                        : "--trust-cert");
    }
    return true;
}

/* The checks that are run, and those that were asked for by name. */
static void choose_checks(struct parsing *parsing)
{
    struct run_options *run = &parsing->options.run;
    run->asked = (parsing->only != 0 ? parsing->only : every_check) & ~parsing->skip;
    run->skipped = parsing->skip;
    run->named = parsing->only & ~parsing->skip;
    if (parsing->options.logon.user != NULL) {
        /* whoever is asked about a certificate must see it */
        run->asked |= (NEEDS(CHECK_LOGON) | NEEDS(CHECK_CERTIFICATE)) & ~parsing->skip;
        run->named |= NEEDS(CHECK_LOGON) & ~parsing->skip;
    }
    if (run->session) { /* it is asked for by its own word */
        /* and needs the connection made up to where it begins, whatever --only says */
        run->asked |= (NEEDS(CHECK_SESSION) | NEEDS(CHECK_NEGOTIATION) | NEEDS(CHECK_TLS) | NEEDS(CHECK_CERTIFICATE) |
                       NEEDS(CHECK_NLA)) &
                      ~parsing->skip;
        run->named |= NEEDS(CHECK_SESSION) & ~parsing->skip;
    }
}

/* Options that do not go together. */
static bool options_agree(const struct check_options *options, struct error *error)
{
    const struct output_options *output = &options->output;
    if (options->run.asked == 0) {
        return error_set(error, ERROR_USAGE, "--only and --skip leave no check to run");
    }
    if (options->after != NULL && output->ticket) {
        return error_set(error, ERROR_USAGE, "--after and --ticket exclude each other; the ticket is about one look");
    }
    if (options->after != NULL && options->with_count > 0) {
        return error_set(error, ERROR_USAGE,
                         "--after and --with exclude each other: one compares two looks, the other "
                         "adds to one");
    }
    if (output->json && output->ticket) {
        return error_set(error, ERROR_USAGE, "--json and --ticket exclude each other: both write to stdout");
    }
    if ((options->fallback.sign_key == NULL) != (options->fallback.sign_certificate == NULL)) {
        return error_set(error, ERROR_USAGE, "--sign-key and --sign-cert go together: a signature needs both");
    }
    if (options->fix && (output->json || output->quiet || output->ticket || output->redact)) {
        return error_set(error, ERROR_USAGE,
                         "--fix prints for a person, with the host's name: leave --json, -q, --ticket "
                         "and --redact out, or --save FILE and rdpwhy fix --evidence FILE");
    }
    return true;
}

/* The host, its port and its gateway, as they were typed or as an .rdp file has them. */
static bool settle_target(struct parsing *parsing, struct error *error)
{
    struct check_options *options = &parsing->options;
    uint16_t port = 0;
    if (rdp_target_is(options->input)) {
        options->rdp_file = rdp_target_read(options->input, &options->run.host, &port, error);
        if (options->rdp_file == NULL) {
            return false;
        }
        /* what is typed overrides what was saved */
        if (options->gateway == NULL && !rdp_target_gateway(options, error)) {
            return false;
        }
        port = parsing->port_option != 0 ? 0 : port;
    } else if (!host_parse(options->input, &options->run.host, &port, error)) {
        return false;
    }
    if (port != 0 && parsing->port_option != 0 && port != parsing->port_option) {
        return error_set(error, ERROR_USAGE, "two ports: %d with the host, %d with --port", port, parsing->port_option);
    }
    options->run.port = port != 0 ? port : parsing->port_option != 0 ? parsing->port_option : PORT_RDP;
    return true;
}

static bool finish(struct parsing *parsing, const char *command, struct error *error)
{
    struct check_options *options = &parsing->options;
    choose_checks(parsing);
    if (options->help) {
        return true;
    }
    if (options->input == NULL) {
        const bool check = strcmp(command, "check") == 0;
        return error_set(error, ERROR_USAGE, "no host given; for example: rdpwhy %s%ssrv-01.corp.example",
                         check ? "" : command, check ? "" : " ");
    }
    return options_agree(options, error) && settle_target(parsing, error) && family_fits(options, error) &&
           logon_fits(options, error);
}

bool options_parse_for(enum options_of command, int argc, char **argv, struct check_options *options,
                       struct error *error)
{
    const int64_t timeout_s = command == OPTIONS_OF_FALLBACK ? TIMEOUT_FALLBACK_S : TIMEOUT_DEFAULT_S;
    const struct arguments *arguments = &option_tables[command];
    struct parsing parsing = { .options = { .run = { .timeout_us = timeout_s * SECOND_US } } };
    if (!arguments_parse(arguments, argc, argv, &parsing, error) || !finish(&parsing, arguments->command, error)) {
        options_release(&parsing.options);
        return false;
    }
    *options = parsing.options;
    return true;
}

bool options_parse(int argc, char **argv, struct check_options *options, struct error *error)
{
    return options_parse_for(OPTIONS_OF_CHECK, argc, argv, options, error);
}

void options_release(struct check_options *options)
{
    logon_ask_release(&options->logon);
    rdp_file_free(options->rdp_file);
    options->rdp_file = NULL;
    alloc_free(options->run.host);
    options->run.host = NULL;
    alloc_free(options->gateway);
    options->gateway = NULL;
    options->run.gateway_host = NULL;
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
          "  --vpn-gateway HOST   the tunnel's outer end, when it cannot be found out\n"
          "  --gateway HOST       the RD Gateway that the way goes through (HOST:PORT, 443)\n"
          "  --proxy HOST:PORT    the forward proxy before it, when no variable names it\n"
          "  -4, -6               this address family only\n"
          "Logging on (one try a run; see docs/logon.md for what leaves the machine)\n"
          "  --user U             user, DOMAIN\\user, user@realm, .\\user\n"
          "  --domain D           the domain, when --user does not name it\n"
          "  --password-file F    its first line is the password; - is standard input.\n"
          "                       Else RDPWHY_PASSWORD, or a question on the terminal\n"
          "  --trust-cert SHA256  this certificate may be shown the logon\n"
          "How far it goes\n"
          "  --timeout S          budget of the whole run, in seconds (30)\n"
          "  --only A,B           these checks, and what they need\n"
          "  --skip A,B           not these checks\n"
          "  --session            go on past the logon, until the server is ready for a\n"
          "                       session; may disturb a user, may take a licence\n"
          "  --deep               more connections: each TLS version, unusual protocols;\n"
          "                       it says first how many\n"
          "  --again              do not wait for the connection budget (4 connects in\n"
          "                       120 s per target, so that ban tools stay calm)\n"
          "What comes out\n"
          "  --ticket             a paste-ready note for whoever must act, redacted\n"
          "  --redact             names, addresses and hashes become tokens\n"
          "  --save FILE          the evidence, for: rdpwhy judge FILE\n"
          "  --fix                then the repair of the cause that was found, as a script\n"
          "  --after FILE         compare with this earlier look: what the repair changed\n"
          "  --with FILE          add what this file tells of the same failure (see rdpwhy\n"
          "                       read); may be given again\n"
          "  --json               one JSON document on stdout\n"
          "  -q, --quiet          the verdict line only\n"
          "  -v, --verbose        more evidence\n"
          "  --color=WHEN         auto, always, never\n"
          "  -h, --help           this text\n",
          out);
}

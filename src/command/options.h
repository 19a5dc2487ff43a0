/* Command-line options of `check`, and the pieces other commands share. */
#ifndef RDPWHY_COMMAND_OPTIONS_H
#define RDPWHY_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "command/logon_ask.h"
#include "command/output.h"
#include "plan/check.h"
#include "wire/rdp_file.h"

/* Commands that take a host and these options, or some of them. */
enum options_of { OPTIONS_OF_CHECK, OPTIONS_OF_TRACE, OPTIONS_OF_FALLBACK };

enum { OPTIONS_PORTS_MAX = 8, OPTIONS_WITH_MAX = 16 };

struct check_options {
    struct run_options run;    /* run.host is owned: options_release frees it */
    const char *input;         /* the host, or the .rdp file, as it was typed */
    struct rdp_file *rdp_file; /* owned; NULL: the host was given itself */
    char *gateway;             /* owned: run.gateway_host */
    bool help;
    struct output_options output;
    struct logon_ask logon;
    const char *client;                 /* a profile, or "all" */
    const char *code;                   /* what the user's client said: "0x904/0x7" */
    const char *after;                  /* a document of before the repair, to compare with */
    const char *with[OPTIONS_WITH_MAX]; /* files that tell of the same failure */
    size_t with_count;
    bool fix; /* then the repair of what was found */
    struct {
        uint16_t ports[OPTIONS_PORTS_MAX]; /* to be tried as well */
        size_t port_count;
        const char *folder; /* for the .rdp file; NULL: the current one */
        bool no_file;
        const char *sign_certificate; /* PEM files; both or neither */
        const char *sign_key;
    } fallback;
};

/* Parses argv[1..]. The strings point into argv. False: ERROR_USAGE, and the text names the place. */
bool options_parse_for(enum options_of command, int argc, char **argv, struct check_options *options,
                       struct error *error) MUST_USE;
bool options_parse(int argc, char **argv, struct check_options *options, struct error *error) MUST_USE;
void options_release(struct check_options *options);
/* True when the word is an option, of whichever command, whose value is the next word ("--port"); "--port=1" takes
 * none. */
bool options_takes_value(const char *word);

void options_help(FILE *out);

/* A decimal port, 1 to 65535. */
bool port_parse(const char *text, uint16_t *port, struct error *error) MUST_USE;
/* HOST, HOST:PORT, [v6]:PORT, v6, v4: `host` (owned by the caller) and `port` (0: none given). */
bool host_parse(const char *text, char **host, uint16_t *port, struct error *error) MUST_USE;

#endif

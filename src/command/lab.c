/* rdpwhy lab: broken servers on loopback, to learn, to demo, to test. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/commands.h"
#include "command/output.h"
#include "lab/server.h"

enum { PORT_MAX = 65535, ONCE_MAX = 1000000, NAME_WIDTH = 26 };

static const char help[] = "rdpwhy lab: start a broken (or healthy) RDP server on loopback\n\n"
                           "  rdpwhy lab list [--json]     the scenarios, and what rdpwhy must say of each\n"
                           "  rdpwhy lab NAME [--port P] [--once N] [--keytab FILE]\n\n"
                           "  --port P   listen there (default 3389; 0: any free port)\n"
                           "  --once N   end after N connections\n"
                           "  --keytab FILE   the server's keys for Kerberos, in scenarios with a logon\n"
                           "  -q         where it listens, and not what happens\n\n"
                           "It listens on 127.0.0.1 (or ::1) only, says where, then tells what happens.\n"
                           "Ctrl-C ends it.\n"
                           "  rdpwhy lab rdp-key-unreadable --port 13389 &\n"
                           "  rdpwhy 127.0.0.1:13389\n";

struct request {
    const char *name;
    uint64_t port;
    uint64_t once;
    const char *keytab;
    bool json;
    bool quiet;
    bool verbose; /* everything is shown anyway */
    bool help;
    enum output_colour colour;
};

static bool take_port(void *into, const char *value, struct error *error)
{
    return text_number(value, PORT_MAX, &((struct request *)into)->port) ||
           error_set(error, ERROR_USAGE, "lab: --port wants a number from 0 to %d", PORT_MAX);
}

static bool take_once(void *into, const char *value, struct error *error)
{
    return text_number(value, ONCE_MAX, &((struct request *)into)->once) ||
           error_set(error, ERROR_USAGE, "lab: --once wants a number up to %d", ONCE_MAX);
}

static bool take_name(void *into, const char *word, struct error *error)
{
    struct request *request = into;
    if (request->name != NULL) {
        return error_set(error, ERROR_USAGE, "lab: one scenario at a time (\"%.60s\" and \"%.60s\")", request->name,
                         word);
    }
    request->name = word;
    return true;
}

static const struct argument rows[] = {
    { .name = "--port", .kind = ARGUMENT_VALUE, .take = take_port },
    { .name = "--once", .kind = ARGUMENT_VALUE, .take = take_once },
    ARGUMENT_AT(struct request, "--keytab", 0, ARGUMENT_TEXT, keytab),
    ARGUMENT_AT(struct request, "--json", 0, ARGUMENT_FLAG, json),
    ARGUMENT_AT(struct request, "--quiet", 'q', ARGUMENT_FLAG, quiet),
    ARGUMENT_AT(struct request, "--verbose", 'v', ARGUMENT_FLAG, verbose),
    ARGUMENT_AT(struct request, "--color", 0, ARGUMENT_COLOUR, colour),
    ARGUMENT_AT(struct request, "--help", 'h', ARGUMENT_FLAG, help),
};
const struct arguments lab_arguments = { .command = "lab", .rows = rows, .count = COUNT_OF(rows), .word = take_name };

/* --- list --- */

static const char *slug_of(const struct lab_scenario *scenario)
{
    const struct cause_fact *fact = cause_fact(scenario->expected.cause);
    return fact != NULL ? fact->slug : NULL;
}

static void print_json_text(const char *name, const char *value, const char *end)
{
    if (value == NULL) {
        printf("\"%s\": null%s", name, end);
    } else {
        printf("\"%s\": \"%s\"%s", name, value, end); /* a test checks that no text of ours needs an escape */
    }
}

static void list_json(void)
{
    const struct lab_scenario *scenario;
    fputs("{ \"scenarios\": [", stdout);
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        fputs(i == 0 ? "\n  { " : ",\n  { ", stdout);
        print_json_text("name", scenario->name, ", ");
        print_json_text("story", scenario->story, ",\n    ");
        print_json_text("options", scenario->options, ", ");
        print_json_text("user", scenario->user, ", ");
        print_json_text("password", scenario->user != NULL ? LAB_PASSWORD : NULL, ",\n    ");
        printf("\"gateway\": %s,\n    ", scenario->behaviour.gateway.is ? "true" : "false");
        fputs("\"expected\": { ", stdout);
        print_json_text("status", scenario->expected.status, ", ");
        print_json_text("stopped_at", scenario->expected.stopped_at, ", ");
        print_json_text("cause", slug_of(scenario), ", ");
        print_json_text("certainty", scenario->expected.certainty, " } }");
    }
    fputs("\n] }\n", stdout);
}

/* The label, and words beside it, wrapped before the right edge; on a narrow terminal they stand below it. */
static void print_wrapped(const char *label, const char *words)
{
    enum { NARROW = 60, NARROW_INDENT = 2 };
    const int width = output_width_for(stdout);
    const int indent = width < NARROW ? NARROW_INDENT : NAME_WIDTH;
    const size_t room = width - indent - 2 > 1 ? (size_t)(width - indent - 2) : 1;
    if (width < NARROW && label[0] != '\0') {
        puts(label);
        label = "";
    }
    while (*words != '\0') {
        size_t take = strlen(words);
        if (take > room) {
            take = room;
            while (take > 1 && words[take] != ' ') {
                take--;
            }
        }
        printf("%-*s %.*s\n", indent, label, (int)take, words);
        words += take;
        words += strspn(words, " ");
        label = "";
    }
}

static void list_text(void)
{
    const struct lab_scenario *scenario;
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        const struct lab_expected *expected = &scenario->expected;
        const char *slug = slug_of(scenario);
        char verdict[160];
        snprintf(verdict, sizeof(verdict), "%s%s%s%s%s%s%s", expected->status,
                 expected->stopped_at != NULL ? " at " : "", expected->stopped_at != NULL ? expected->stopped_at : "",
                 slug != NULL ? ": " : "", slug != NULL ? slug : "", slug != NULL ? ", " : "",
                 slug != NULL ? expected->certainty : "");
        print_wrapped(scenario->name, verdict);
        print_wrapped("", scenario->story);
    }
}

/* --- serve --- */

static void on_tell(void *context, unsigned connection, const char *words)
{
    (void)context;
    printf("  %u  %s\n", connection, words);
    fflush(stdout);
}

static void on_interrupt(void *context)
{
    net_loop_stop(context);
}

static void print_start(const struct lab_server *server, const struct lab_scenario *scenario)
{
    struct address address;
    char text[ADDRESS_TEXT_SIZE];
    lab_server_address(server, &address);
    address_format(&address, text);
    printf(address.family == ADDRESS_V6 ? "listening on [%s]:%u\n" : "listening on %s:%u\n", text,
           (unsigned)lab_server_port(server));
    printf("%s: %s\n", scenario->name, scenario->story);
    const bool gateway = scenario->behaviour.gateway.is && scenario->behaviour.nla.logon.user != NULL;
    const char *user = gateway && scenario->user == NULL ? scenario->behaviour.nla.logon.user : scenario->user;
    if (user != NULL) {
        printf("  log on as %s, password %s, certificate sha256 %s\n", user, LAB_PASSWORD,
               lab_server_fingerprint(server));
    }
    fflush(stdout);
}

static bool serve(const struct request *request, struct error *error)
{
    const struct lab_scenario *scenario = lab_scenario_find(request->name);
    if (scenario == NULL) {
        return error_set(error, ERROR_USAGE, "lab: no scenario \"%.100s\"; see rdpwhy lab list", request->name);
    }
    struct net_loop *loop = net_loop_new(error);
    if (loop == NULL) {
        return false;
    }
    const struct lab_server_options options = {
        .scenario = scenario,
        .port = (uint16_t)request->port,
        .once = (unsigned)request->once,
        .keytab = request->keytab,
        .tell = request->quiet ? NULL : on_tell,
    };
    struct lab_server *server = lab_server_start(loop, &options, error);
    const bool done = server != NULL && net_loop_on_interrupt(loop, on_interrupt, loop, error);
    if (done) {
        print_start(server, scenario);
        net_loop_run(loop);
    }
    lab_server_free(server);
    net_loop_free(loop);
    return done;
}

int command_lab(int argc, char **argv)
{
    struct request request = { .port = 3389 };
    struct error error = { 0 };
    if (!arguments_parse(&lab_arguments, argc, argv, &request, &error)) {
        return command_failed(&error);
    }
    if (request.help) {
        fputs(help, stdout);
        return 0;
    }
    if (request.name == NULL) {
        fputs(help, stderr);
        return ERROR_USAGE;
    }
    if (request.json && strcmp(request.name, "list") != 0) {
        error_set(&error, ERROR_USAGE, "lab: --json goes with list");
        return command_failed(&error);
    }
    if (strcmp(request.name, "list") == 0) {
        if (request.json) {
            list_json();
        } else {
            list_text();
        }
        return 0;
    }
    return serve(&request, &error) ? 0 : command_failed(&error);
}

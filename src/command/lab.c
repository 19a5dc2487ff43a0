/* rdpwhy lab: broken servers on loopback, to learn, to demo, to test. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/commands.h"
#include "lab/server.h"

enum { PORT_MAX = 65535, ONCE_MAX = 1000000, NAME_WIDTH = 26 };

static const char help[] = "rdpwhy lab: start a broken (or healthy) RDP server on loopback\n\n"
                           "  rdpwhy lab list [--json]     the scenarios, and what rdpwhy must say of each\n"
                           "  rdpwhy lab NAME [--port P] [--once N] [--keytab FILE]\n\n"
                           "  --port P   listen there (default 3389; 0: any free port)\n"
                           "  --once N   end after N connections\n"
                           "  --keytab FILE   the server's keys for Kerberos, in scenarios with a logon\n\n"
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
    bool help;
};

static bool parse(int argc, char **argv, struct request *request, struct error *error)
{
    for (int i = 1; i < argc; i++) {
        const bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0) {
            request->json = true;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            request->help = true;
        } else if (strcmp(argv[i], "--port") == 0) {
            if (!has_value || !text_number(argv[++i], PORT_MAX, &request->port)) {
                return error_set(error, ERROR_USAGE, "lab: --port wants a number from 0 to %d", PORT_MAX);
            }
        } else if (strcmp(argv[i], "--once") == 0) {
            if (!has_value || !text_number(argv[++i], ONCE_MAX, &request->once)) {
                return error_set(error, ERROR_USAGE, "lab: --once wants a number up to %d", ONCE_MAX);
            }
        } else if (strcmp(argv[i], "--keytab") == 0) {
            if (!has_value) {
                return error_set(error, ERROR_USAGE, "lab: --keytab wants a file");
            }
            request->keytab = argv[++i];
        } else if (argv[i][0] == '-' || request->name != NULL) {
            return error_set(error, ERROR_USAGE, "lab: what is '%.100s'? see rdpwhy lab --help", argv[i]);
        } else {
            request->name = argv[i];
        }
    }
    return true;
}

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

/* The label, and words beside it, wrapped before the right edge. */
static void print_wrapped(const char *label, const char *words)
{
    enum { EDGE = 79, ROOM = EDGE - NAME_WIDTH - 1 };
    while (*words != '\0') {
        size_t take = strlen(words);
        if (take > ROOM) {
            take = ROOM;
            while (take > 1 && words[take] != ' ') {
                take--;
            }
        }
        printf("%-*s %.*s\n", NAME_WIDTH, label, (int)take, words);
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
        return error_set(error, ERROR_USAGE, "lab: no scenario '%.100s'; see rdpwhy lab list", request->name);
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
        .tell = on_tell,
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
    if (!parse(argc, argv, &request, &error)) {
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

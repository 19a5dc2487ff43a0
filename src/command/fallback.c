/* rdpwhy fallback: another way in when the plain one is blocked, proved by going it. */
#include "command/fallback.h"

#include <string.h>

#include "base/alloc.h"
#include "command/commands.h"
#include "x509/sign.h"
#include "json/document.h"

/* --- what is offered --- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Its file, when one is wanted; why not, in no_file. */
static bool write_file(struct fallback *fallback, size_t index, const struct recipe *recipe, struct error *error)
{
    struct error inner = { 0 };
    char why[sizeof fallback->no_file] = "";
    if (fallback->options->fallback.no_file) {
        return true;
    }
    fallback->files[index] = fallback_write(recipe, fallback->options, why, sizeof why, &inner);
    if (fallback->files[index] == NULL && why[0] == '\0') {
        if (error != NULL) {
            *error = inner;
        }
        return false;
    }
    if (why[0] != '\0') {
        memcpy(fallback->no_file, why, sizeof why);
    }
    return true;
}

bool fallback_offer(struct fallback *fallback, struct error *error)
{
    size_t offers[WAYS_MAX];
    fallback->offer_count = ways_offers(fallback->tried, fallback->count, offers);
    for (size_t i = 0; i < fallback->offer_count; i++) {
        struct ways_offer *offer = &fallback->offers[i];
        const struct tried *way = &fallback->tried[offers[i]];
        /* A file outlives the warning that is printed here. */
        const bool useful = !way->recipe.wide_tls; /* mstsc could not go it, and FreeRDP has its line */
        if (useful && !ways_is_doubtful(way, &fallback->tried[0]) && !write_file(fallback, i, &way->recipe, error)) {
            return false;
        }
        offer->way = way;
        offer->file = fallback->files[i];
        offer->is_signed = offer->file != NULL && fallback->options->fallback.sign_key != NULL;
        commands_make(&way->recipe, fallback->checking.evidence, offer->file != NULL ? base_name(offer->file) : NULL,
                      &offer->commands);
    }
    return true;
}

/* --- what is said --- */

static bool print_json(struct fallback *fallback, const struct ways_view *view, struct error *error)
{
    char *text = document_text_ways(fallback->checking.evidence, fallback->checking.verdict, view, error);
    bool done = text != NULL;
    if (done && fallback->options->output.save != NULL) {
        done = document_save_file(fallback->options->output.save, text, error);
    }
    if (done && fallback->options->output.json) {
        done = output_text(text, error);
    }
    alloc_free(text);
    return done;
}

static bool print_ticket(const struct fallback *fallback, struct error *error)
{
    struct output_options output = fallback->options->output;
    output.save = NULL;
    return output_verdict(fallback->checking.evidence, &output) < ERROR_USAGE || error_no_memory(error);
}

int fallback_report(struct fallback *fallback, struct error *error)
{
    const struct output_options *output = &fallback->options->output;
    const struct verdict *verdict = fallback->checking.verdict;
    const struct evidence *evidence = fallback->checking.evidence;
    struct way_hint hints[HINT_COUNT];
    const size_t hint_count = ways_hints(fallback->tried, fallback->count, verdict, fallback->offer_count > 0, hints);
    const struct ways_view view = {
        .tried = fallback->tried,
        .tried_count = fallback->count,
        .how = fallback->how,
        .offers = fallback->offers,
        .offer_count = fallback->offer_count,
        .hints = hints,
        .hint_count = hint_count,
        .untried = fallback->untried,
        .ended = fallback->ended,
        .no_file = fallback->no_file[0] != '\0' ? fallback->no_file : NULL,
    };
    const struct report_options report = { .colour = output_colour_for(output->colour, stdout),
                                           .verbose = output->verbose,
                                           .width = output_width_for(stdout) };
    bool done = true;
    if (output->json || output->save != NULL) {
        done = print_json(fallback, &view, error);
    }
    if (done && output->ticket) {
        done = print_ticket(fallback, error);
    } else if (done && output->quiet) {
        done = report_ways_quiet(stdout, verdict, &view, error);
    } else if (done && !output->json) {
        done = report_ways(stdout, evidence, verdict, &view, &report, error);
    }
    if (done && fflush(stdout) != 0) {
        done = error_set(error, ERROR_INTERNAL, "cannot write to standard output");
    }
    return done ? report_ways_status(verdict, &view) : -1;
}

/* --- the command --- */

static void release(struct fallback *fallback)
{
    check_end(&fallback->checking);
    for (size_t i = 0; i < WAYS_MAX; i++) {
        alloc_free(fallback->how[i]);
        alloc_free(fallback->files[i]);
        evidence_free(fallback->own[i]);
    }
    alloc_free(fallback);
}

/* The exit status, or -1: `error` says why not. */
static int run(const struct check_options *options, struct error *error)
{
    /* The checklist is not what this command is asked for. */
    struct check_options quiet = *options;
    struct fallback *fallback = alloc_new(sizeof *fallback);
    int status = -1;
    if (fallback == NULL) {
        error_no_memory(error);
        return -1;
    }
    if (options->fallback.sign_key != NULL) {
        x509_wipe_freed();
    }
    quiet.output.quiet = true;
    fallback->options = options;
    if (fallback_check_signer(options, error) && check_begin(&fallback->checking, &quiet, "fallback", error) &&
        fallback_search(fallback, error) && fallback_offer(fallback, error)) {
        status = fallback_report(fallback, error);
    }
    release(fallback);
    return status;
}

static void print_help(void)
{
    fputs("rdpwhy fallback HOST[:PORT]: another way in when the plain one is blocked. It\n"
          "looks as check does, then tries other ways, the safe ones first: the answers of\n"
          "each DNS server, IPv4 and IPv6, other names of the machine, smaller packets,\n"
          "ports you name; last TLS without NLA and standard RDP security. What it offers\n"
          "it has tried itself.\n\n"
          "  rdpwhy fallback srv-01.corp.example\n"
          "  rdpwhy fallback srv-01.corp.example --ports 3390,33890\n"
          "  rdpwhy fallback srv-01.corp.example --json\n\n"
          "  --ports A,B          ports the service may have moved to (8 at most)\n"
          "  --write FOLDER       where the .rdp file goes (here); nothing is overwritten\n"
          "  --no-file            no .rdp file\n"
          "  --sign-key FILE      sign the .rdp file with this key (PEM)\n"
          "  --sign-cert FILE     and this certificate, its chain behind it (PEM)\n"
          "  --again              more than three connections, without asking\n"
          "  --gateway HOST       an RD Gateway that may be a way in (HOST:PORT, 443)\n"
          "  --proxy HOST:PORT    the forward proxy before it, when no variable names it\n"
          "  --user U, --domain D, --password-file F, --trust-cert SHA256\n"
          "                       go on to the logon, as check does; one try a run\n"
          "  --port N             the RDP port (3389)\n"
          "  -4, -6               this address family only\n"
          "  --timeout S          budget of the whole run, in seconds (120)\n"
          "  --deep               more connections: each TLS version, unusual protocols\n"
          "  --vpn-gateway HOST   the tunnel's outer end, when it cannot be found out\n"
          "  --ticket             a note for whoever must act, redacted\n"
          "  --save FILE          the evidence, for: rdpwhy judge FILE\n"
          "  --json               one JSON document on stdout\n"
          "  -q, --quiet          one line\n"
          "  -v, --verbose        more evidence\n"
          "  --color=WHEN         auto, always, never\n"
          "  -h, --help           this text\n\n"
          "Exit status: 0 a way that gives up no security (or the plain one) is open, 1\n"
          "only a less secure one or what may be another machine, 2 none, 3 cannot tell;\n"
          "from 64 on as everywhere.\n",
          stdout);
}

int command_fallback(int argc, char **argv)
{
    struct error error = { 0 };
    struct check_options options;
    if (!options_parse_for(OPTIONS_OF_FALLBACK, argc, argv, &options, &error)) {
        return command_failed(&error);
    }
    int status = 0;
    if (options.run.gateway_host != NULL) {
        options.run.gateway_use = GATEWAY_USE_WHEN_NEEDED; /* one way among others: the plain one keeps its own logon */
    }
    if (options.help) {
        print_help();
    } else {
        status = check_credentials(&options, &error) ? run(&options, &error) : -1;
    }
    options_release(&options);
    return status < 0 ? command_failed(&error) : status;
}

/* rdpwhy HOST --fix: what was found, and then its repair. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command/fix.h"

static bool print_line(const char *line, struct error *error)
{
    return fprintf(stdout, "\n  %s\n", line) >= 0 ||
           error_set(error, ERROR_INTERNAL, "cannot write to standard output");
}

static bool print_repair(const struct repair_request *request, const char *host, bool colour, struct error *error)
{
    struct repair *repair = alloc_new(sizeof *repair);
    if (repair == NULL) {
        return error_no_memory(error);
    }
    bool done = repair_build(request, repair, error) && fix_print(stdout, repair, host, colour, error);
    repair_release(repair);
    alloc_free(repair);
    return done;
}

bool fix_after_check(const struct evidence *evidence, const struct verdict *verdict, enum output_colour colour,
                     struct error *error)
{
    static const struct values none;
    const struct ev_text *host = &evidence->target.host;
    struct repair_request request = {
        .cause = verdict->cause, .part = PART_APPLY, .values = &none, .evidence = evidence
    };
    if (verdict->status == VERDICT_OK) {
        return print_line("repair    nothing to repair was found.", error);
    }
    if (verdict->cause == CAUSE_NONE) {
        return print_line("repair    none: no cause is at least likely. The steps above decide.", error);
    }
    if (remedy_choose(&request) == NULL) {
        return print_line("repair    there is no script for this cause; the steps above say what to do.", error);
    }
    /* a host that came from a command line of ours was checked there; here it is checked as a value */
    bool plain = host->source != SOURCE_NONE && value_check(ASK_HOST, "host", host->v, NULL);
    return print_line("", error) &&
           print_repair(&request, plain ? host->v : NULL, output_colour_for(colour, stdout), error);
}

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

static bool print_repair(const struct repair_request *request, const struct fix_view *view, struct error *error)
{
    struct repair *repair = alloc_new(sizeof *repair);
    if (repair == NULL) {
        return error_no_memory(error);
    }
    bool done = repair_build(request, repair, error) && fix_print(stdout, repair, view, error);
    repair_release(repair);
    alloc_free(repair);
    return done;
}

bool fix_after_check(const struct verdict *verdict, const struct fix_view *view, struct error *error)
{
    static const struct values none;
    struct repair_request request = {
        .cause = verdict->cause, .part = PART_APPLY, .values = &none, .evidence = view->evidence
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
    return print_line("", error) && print_repair(&request, view, error);
}

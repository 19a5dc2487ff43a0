/* Evidence and verdict as text for people. Only layout: every word about the evidence comes from the verdict and the
 * facts. Pure functions of what they are given; nothing is printed anywhere but on the stream given. */
#ifndef RDPWHY_REPORT_REPORT_H
#define RDPWHY_REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attributes.h"
#include "base/error.h"
#include "diagnose/compare.h"
#include "diagnose/diagnose.h"
#include "diagnose/server.h"

struct report_options {
    bool colour;       /* an addition only: the text is the same without */
    bool verbose;      /* -v: the connections one by one, controls, readings */
    bool checks_shown; /* the live view has already printed the checklist on this stream */
    int width;         /* columns; 0: 80 */
};

/* All return false when memory is short or the stream failed. */
bool report_terminal(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                     const struct report_options *options, struct error *error) MUST_USE;
/* `rdpwhy trace`: the picture of the way, what was found, the text to send. */
bool report_way(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                const struct report_options *options, struct error *error) MUST_USE;
bool report_way_quiet(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                      struct error *error) MUST_USE;
/* Only the text to send; what was found when there is nobody to send it to. Give it redacted evidence. */
bool report_way_ticket(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                       struct error *error) MUST_USE;
/* One line: "BLOCKED at tls: rdp-key-unreadable, likely: <summary>". */
bool report_quiet(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                  struct error *error) MUST_USE;
/* A paste-ready note for whoever must act. Give it redacted evidence and the verdict on that. */
bool report_ticket(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                   struct error *error) MUST_USE;

/* Before and after: the steps that changed, the causes that went or came, the outcome last. `verbose` adds what merely
 * varies. */
bool report_comparison(FILE *out, const struct comparison *comparison, const struct report_options *options,
                       struct error *error) MUST_USE;
/* One line: "REPAIRED what blocked it at tls is gone, ..." */
bool report_comparison_quiet(FILE *out, const struct comparison *comparison, struct error *error) MUST_USE;

/* What a collection says: sentences by weight under their labels, each with the cause it speaks for. */
bool report_said(FILE *out, const char *title, const struct said_list *list, const struct report_options *options,
                 struct error *error) MUST_USE;

/* What `rdpwhy read` met: a file and what it holds or why not. */
struct report_file {
    const char *path;
    const char *found; /* empty: nothing */
    char *const *skipped;
    size_t skipped_count;
};
/* `closing`: a last sentence, when no verdict follows; NULL: one does. */
bool report_files(FILE *out, const struct report_file *files, size_t count, const char *closing,
                  const struct report_options *options, struct error *error) MUST_USE;
/* One line for each of many looks, the gravest first. */
bool report_many(FILE *out, const struct side *looks, size_t count, const struct report_options *options,
                 struct error *error) MUST_USE;
/* How grave, for sorting: blocked above degraded, unknown and ok. */
int report_gravity(const struct verdict *verdict);

/* The exit status of the contract for a verdict: 0 ok, 1 degraded, 2 blocked, 3 unknown. */
int report_exit_status(const struct verdict *verdict);

#endif

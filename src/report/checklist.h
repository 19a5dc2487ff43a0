/* The checklist on paper: for the terminal, and as Markdown. */
#ifndef RDPWHY_REPORT_CHECKLIST_H
#define RDPWHY_REPORT_CHECKLIST_H

#include <stdio.h>

#include "diagnose/checklist.h"
#include "report/report.h"

bool report_checklist(FILE *out, const struct checklist *checklist, const struct report_options *options,
                      struct error *error) MUST_USE;
bool report_checklist_markdown(FILE *out, const struct checklist *checklist, struct error *error) MUST_USE;
/* What it is for: "rdp-key-unreadable: RDP key unreadable". */
void report_checklist_title(const struct checklist *checklist, char *text, size_t size);

#endif

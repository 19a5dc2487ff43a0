/* What `rdpwhy fallback` found, laid out. */
#ifndef RDPWHY_REPORT_WAYS_H
#define RDPWHY_REPORT_WAYS_H

#include "report/report.h"
#include "ways/view.h"

/* All return false when memory is short or the stream failed. */
bool report_ways(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                 const struct ways_view *view, const struct report_options *options, struct error *error) MUST_USE;
/* One line. */
bool report_ways_quiet(FILE *out, const struct verdict *verdict, const struct ways_view *view,
                       struct error *error) MUST_USE;
/* The exit status: 0 plainly or at no cost in security, 1 only by a downgrade, 2 no way, 3 cannot tell. */
int report_ways_status(const struct verdict *verdict, const struct ways_view *view);

#endif

/* The readings of mtu and bandwidth in words, for their signs, checks and reports. Inside src/diagnose only. */
#ifndef RDPWHY_DIAGNOSE_LINE_H
#define RDPWHY_DIAGNOSE_LINE_H

#include "diagnose/look.h"

/* "between 100.64.1.2 and 203.0.113.2 (your ISP)": the link of a hole or of a slow line. */
enum { PLACE_WORDS_SIZE = 240 };
void line_place_words(const struct ev_text *near, const struct ev_text *far, const struct ev_enum *segment,
                      char text[PLACE_WORDS_SIZE]);
/* "the LAN", "your ISP", "the transit networks", ...; NULL: not known. */
const char *segment_words(const struct ev_enum *segment);
/* "256 kbit/s", "1.5 Mbit/s", "42 Mbit/s". */
const char *rate_words(int64_t kbps, char text[SPAN_SIZE]);

/* "3.1", "0.35" for 31000, 3500 millionths: a number of per cent. */
const char *share_words(int64_t share, char text[SPAN_SIZE]);

#endif

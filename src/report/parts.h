/* What the files of report share. */
#ifndef RDPWHY_REPORT_PARTS_H
#define RDPWHY_REPORT_PARTS_H

#include "base/buffer.h"
#include "report/page.h"
#include "report/report.h"

/* The line of one check (more when it wraps), or nothing for a check nobody asked for. */
void parts_check(struct page *page, const struct evidence *evidence, const struct verdict *verdict, enum check_id id,
                 bool verbose);
/* True when the check has a line: it ran, should have, or was pointless after an earlier failure. */
bool parts_check_has_line(const struct evidence *evidence, const struct verdict *verdict, enum check_id id);
/* "not looked at: logon (reason); udp, mtu (reason)", for the checks without a line. */
void parts_not_looked_at(struct page *page, const struct evidence *evidence, const struct verdict *verdict);
/* "pass", "FAIL": the word alone, in its colour. */
void parts_status(struct page *page, enum check_status status);
void parts_header(struct page *page, const char *title);
/* "name to tls, from this machine (10.8.0.2, through wg0). 3 connects. 2026-11-22T16:30:00Z" */
void parts_looked_at(struct buffer *words, const struct evidence *evidence, const struct verdict *verdict);
/* "looked at: ...", the line under a report. */
void parts_last_line(struct page *page, const struct evidence *evidence, const struct verdict *verdict);

/* "BLOCKED", "WORKS", "UNKNOWN". */
const char *parts_word_of(const struct verdict *verdict);
/* "at tls: rdp-key-unreadable, likely" */
void parts_headline(struct buffer *words, const struct verdict *verdict);
/* The one sentence that a user understands. */
void parts_sentence(struct buffer *words, const struct verdict *verdict);
/* "in so and so many connects" and its kin: "none", "low risk", ... for a step's end; "" when there is nothing to say.
 */
const char *parts_risk_words(enum risk risk);
/* Who does it, spoken to the reader: "you", "server", "network". */
const char *parts_place_words(enum place place);
/* What the user asked about: "srv-fin-02.corp.example:3389". */
void parts_title(struct buffer *words, const struct evidence *evidence);

/* "because", "ruled out", "open", "beside", "possible". */
void parts_reasons(struct page *page, const struct verdict *verdict, bool verbose);
/* "next": the steps, numbered, with place and command. */
void parts_next(struct page *page, const struct verdict *verdict);
/* "Potential issue | Recommended action", for what was found. */
void parts_table(struct page *page, const struct verdict *verdict);
/* "Client | Does it fit": the matrix of --client all; nothing for one client. */
void parts_clients(struct page *page, const struct verdict *verdict);
/* -v: each connection, the controls, then every check's evidence and readings. */
void parts_evidence(struct page *page, const struct evidence *evidence, const struct verdict *verdict);

/* The picture of the way: LAN, ISP, ... with loss, delay and the blamed link. */
struct way;
void parts_way(struct page *page, const struct way *way);
/* Begins a page that may be as narrow as a small window: the picture needs less room than other reports. */
void parts_way_page(struct page *page, int width, bool colour);
/* The section of a check's report: the picture, when there is something of it. */
void parts_way_section(struct page *page, const struct evidence *evidence, const struct verdict *verdict);

/* Of several files: what was put together and why, where they differ, the time line; nothing for one file. */
void parts_story(struct page *page, const struct evidence *evidence);
/* -v: which file saw which field. */
void parts_origins(struct page *page, const struct evidence *evidence);
/* The lines of a log that count, as they stand in it. */
void parts_quotes(struct page *page, const struct evidence *evidence);

/* "< 1 ms", "41 ms", "2.5 s" */
enum { SPAN_TEXT_SIZE = 32 };
const char *parts_span(int64_t us, char text[SPAN_TEXT_SIZE]);

#endif

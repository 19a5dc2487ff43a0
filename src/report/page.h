/* A page of text under construction: columns, wrapping by display width, colour as an addition. All text passes through
 * here, so nothing that is not clean (base/text.h) can reach a terminal, whoever wrote it. */
#ifndef RDPWHY_REPORT_PAGE_H
#define RDPWHY_REPORT_PAGE_H

#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_DIM };

struct page {
    struct buffer text;
    int width; /* columns */
    int at;    /* display column the next character goes to */
    bool colour;
    char tail[32];    /* put at the right end of the line that is being written */
    const char *rail; /* begins the further lines of what is wrapped; NULL: blanks */
};

void page_init(struct page *page, int width, bool colour);
void page_release(struct page *page);

/* Spaces up to `column`; a new line first when that is already passed. */
void page_to(struct page *page, int column);
/* Words from here on, wrapped before column `right`; further lines begin at `column`. A word that is wider than the
 * room is broken. */
void page_words(struct page *page, int column, int right, const char *words);
/* As it is, never wrapped: for what is meant to be copied. */
void page_verbatim(struct page *page, const char *text);
void page_style(struct page *page, enum style style);
/* Text for the right end of the current line; shown when the line ends. */
void page_tail(struct page *page, const char *text);
void page_end_line(struct page *page);
/* A label in column 2, then on to the words' column. */
void page_label(struct page *page, const char *label);
/* A label in column 2 and words beside it, one line or more: the shape of most of a report. */
void page_entry(struct page *page, const char *label, const char *words);

bool page_print(struct page *page, FILE *out, struct error *error);

/* Columns that the text takes on a terminal: wide East Asian characters two, combining ones none. */
int page_width_of(const char *text);

enum { PAGE_INDENT = 2, PAGE_COLUMN = 12 };

#endif

/* The sentences of way.h. Inside way*.c only. */
#ifndef RDPWHY_DIAGNOSE_WAY_WORDS_H
#define RDPWHY_DIAGNOSE_WAY_WORDS_H

#include "diagnose/line.h"
#include "diagnose/way.h"
#include "infer/answer.h"

enum { WAY_NUMBER_SIZE = 16 };

/* "3.1", "0.35" for 0.031, 0.0035: a number of per cent. */
const char *way_percent(double share, char text[WAY_NUMBER_SIZE]);
/* The first address of a hop; NULL: not known, or this machine. */
const char *way_hop_address(const struct ev_path *path, int index);
/* Appends; false: no memory. */
bool way_add(struct words *words, const char *format, ...) PRINTF_LIKE(2, 3) MUST_USE;

/* Fills kind, sentences, facts, what is missing, and the letter. False: no memory. */
bool way_tell(const struct evidence *evidence, const struct verdict *verdict, const struct infer_answer *answer,
              struct way *way) MUST_USE;

/* --- of way_words.c --- */
/* The only segment of a set, or SEGMENT_COUNT. */
enum path_segment way_only_of(unsigned set);
/* Why there is nothing between here and the host to measure; NULL: there is. */
const char *way_none(const struct evidence *e);
/* No probe for losses was sent, or there was no time for an answer: that nobody answers would say too much. */
bool way_unasked(const struct evidence *e);

/* --- of way_more.c; false: no memory --- */
bool way_tell_facts(const struct evidence *e, const struct verdict *verdict, struct way *way) MUST_USE;
bool way_tell_missing(const struct evidence *e, const struct verdict *verdict, struct way *way) MUST_USE;
bool way_write_letter(const struct evidence *e, const struct readings *r, const struct infer_answer *answer,
                      struct way *way) MUST_USE;

#endif

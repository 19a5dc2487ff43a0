/* Putting evidence of several sources into one document. Nothing is averaged: what was there stays, what was not seen
 * is taken over, and each field keeps the source it came from. Contradictions are found by evidence_diff before. */
#ifndef RDPWHY_EVIDENCE_MERGE_H
#define RDPWHY_EVIDENCE_MERGE_H

#include "evidence/evidence.h"

/* Every field of the document, of its checks and items, gets this source. */
void evidence_mark(struct evidence *evidence, enum source source);
/* Numbers outside their field's range become unseen: what a file of another program says need not be possible, and a
 * capture's clock may be set back while it runs. A document that was saved from it can then be read again. */
void evidence_forget_impossible(struct evidence *evidence);
/* Likewise as evidence_mark, of the .rdp file's settings alone. */
void evidence_mark_settings(struct evidence *evidence, enum source source);

/* Likewise of what stands at one place, named as in struct origin: "server", "checks.tls.hellos[3-5]". False: there is
 * no such place. */
bool evidence_mark_at(struct evidence *evidence, const char *place, enum source source);

/* Fields of `to` that were not seen are taken over from `from`. Of lists whose items have a key, items are taken over
 * that `to` lacks, up to the row's cap, and items with the same key are merged; other lists only as a whole. False: no
 * memory. */
bool field_merge(const struct field_table *table, const void *from, void *to, struct error *error) MUST_USE;

/* Who saw what: one row for the largest part of the document that came from one source. */
struct origin {
    char *place; /* owned: "server", "checks.tls", "server.events[3]" */
    uint8_t source;
};
struct origins {
    struct origin *items; /* owned */
    size_t count;
};
enum { ORIGINS_MAX = 500 };
bool evidence_origins(const struct evidence *evidence, struct origins *origins, struct error *error) MUST_USE;
void origins_release(struct origins *origins);
/* Who saw the field at this place: "server.port" is found under "server". SOURCE_NONE: nobody. */
uint8_t origins_of(const struct origins *origins, const char *place);

#endif

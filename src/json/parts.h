/* What the files of json share; jansson shows here and nowhere outside this folder. */
#ifndef RDPWHY_JSON_PARTS_H
#define RDPWHY_JSON_PARTS_H

#include <jansson.h>

#include "base/attributes.h"
#include "base/error.h"
#include "diagnose/compare.h"
#include "diagnose/diagnose.h"
#include "evidence/evidence.h"

/* Lets jansson allocate through base/alloc.h. Every entry point of this folder calls it first. */
void parts_own_memory(void);
/* Since then an allocation of jansson's failed: what it says about the bytes it was reading is then not true. */
bool parts_memory_failed(void);

/* An object or array under construction. A value of NULL, or no memory, makes it fail for good; ask at the end. */
struct maker {
    bool failed;
};

/* Takes over `value`. Returns it (borrowed) for adding to, NULL once failed; a NULL target is a failure, too. */
json_t *parts_put(struct maker *maker, json_t *object, const char *name, json_t *value);
json_t *parts_append(struct maker *maker, json_t *array, json_t *value);
void parts_put_text(struct maker *maker, json_t *object, const char *name, const char *text);
/* The text, or null when it is NULL. */
void parts_put_text_or_null(struct maker *maker, json_t *object, const char *name, const char *text);
void parts_put_int(struct maker *maker, json_t *object, const char *name, int64_t value);
void parts_put_words(struct maker *maker, json_t *object, const char *name, const struct words *words);
/* Every seen field of `from`, under its name. */
void parts_put_fields(struct maker *maker, json_t *object, const struct field_table *table, const void *from);

/* {"schema", "program", "version", "command"}: the head of every document. NULL: no memory. */
json_t *parts_head(const char *command) MUST_USE;
/* The document as indented text with a last newline. Takes over `root`; NULL when it is NULL, failed, or memory is
 * short (and says so). */
char *parts_text(struct maker *maker, json_t *root, struct error *error) MUST_USE;

/* Adds what diagnose computed: to checks[i] of the document, and at its end. */
void parts_put_check_reading(struct maker *maker, json_t *check, const struct verdict *verdict, enum check_id id);
void parts_put_verdict(struct maker *maker, json_t *root, const struct verdict *verdict);

/* Of a document that was put together from several files: "timeline" and "sources". */
void parts_put_story(struct maker *maker, json_t *root, const struct evidence *evidence);

/* The members of a comparison, into `object`. */
void parts_put_comparison(struct maker *maker, json_t *object, const struct comparison *comparison);
/* {"before", ...}: the comparison as the member "since" of the second look's document. */
void parts_put_since(struct maker *maker, json_t *root, const struct comparison *comparison);

/* A first look over the bytes of a stranger's file: how deep it nests and how many values it holds, so that parsing it
 * costs bounded memory. */
bool parts_scan(const char *bytes, size_t size, struct error *error) MUST_USE;

#endif

/* The evidence document and the verdict as JSON (docs/contract "JSON, schema 1"), and the evidence back from it.
 * jansson stays behind this header. */
#ifndef RDPWHY_JSON_DOCUMENT_H
#define RDPWHY_JSON_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"
#include "diagnose/compare.h"
#include "diagnose/diagnose.h"
#include "evidence/evidence.h"
#include "ways/view.h"

enum { DOCUMENT_MAX = 64 << 20, DOCUMENT_DEPTH_MAX = 64 };

/* The whole document, indented, ending with a newline. `verdict` may be NULL: then only what was seen is there.
 * NULL: out of memory. The caller frees with alloc_free. */
char *document_text(const struct evidence *evidence, const struct verdict *verdict, struct error *error) MUST_USE;
/* The same of the second look of a comparison, which is added as "since". */
char *document_text_since(const struct comparison *comparison, struct error *error) MUST_USE;
/* The comparison by itself, as `rdpwhy diff --json` prints it. */
char *comparison_text(const struct comparison *comparison, struct error *error) MUST_USE;

/* What `rdpwhy read` found: the document of the gravest verdict, and beside it the files and every conversation. */
struct document_file {
    const char *path;
    const char *kind;
    bool recognised;
    char *const *skipped;
    size_t skipped_count;
};
struct document_read {
    const struct document_file *files;
    size_t file_count;
    const struct side *documents;
    size_t count;
    size_t gravest; /* index into documents */
};
char *document_text_read(const struct document_read *read, struct error *error) MUST_USE;
/* What `rdpwhy fallback` found: the document of the plain way, with "ways", "tried" and "untried" beside it. */
char *document_text_ways(const struct evidence *evidence, const struct verdict *verdict, const struct ways_view *view,
                         struct error *error) MUST_USE;

/* Only what was seen is taken; computed parts and unknown members are passed over. Types are strict: the error names
 * the place ("checks[3].evidence.offers[1].selected: expected an integer"). Text from the file is escaped again unless
 * it is clean. NULL: ERROR_DATA, or no memory. The caller frees with evidence_free. */
struct evidence *document_load(const char *bytes, size_t size, struct error *error) MUST_USE;
/* The same from a file, "-" for standard input. ERROR_NO_INPUT when it cannot be read. */
struct evidence *document_load_file(const char *path, struct error *error) MUST_USE;

/* Writes `text` (or any document of ours) to a temporary file beside `path`, then renames: never half a file. */
bool document_save_file(const char *path, const char *text, struct error *error) MUST_USE;

/* The JSON Schema (draft 2020-12) of the document, from the same tables; docs/schema.json is this text. */
char *document_schema(struct error *error) MUST_USE;

#endif

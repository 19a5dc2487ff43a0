/* JSON for those above this folder that have a document of their own to write: objects and arrays opened and closed in
 * order, so that nothing but whole values can come out. Failures are sticky: write everything, ask once at the end. */
#ifndef RDPWHY_JSON_COMPOSE_H
#define RDPWHY_JSON_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/error.h"

struct compose;

/* Begins an object. With a command: the head of a document of ours ({"schema", "program", "version", "command"}).
 * NULL: no memory; everything below takes NULL and does nothing. */
struct compose *compose_new(const char *command) MUST_USE;
void compose_free(struct compose *compose); /* NULL is fine */

/* `name` is NULL inside an array. Nesting deeper than 8 fails. */
void compose_object(struct compose *compose, const char *name);
void compose_array(struct compose *compose, const char *name);
void compose_end(struct compose *compose); /* of the innermost object or array */
/* A text of NULL becomes null. It must be UTF-8. */
void compose_text(struct compose *compose, const char *name, const char *text);
void compose_int(struct compose *compose, const char *name, int64_t value);
void compose_bool(struct compose *compose, const char *name, bool value);

/* The whole, indented and with a last newline; frees `compose`. NULL: memory, or something unclosed or misplaced. */
char *compose_finish(struct compose *compose, struct error *error) MUST_USE;
/* The same on one line, with every character beyond ASCII escaped: for a command line. */
char *compose_finish_line(struct compose *compose, struct error *error) MUST_USE;

#endif

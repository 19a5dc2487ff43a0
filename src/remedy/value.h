/* The values a person, or a saved document, puts into a script: each has a type, and what does not fit its type is
 * refused with the reason. Quoting (quote.h) comes after this and never instead of it. */
#ifndef RDPWHY_REMEDY_VALUE_H
#define RDPWHY_REMEDY_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/error.h"
#include "facts/remedies.h"

enum { VALUES_MAX = 24, VALUE_SIZE = 256 };

struct value {
    char name[32];
    char text[VALUE_SIZE];
    char from[44]; /* "--vm", "the evidence": for what is said of it */
};

/* What is known, by name. Names and texts are copies. */
struct values {
    struct value items[VALUES_MAX];
    size_t count;
};

/* What a value of this type looks like, for a question and for a refusal: "a host name or an IP address". */
const char *value_type_words(enum ask_type type);
/* Does `text` fit the type? `what` names the value in the error ("--vm"). ERROR_USAGE. */
bool value_check(enum ask_type type, const char *what, const char *text, struct error *error) MUST_USE;

/* A later value of the same name replaces the earlier one. False: too many, too long, or no name of lower-case letters,
 * digits, "-" and "_". The text is not checked here: its type is known only to who asks for it. */
bool values_set(struct values *values, const char *name, const char *text, const char *from,
                struct error *error) MUST_USE;
/* NULL: not known. "-" and "_" in names are the same. */
const struct value *values_find(const struct values *values, const char *name);

#endif

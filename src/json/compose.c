#include "json/compose.h"

#include "base/alloc.h"
#include "json/parts.h"

enum { DEPTH_MAX = 8 };

struct compose {
    struct maker maker;
    json_t *root;
    json_t *open[DEPTH_MAX]; /* borrowed; the innermost last */
    unsigned depth;
};

struct compose *compose_new(const char *command)
{
    parts_own_memory();
    struct compose *compose = alloc_new(sizeof *compose);
    if (compose == NULL) {
        return NULL;
    }
    compose->root = command != NULL ? parts_head(command) : json_object();
    compose->open[0] = compose->root;
    compose->depth = 1;
    compose->maker.failed = compose->root == NULL;
    return compose;
}

void compose_free(struct compose *compose)
{
    if (compose != NULL) {
        json_decref(compose->root);
        alloc_free(compose);
    }
}

/* Takes over `value`; NULL fails. */
static json_t *put(struct compose *compose, const char *name, json_t *value)
{
    json_t *inner = compose->depth > 0 ? compose->open[compose->depth - 1] : NULL;
    if (inner == NULL || json_is_array(inner) != (name == NULL)) {
        json_decref(value);
        compose->maker.failed = true;
        return NULL;
    }
    return name != NULL ? parts_put(&compose->maker, inner, name, value) : parts_append(&compose->maker, inner, value);
}

static void open(struct compose *compose, const char *name, json_t *value)
{
    json_t *inner = put(compose, name, value);
    if (inner == NULL || compose->depth == DEPTH_MAX) {
        compose->maker.failed = true;
        return;
    }
    compose->open[compose->depth++] = inner;
}

void compose_object(struct compose *compose, const char *name)
{
    if (compose != NULL) {
        open(compose, name, json_object());
    }
}

void compose_array(struct compose *compose, const char *name)
{
    if (compose != NULL) {
        open(compose, name, json_array());
    }
}

void compose_end(struct compose *compose)
{
    if (compose == NULL) {
        return;
    }
    if (compose->depth < 2) {
        compose->maker.failed = true;
        return;
    }
    compose->depth--;
}

void compose_text(struct compose *compose, const char *name, const char *text)
{
    if (compose != NULL) {
        put(compose, name, text != NULL ? json_string(text) : json_null());
    }
}

void compose_int(struct compose *compose, const char *name, int64_t value)
{
    if (compose != NULL) {
        put(compose, name, json_integer(value));
    }
}

void compose_bool(struct compose *compose, const char *name, bool value)
{
    if (compose != NULL) {
        put(compose, name, json_boolean(value));
    }
}

char *compose_finish(struct compose *compose, struct error *error)
{
    if (compose == NULL) {
        error_no_memory(error);
        return NULL;
    }
    compose->maker.failed = compose->maker.failed || compose->depth != 1;
    json_t *root = compose->root;
    compose->root = NULL;
    char *text = parts_text(&compose->maker, root, error);
    compose_free(compose);
    return text;
}

char *compose_finish_line(struct compose *compose, struct error *error)
{
    char *text = NULL;
    if (compose != NULL && !compose->maker.failed && compose->depth == 1) {
        text = json_dumps(compose->root, JSON_COMPACT | JSON_ENSURE_ASCII);
    }
    compose_free(compose);
    if (text == NULL) {
        error_no_memory(error);
    }
    return text;
}

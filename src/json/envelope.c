#include "json/envelope.h"

#include <string.h>

#include <jansson.h>

#include "base/buffer.h"
#include "json/document.h"
#include "json/parts.h"

static void add(struct buffer *text, const json_t *message)
{
    if (json_is_string(message)) {
        buffer_add(text, json_string_value(message), json_string_length(message));
        buffer_add(text, "\n", 1);
    }
}

static bool gather(const json_t *root, struct buffer *text)
{
    const json_t *values = json_object_get(root, "value");
    const json_t *view = json_object_get(root, "instanceView");
    bool is_envelope = false;
    view = view != NULL ? view : root;
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *item = json_array_get(values, i);
        if (json_is_string(json_object_get(item, "code")) && json_is_string(json_object_get(item, "message"))) {
            add(text, json_object_get(item, "message"));
            is_envelope = true;
        }
    }
    if (json_is_string(json_object_get(view, "output")) && json_object_get(view, "executionState") != NULL) {
        add(text, json_object_get(view, "output"));
        add(text, json_object_get(view, "error"));
        is_envelope = true;
    }
    return is_envelope;
}

bool envelope_text(const char *bytes, size_t size, char **text, struct error *error)
{
    struct error inner = { 0 };
    struct buffer words;
    *text = NULL;
    parts_own_memory();
    if (!parts_scan(bytes, size, &inner)) {
        return true;
    }
    json_t *root = json_loadb(bytes, size, JSON_ALLOW_NUL, NULL);
    buffer_init(&words, 2 * (size_t)DOCUMENT_MAX);
    if (root == NULL && parts_memory_failed()) {
        return error_no_memory(error);
    }
    const bool is_envelope = root != NULL && json_is_object(root) && gather(root, &words);
    json_decref(root);
    bool good = true;
    if (is_envelope) {
        *text = buffer_steal_text(&words);
        good = *text != NULL || error_no_memory(error);
    }
    buffer_release(&words);
    return good;
}

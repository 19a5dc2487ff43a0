#include "json/document.h"
#include "json/parts.h"

/* Far above any document of ours (a few thousand), far below what would hurt: jansson spends some 100 bytes on each. */
enum { VALUES_MAX = 1000000 };

struct scan {
    size_t line;
    size_t depth;
    size_t values;
    bool in_text;
};

static void count(struct scan *scan, char c)
{
    switch (c) {
    case '\n':
        scan->line++;
        break;
    case '"':
        scan->in_text = true;
        break;
    case '[':
    case '{':
        scan->depth++;
        scan->values++;
        break;
    case ']':
    case '}':
        scan->depth -= scan->depth > 0 ? 1 : 0;
        break;
    case ',':
    case ':':
        scan->values++;
        break;
    default:
        break;
    }
}

bool parts_scan(const char *bytes, size_t size, struct error *error)
{
    if (size > DOCUMENT_MAX) {
        return error_set(error, ERROR_DATA, "larger than %d MiB: not an evidence document", DOCUMENT_MAX >> 20);
    }
    struct scan scan = { .line = 1 };
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\0') {
            return error_set(error, ERROR_DATA, "line %zu: a NUL byte: not a JSON document", scan.line);
        }
        if (!scan.in_text) {
            count(&scan, bytes[i]);
        } else if (bytes[i] == '\\') {
            i++;
        } else if (bytes[i] == '"') {
            scan.in_text = false;
        }
        if (scan.depth > DOCUMENT_DEPTH_MAX) {
            return error_set(error, ERROR_DATA, "line %zu: nested deeper than %d levels", scan.line,
                             DOCUMENT_DEPTH_MAX);
        }
        if (scan.values > VALUES_MAX) {
            return error_set(error, ERROR_DATA, "line %zu: more than %d values: not an evidence document", scan.line,
                             VALUES_MAX);
        }
    }
    return true;
}

#include "fuzz.h"

#include "base/text.h"
#include "read/lines.h"

static bool take(void *context, const struct text_line *line, struct error *error)
{
    size_t *count = context;
    (void)error;
    FUZZ_PROMISE(line->number == ++*count && line->text[line->size] == '\0' && strlen(line->text) == line->size);
    FUZZ_PROMISE(memchr(line->text, '\n', line->size) == NULL && line->size <= 2 * LINES_KEPT);
    return true;
}

/* The same lines whatever the pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t counts[2] = { 0, 0 };
    for (int way = 0; way < 2; way++) {
        struct lines lines;
        struct error error = { 0 };
        const size_t piece = way == 0 ? size + 1 : 1;
        FUZZ_PROMISE(lines_init(&lines, take, &counts[way], &error));
        for (size_t i = 0; i < size; i += piece) {
            FUZZ_PROMISE(lines_add(&lines, bytes + i, size - i < piece ? size - i : piece, &error));
        }
        FUZZ_PROMISE(lines_finish(&lines, &error));
        lines_release(&lines);
    }
    FUZZ_PROMISE(counts[0] == counts[1]);
    return 0;
}

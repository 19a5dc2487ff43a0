#include "fuzz.h"

#include "base/alloc.h"
#include "json/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    char *text;
    FUZZ_PROMISE(envelope_text((const char *)bytes, size, &text, &error));
    alloc_free(text);
    return 0;
}

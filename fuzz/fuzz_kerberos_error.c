#include "fuzz.h"

#include "wire/kerberos_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault fault = { 0 };
    uint32_t status = 0x12345678;
    const enum parse parsed = kerberos_error_parse(slice_of(bytes, size), &status, &fault);
    FUZZ_PROMISE(parsed == PARSE_DONE || parsed == PARSE_BAD);
    FUZZ_PROMISE(parsed == PARSE_DONE || (status == 0x12345678 && fault.why != NULL && fault.offset <= size));
    return 0;
}

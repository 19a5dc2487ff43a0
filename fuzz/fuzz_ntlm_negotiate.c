#include "fuzz.h"

#include "wire/ntlm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct ntlm_negotiate seen;
    struct fault fault = { 0 };
    enum parse parsed = ntlm_negotiate_parse(slice_of(bytes, size), &seen, &fault);
    FUZZ_PROMISE(parsed == PARSE_DONE || (parsed == PARSE_BAD && fault.why != NULL && fault.offset <= size));
    FUZZ_PROMISE(parsed == PARSE_BAD || ntlm_recognise(slice_of(bytes, size)));
    FUZZ_PROMISE(parsed == PARSE_BAD || seen.version.seen == ((seen.flags & NTLM_VERSION) != 0));
    return 0;
}

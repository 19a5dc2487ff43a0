#include "fuzz.h"

#include "wire/banner.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum banner banner = banner_of(bytes, size);
    FUZZ_PROMISE((unsigned)banner <= BANNER_IMAP);
    FUZZ_PROMISE(banner_of(bytes, size < BANNER_ENOUGH ? size : BANNER_ENOUGH) == banner);
    return 0;
}

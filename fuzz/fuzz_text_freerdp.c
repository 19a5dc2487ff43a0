#include "fuzz_tales.h"

#include "read/text_freerdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct freerdp_log log;
    freerdp_log_init(&log);
    fuzz_lines(bytes, size, freerdp_log_take, &log);
    freerdp_log_end(&log);
    fuzz_tales(&log.tales);
    freerdp_log_release(&log);
    return 0;
}

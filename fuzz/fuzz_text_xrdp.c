#include "fuzz_tales.h"

#include "read/text_xrdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct xrdp_log log;
    xrdp_log_init(&log);
    fuzz_lines(bytes, size, xrdp_log_take, &log);
    FUZZ_PROMISE(log.visit_count <= XRDP_STEPS_MAX);
    xrdp_log_end(&log);
    fuzz_tales(&log.tales);
    xrdp_log_release(&log);
    return 0;
}

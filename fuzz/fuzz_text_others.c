#include "fuzz_tales.h"

#include "read/text_linux.h"
#include "read/text_mremote.h"
#include "read/text_run.h"

/* The readers of one line at a time. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct linux_log journal = { 0 };
    struct mremote_log mremote = { 0 };
    struct run_log run = { 0 };
    fuzz_lines(bytes, size, linux_log_take, &journal);
    fuzz_lines(bytes, size, mremote_log_take, &mremote);
    fuzz_lines(bytes, size, run_log_take, &run);
    fuzz_tales(&journal.tales);
    fuzz_tales(&mremote.tales);
    fuzz_tales(&run.tales);
    linux_log_release(&journal);
    mremote_log_release(&mremote);
    run_log_release(&run);
    return 0;
}

/* Running another program and waiting for it: argv as it is (no shell), text for its standard input, bounded output, a
 * time limit. The program runs in a session of its own, so that Ctrl-C reaches us first and we decide what it means. */
#ifndef RDPWHY_PLATFORM_PROCESS_H
#define RDPWHY_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct platform_process {
    const char *const *argv; /* ends with NULL; argv[0] without a slash is looked for in PATH */
    const char *input;       /* what it reads; may be NULL */
    size_t input_size;
    int64_t limit_us;  /* it is killed after this long */
    size_t output_cap; /* bytes kept of each stream; what comes after is read and dropped */
};

enum platform_process_end {
    PLATFORM_PROCESS_EXITED,
    PLATFORM_PROCESS_SIGNALLED,  /* by somebody else */
    PLATFORM_PROCESS_TIMED_OUT,  /* killed by us, with all it started */
    PLATFORM_PROCESS_INTERRUPTED /* killed by us: SIGINT, SIGTERM or SIGHUP came while it ran */
};

struct platform_process_result {
    enum platform_process_end end;
    int status; /* exit status, or the signal's number */
    struct buffer out;
    struct buffer err;
};

/* Runs it to its end. False: our own failure, also when there is no such program; nothing ran then. The caller releases
 * the result after success. */
bool platform_process_run(const struct platform_process *process, struct platform_process_result *result,
                          struct error *error) MUST_USE;
void platform_process_release(struct platform_process_result *result);

#endif

#include <stdio.h>

#include "base/error.h"
#include "command/commands.h"
#include "platform/tty.h"

int main(int argc, char **argv)
{
    if (!platform_tty_occupy()) {
        return ERROR_INTERNAL;
    }
    int status = command_dispatch(argc, argv);
    /* A full disk or a stream that is gone: half an answer must not pass for a whole one. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status != ERROR_INTERNAL) {
        fputs("rdpwhy: cannot write to standard output\n", stderr);
        status = ERROR_INTERNAL;
    }
    return status;
}
